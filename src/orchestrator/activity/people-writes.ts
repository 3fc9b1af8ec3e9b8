import { dropOldest } from './drop-oldest.ts';

/** Which contents people saved in an editor: what a person wrote is never a run's, whoever looks at it next. */
export interface PeopleWrites {
  note(path: string, content: string): void;
  /** Whether a person wrote exactly this content, as far back as is remembered. */
  wrote(path: string, content: string): boolean;
}

/** Newest pairs of path and content that are remembered. */
const MAX_WRITES = 5000;

export function createPeopleWrites(): PeopleWrites {
  const known = new Set<string>();
  const keyOf = (path: string, content: string): string => `${content} ${path}`;
  return {
    note(path, content) {
      const key = keyOf(path, content);
      known.delete(key);
      known.add(key);
      dropOldest(known, MAX_WRITES);
    },
    wrote: (path, content) => known.has(keyOf(path, content)),
  };
}
