import { createHash } from 'node:crypto';
import type { StateFiles } from '../env.ts';
import { readIfThere, replaceFile } from '../state-file.ts';

/** A cache in the state folder: what it is of, and its text. */
export interface CacheFile {
  /** No line feed in it. */
  readonly stamp: string;
  readonly text: string;
}

/** Null when there is none, or it is damaged: the next write replaces it. */
export function readCacheFile(files: StateFiles, path: string): CacheFile | null {
  const all = readIfThere(files, path)?.toString('utf8');
  if (all === undefined) return null;
  const first = all.indexOf('\n');
  const second = all.indexOf('\n', first + 1);
  const content = { stamp: all.slice(first + 1, second), text: all.slice(second + 1) };
  return first > 0 && second > first && all.slice(0, first) === checksum(content) ? content : null;
}

/** Several processes may write: each replaces the whole file. Not synced: the checksum finds what a power loss tore. */
export function writeCacheFile(files: StateFiles, path: string, content: CacheFile): void {
  try {
    replaceFile(files, path, Buffer.from(`${checksum(content)}\n${content.stamp}\n${content.text}`));
  } catch (error) {
    // A full or read-only disk costs the cache only; what must be kept says so itself.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

function checksum({ stamp, text }: CacheFile): string {
  return createHash('sha1').update(`${stamp}\n${text}`).digest('hex');
}
