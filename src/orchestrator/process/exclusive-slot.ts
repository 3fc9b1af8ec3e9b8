import type { Clock, Locks } from '../env.ts';

const ASK_EVERY_MS = 100;

/** The machine's one slot for measuring: one holder among all processes of a user, freed by the system on the holder's death. */
export interface ExclusiveSlot {
  /** Resolves with release when the slot is ours; rejects with the signal's reason when it aborts first. */
  take(signal: AbortSignal): Promise<() => void>;
}

/** `path`: the same file for every workspace of the user. */
export function createExclusiveSlot(deps: {
  readonly locks: Locks;
  readonly clock: Clock;
  readonly path: string;
}): ExclusiveSlot {
  const { locks, clock, path } = deps;
  let taken = false;

  function tryTake(): (() => void) | null {
    if (taken) return null;
    const lock = locks.acquire(path);
    if (lock === null) return null;
    taken = true;
    return () => {
      if (taken) lock.release();
      taken = false;
    };
  }

  return {
    async take(signal) {
      for (;;) {
        signal.throwIfAborted();
        const release = tryTake();
        if (release !== null) return release;
        await new Promise<void>((resolve) => clock.timer(ASK_EVERY_MS, resolve, { keepAlive: true }));
      }
    },
  };
}
