import path from 'node:path';
import type { StateFiles } from '../env.ts';
import { LOGS_DIR } from './step-log.ts';

/** Where results, last completions and parsed definitions are kept, in the state folder. */
export const CACHE_DIR = 'cache';

/** How many files of each kind are kept; the newest stay. */
const KEPT: Readonly<Record<string, number>> = {
  [path.join(CACHE_DIR, 'results')]: 2000,
  [path.join(CACHE_DIR, 'files')]: 500,
  [path.join(CACHE_DIR, 'last')]: 2000,
  [path.join(CACHE_DIR, 'definitions')]: 200,
  [LOGS_DIR]: 500,
};

/**
 * Deletes the oldest files of the caches and logs where there are a quarter more than are kept. Costs a look at each folder
 * otherwise. A file that another process deleted first, or still writes, is nobody's loss.
 */
export function tidyUp(deps: {
  readonly files: StateFiles;
  readonly stateDir: string;
  readonly kept?: typeof KEPT;
}): void {
  const { files, stateDir, kept = KEPT } = deps;
  for (const [name, keep] of Object.entries(kept)) {
    const dir = path.join(stateDir, name);
    const names = files.stat(dir) ? files.readDir(dir) : [];
    if (names.length <= keep * 1.25) continue;
    const aged = names.map((file) => ({ file, age: files.stat(path.join(dir, file))?.mtimeMs ?? 0 }));
    for (const { file } of aged.sort((a, b) => b.age - a.age).slice(keep)) removeQuietly(files, path.join(dir, file));
  }
}

function removeQuietly(files: StateFiles, file: string): void {
  try {
    files.unlink(file);
  } catch (error) {
    // Gone already, or the disk is read-only: what is left costs room only.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}
