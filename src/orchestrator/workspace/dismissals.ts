import { join } from 'node:path';
import type { StateFiles } from '../env.ts';
import { keepFile } from '../state-file.ts';

/** Findings that a person does not want to see again in this workspace: a file each, with the reason. */
export interface Dismissals {
  all(): ReadonlySet<string>;
  add(fingerprint: string, reason: string): void;
}

/** Files, not one list: windows and terminals may dismiss at the same time. */
export function createDismissals({
  files,
  stateDir,
}: {
  readonly files: StateFiles;
  readonly stateDir: string;
}): Dismissals {
  const folder = join(stateDir, 'dismissed');
  return {
    all: () => new Set(files.stat(folder) === null ? [] : files.readDir(folder)),
    add(fingerprint, reason) {
      keepFile(files, join(folder, fingerprint), Buffer.from(reason));
    },
  };
}
