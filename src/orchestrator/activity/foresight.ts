import type { Clock } from '../env.ts';

/** Looks at a burst while it is open, so that what its run will need is loaded by the time it is over. */
export interface Foresight {
  /** The open burst grew. */
  grew(): void;
  /** It is over: the next one is looked at anew. */
  over(): void;
}

/** Where nothing would start yet, the next look may find otherwise; each wait is twice the one before. */
const AGAIN_MS = 500;
/** What was readied is kept for two minutes (integration/protocols/builtin.ts), and a burst may last five. */
const RENEW_MS = 60_000;

/** `look` says whether something would start. It is called one at a time, at once for the first write, and never without a write. */
export function createForesight(deps: { readonly clock: Clock; readonly look: () => Promise<boolean> }): Foresight {
  const { clock, look } = deps;
  let burst = newBurst();

  return {
    grew: () => grew(burst),
    over() {
      burst.cancel?.();
      burst.isOver = true;
      burst = newBurst();
    },
  };

  function grew(of: Burst): void {
    of.grew = true;
    if (of.cancel === null && !of.looking && !of.isOver)
      of.cancel = clock.timer(Math.max(0, of.nextAt - clock.monotonic()), () => void lookAt(of));
  }

  async function lookAt(of: Burst): Promise<void> {
    of.cancel = null;
    of.grew = false;
    of.looking = true;
    const found = await look();
    of.looking = false;
    of.nextAt = clock.monotonic() + (found ? RENEW_MS : of.waitMs);
    of.waitMs *= 2;
    if (of.grew) grew(of);
  }
}

interface Burst {
  /** Monotonic. */
  nextAt: number;
  waitMs: number;
  cancel: (() => void) | null;
  looking: boolean;
  /** Since the last look began. */
  grew: boolean;
  isOver: boolean;
}

const newBurst = (): Burst => ({
  ...{ nextAt: -Infinity, waitMs: AGAIN_MS, cancel: null },
  ...{ looking: false, grew: false, isOver: false },
});
