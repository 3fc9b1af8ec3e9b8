import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import envPaths from 'env-paths';
import type { HostFacts } from '../env.ts';

/** Absolute path of the state folder of a workspace, which must exist; the state folder itself need not. */
export function stateDirOf(workspace: string, host: HostFacts): string {
  const root = realpathSync(workspace);
  const base = host.env['SAVEPOINT_STATE_DIR'] ?? '';
  const parent = base === '' ? envPaths('savepoint', { suffix: '' }).data : path.resolve(base);
  const digest = createHash('sha256').update(root).digest('hex').slice(0, 16);
  return path.join(parent, `${path.basename(root)}-${digest}`);
}
