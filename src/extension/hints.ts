/** Hints of the file watcher until they are sent: each path once, and bounded. */
export interface Hints {
  add(path: string): void;
  /** Hands out what came, and starts anew; null where nothing did. */
  take(): { readonly paths: readonly string[]; readonly lost: number } | null;
  /** What could not be sent after all. */
  giveBack(hints: { readonly paths: readonly string[]; readonly lost: number }): void;
}

/** RELIABILITY, Load: more unread hints than these are dropped and counted; everything is then looked at again. */
export const MAX_HINTS = 10_000;

export function createHints(): Hints {
  let paths = new Set<string>();
  let lost = 0;
  const add = (path: string): void => {
    if (paths.size < MAX_HINTS || paths.has(path)) paths.add(path);
    else lost++;
  };
  return {
    add,
    take() {
      if (paths.size === 0 && lost === 0) return null;
      const taken = { paths: [...paths], lost };
      paths = new Set();
      lost = 0;
      return taken;
    },
    giveBack(hints) {
      lost += hints.lost;
      hints.paths.forEach(add);
    },
  };
}
