import type { TimeSplit } from '../../contract/runs.ts';
import type { Clock } from '../env.ts';
import type { CallEnd } from './call.ts';

/** Measures where a step's time goes before it starts, by the clock that never goes back. */
export interface StepClock {
  /** These could begin now if there was room; those known already keep their time. */
  ready(steps: readonly string[]): void;
  /** The step waits between two tries, and no longer. */
  waiting(step: string): void;
  waited(step: string): void;
  /** The step begins: what it waited since the last time, whole milliseconds. */
  begin(step: string): TimeSplit;
}

export function createStepClock(clock: Clock): StepClock {
  const readySince = new Map<string, number>();
  const waitingSince = new Map<string, number>();
  const waits = new Map<string, number>();
  return {
    ready(steps) {
      for (const step of steps) if (!readySince.has(step)) readySince.set(step, clock.monotonic());
    },
    waiting(step) {
      waitingSince.set(step, clock.monotonic());
    },
    waited(step) {
      waits.set(step, clock.monotonic() - (waitingSince.get(step) ?? clock.monotonic()));
    },
    begin(step) {
      const now = clock.monotonic();
      const queue = Math.round(now - (readySince.get(step) ?? now));
      const wait = Math.round(waits.get(step) ?? 0);
      readySince.delete(step);
      waits.delete(step);
      return { queue, start: 0, tool: 0, disk: 0, wait };
    },
  };
}

/** Splits a call's time; what nobody claims is the tool's. Whole milliseconds, so that they sum up exactly. */
export function endTimes(
  end: CallEnd,
  told: { readonly start?: number; readonly disk?: number; readonly queue?: number },
  diskMs: number,
): TimeSplit {
  let left = Math.round(end.durationMs);
  const share = (ms: number): number => {
    const taken = Math.min(left, Math.max(0, Math.round(ms)));
    left -= taken;
    return taken;
  };
  const queue = share(Math.max(end.queueMs, told.queue ?? 0));
  const start = share(told.start ?? 0);
  const disk = share(told.disk ?? 0) + Math.round(diskMs);
  return { queue, start, tool: left, disk, wait: 0 };
}
