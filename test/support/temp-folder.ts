import { mkdtempSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new empty folder (real path); `remove` deletes it with all that is in it. */
export function tempFolder(name: string): { readonly path: string; remove(): Promise<void> } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), `savepoint-${name}-`)));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}
