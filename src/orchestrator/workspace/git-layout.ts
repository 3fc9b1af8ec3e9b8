import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

export interface GitLayout {
  /** Top of the work tree that holds the workspace. */
  readonly top: string;
  /** Path of the workspace below the top: empty, or with a trailing `/`. */
  readonly prefix: string;
  /** The index file of this work tree. */
  readonly index: string;
}

/** Looks upwards for `.git` without asking git; null when there is none. */
export function findGit(root: string): GitLayout | null {
  for (let top = root; ; top = dirname(top)) {
    const gitDir = gitDirOf(join(top, '.git'));
    if (gitDir !== null) {
      const below = relative(top, root).split(sep).join('/');
      return { top, prefix: below === '' ? '' : `${below}/`, index: join(gitDir, 'index') };
    }
    if (dirname(top) === top) return null;
  }
}

/** `.git` is a folder, or in linked work trees and submodules a file that names one. */
function gitDirOf(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  if (stat.isDirectory()) return path;
  const named = /^gitdir: (.+)$/m.exec(readFileSync(path, 'utf8'))?.[1];
  return named === undefined ? null : resolve(dirname(path), named.trim());
}

/** Changes whenever git writes the index; `none` before the first `git add`. */
export function indexStamp(index: string): string {
  const stat = statSync(index, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? 'none' : `${stat.mtimeNs}-${stat.size}-${stat.ino}`;
}
