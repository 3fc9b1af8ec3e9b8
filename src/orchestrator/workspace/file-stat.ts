import { lstatSync, type Stats } from 'node:fs';

/** What the file system says of the path itself, links not followed; null where nothing is there, or nothing that may be looked at. */
export function statOf(path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}
