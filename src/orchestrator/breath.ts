import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from './env.ts';

/** The thread is not held longer than this at a stretch (RELIABILITY: 10 ms). */
const BREATH_MS = 8;

/** To be awaited now and then in long work: lets others have a turn once this one has taken its time. */
export function createBreath(clock: Pick<Clock, 'monotonic'>): () => Promise<void> {
  let since = clock.monotonic();
  return async () => {
    if (clock.monotonic() - since <= BREATH_MS) return;
    await nextTurn();
    since = clock.monotonic();
  };
}
