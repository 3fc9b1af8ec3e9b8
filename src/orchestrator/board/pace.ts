import type { Clock } from '../env.ts';

export interface Pace {
  /** Something changed: the work is done at once after calm, else as soon as the pace allows; many changes at once count as one. */
  touch(): void;
  close(): void;
}

/** Does `work` at most once in `everyMs`, and never for nothing. */
export function createPace(deps: { readonly clock: Clock; readonly everyMs: number; readonly work: () => void }): Pace {
  const { clock, everyMs, work } = deps;
  let last = -Infinity;
  let cancel: (() => void) | null = null;
  let closed = false;

  function due(): void {
    cancel = null;
    last = clock.monotonic();
    work();
  }

  return {
    touch() {
      if (cancel !== null || closed) return;
      // One turn later at the earliest: what one batch of events changes is told as one.
      cancel = clock.timer(Math.max(0, last + everyMs - clock.monotonic()), due);
    },
    close() {
      closed = true;
      cancel?.();
    },
  };
}
