import type { Clock } from '../env.ts';
import type { Hinted } from './disk-look.ts';

/** Gathers the watcher's hints into few looks. */
export interface Hints {
  /** `lost`: some did not come through, so that everything must be looked at. */
  add(paths: Iterable<string>, lost: boolean): void;
  /** Takes what is gathered now, without waiting. */
  take(): Hinted | null;
  /** A look is over that took so many milliseconds: the next one waits in proportion. */
  looked(tookMs: number): void;
  /** The look failed, and what was taken for it counts as lost: the next one, when more comes, is at everything. */
  failed(): void;
  close(): void;
}

/** Hints of one write come within some milliseconds of each other. */
const GATHER_MS = 60;
/** Of more hints than this the end is awaited: their calm, but not for ever. */
const STORM = 200;
const CALM_MS = 200;
const LONGEST_MS = 2000;
/** Paths that are held; beyond, one look at everything is cheaper. RELIABILITY, Load. */
const MAX_PATHS = 10_000;
/** Looking takes at most a fifth of the time, and its pause at most so long. */
const PAUSE = 4;
const LONGEST_PAUSE_MS = 5000;

/** `due` is called when it is time for a look; it calls `take`. No timer runs while there is nothing to look at. */
export function createHints(deps: { readonly clock: Clock; readonly due: () => void }): Hints {
  const { clock } = deps;
  let paths = new Set<string>();
  let all = false;
  let firstAt: number | null = null;
  let lastAt = 0;
  let notBefore = 0;
  let cancel: (() => void) | null = null;

  function arm(): void {
    if (firstAt === null || cancel !== null) return;
    const now = clock.monotonic();
    const storm = all || paths.size > STORM;
    const calm = storm ? Math.min(lastAt + CALM_MS, firstAt + LONGEST_MS) : firstAt + GATHER_MS;
    const at = Math.max(calm, notBefore);
    cancel = clock.timer(Math.max(0, at - now), () => {
      cancel = null;
      const moved =
        (all || paths.size > STORM) && clock.monotonic() < Math.min(lastAt + CALM_MS, (firstAt ?? 0) + LONGEST_MS);
      if (moved) arm();
      else deps.due();
    });
  }

  return {
    add(more, lost) {
      lastAt = clock.monotonic();
      firstAt ??= lastAt;
      all ||= lost;
      for (const path of all ? [] : more) paths.add(path);
      if (paths.size > MAX_PATHS) all = true;
      if (all) paths.clear();
      arm();
    },
    take() {
      if (firstAt === null) return null;
      cancel?.();
      cancel = null;
      const taken = { paths, all, at: clock.now() - (clock.monotonic() - lastAt) };
      paths = new Set();
      all = false;
      firstAt = null;
      return taken;
    },
    looked(tookMs) {
      notBefore = clock.monotonic() + Math.min(LONGEST_PAUSE_MS, PAUSE * tookMs);
    },
    failed() {
      all = true;
      paths.clear();
    },
    close() {
      cancel?.();
      cancel = null;
      firstAt = null;
    },
  };
}
