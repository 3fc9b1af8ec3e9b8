import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from './env.ts';

/** The thread is not held longer than this at a stretch: RELIABILITY's 10 ms, less what the turn does before and after. */
const BREATH_MS = 5;

/** To be asked at each piece of long work: null, or, once this turn has taken its time, what to await so that others get theirs. */
export type Breath = () => Promise<void> | null;

export function createBreath(clock: Pick<Clock, 'monotonic'> = { monotonic: () => performance.now() }): Breath {
  let since = clock.monotonic();
  return () =>
    clock.monotonic() - since <= BREATH_MS
      ? null
      : nextTurn().then(() => {
          since = clock.monotonic();
        });
}
