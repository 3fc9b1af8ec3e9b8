import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from './env.ts';

/** The thread is not held longer than this at a stretch: RELIABILITY's 10 ms, less what the turn does before and after. */
const BREATH_MS = 5;

/** To be asked at each piece of long work: null, or, once this turn has taken its time, what to await so that others get theirs. */
export type Breath = () => Promise<void> | null;

/** For one work with a clock of its own. */
export function createBreath(clock: Pick<Clock, 'monotonic'>): Breath {
  let since = clock.monotonic();
  return () =>
    clock.monotonic() - since <= BREATH_MS
      ? null
      : nextTurn().then(() => {
          since = clock.monotonic();
        });
}

/**
 * For all works of this thread together: a turn is the thread's, and several works that follow each other in one turn, each of them
 * short, are long together.
 */
export const breathe: Breath = createBreath({ monotonic: () => performance.now() });
