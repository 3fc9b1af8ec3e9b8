import path from 'node:path';
import type { StateFiles } from '../env.ts';
import { readCacheFile, writeCacheFile } from '../workspace/cache-file.ts';

/** What a read found: `damaged` says that a file is there but is not what was written. */
export type CheckedRead<T> = { readonly kind: 'found'; readonly value: T } | { readonly kind: 'missing' | 'damaged' };

/** Values in the state folder that can be made again: each a file, whole or not at all, with a checksum. */
export interface CheckedFiles {
  /** The checksum vouches for the shape, which is what `write` was given. */
  read<T>(name: string): CheckedRead<T>;
  write(name: string, value: unknown): void;
  has(name: string): boolean;
}

/** Part of every file: another shape is another value. */
const FORMAT = '1';

export function createCheckedFiles(deps: { readonly files: StateFiles; readonly dir: string }): CheckedFiles {
  const { files, dir } = deps;
  return {
    has: (name) => files.stat(path.join(dir, name)) !== null,
    read<T>(name: string): CheckedRead<T> {
      const file = path.join(dir, name);
      const kept = readCacheFile(files, file);
      if (kept?.stamp === FORMAT) return { kind: 'found', value: JSON.parse(kept.text) as T };
      return { kind: files.stat(file) === null ? 'missing' : 'damaged' };
    },
    write(name, value) {
      writeCacheFile(files, path.join(dir, name), { stamp: FORMAT, text: JSON.stringify(value) });
    },
  };
}
