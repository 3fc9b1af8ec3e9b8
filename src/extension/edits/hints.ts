/** Hints of the file watcher until they are sent: each path once, and bounded. */
export interface Hints {
  add(path: string): void;
  /** Hands out the oldest that came, so many at most; null where nothing is left. `lost` goes with the first. */
  take(): { readonly paths: readonly string[]; readonly lost: number } | null;
}

/** RELIABILITY, Load: more unread hints than these are dropped and counted; everything is then looked at again. */
export const MAX_HINTS = 10_000;

/** Handing thousands over at once would hold the editor up. */
export const HINTS_AT_ONCE = 500;

export function createHints(): Hints {
  const paths = new Set<string>();
  let lost = 0;
  return {
    add(path) {
      if (paths.size < MAX_HINTS || paths.has(path)) paths.add(path);
      else lost++;
    },
    take() {
      if (paths.size === 0 && lost === 0) return null;
      const taken = { paths: [...paths.values().take(HINTS_AT_ONCE)], lost };
      for (const path of taken.paths) paths.delete(path);
      lost = 0;
      return taken;
    },
  };
}
