import type { Clock } from '../../orchestrator/env.ts';

/** The clock of this thread. Timers here are seconds long: nothing of ours waits for weeks. */
export const hostClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer(ms, callback) {
    const handle = setTimeout(callback, ms);
    return () => clearTimeout(handle);
  },
};
