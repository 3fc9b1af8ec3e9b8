import type { History } from '../agent.ts';
import { median, spread } from './statistics.ts';

/** Something that took longer this time than it does. */
export interface Slower {
  /** `file > full name` of a test, or `workflow/step`. */
  readonly key: string;
  readonly durationMs: number;
  readonly usualMs: number;
  readonly samples: number;
}

export interface DurationReport {
  readonly slower: readonly Slower[];
  /** How many had a sample of this run and history enough. */
  readonly compared: number;
  /** How many had a sample of this run but too little history. */
  readonly tooNew: number;
}

/** Earlier samples needed before "usually" means anything. */
export const LEAST_SAMPLES = 8;
/** Spreads above the usual: at 5, normal noise would be wrong once in 3 million. Durations have longer tails, hence the others. */
const SPREADS = 5;
const LEAST_RATIO = 1.5;
const LEAST_EXTRA_MS = 100;
/** Below this many there is no telling a busy machine from a slower test. */
const ENOUGH_FOR_DRIFT = 5;

type Timed = readonly [key: string, current: number, earlier: readonly number[]];

/** Tests that passed in this run against their earlier passes. */
export function slowerTests(history: History, run: string): DurationReport {
  return against(
    Object.entries(history.tests).flatMap(([key, samples]): readonly Timed[] => {
      const [newest, ...earlier] = samples;
      if (newest?.run !== run || newest.status !== 'passed') return [];
      const passed = earlier.filter((sample) => sample.run !== run && sample.status === 'passed');
      return [[key, newest.durationMs, passed.map(({ durationMs }) => durationMs)]];
    }),
  );
}

/** Steps that ended in this run against their earlier runs. */
export function slowerSteps(history: History, run: string): DurationReport {
  return against(
    Object.entries(history.steps).flatMap(([key, [newest, ...earlier]]): readonly Timed[] =>
      newest?.run === run ? [[key, newest.durationMs, earlier.map(({ durationMs }) => durationMs)]] : [],
    ),
  );
}

/**
 * Robust: the median and its spread, so that one slow morning does not count. Where everything is slower this time the machine
 * is busy: each is then measured against that common factor.
 */
function against(timed: readonly Timed[]): DurationReport {
  const known = timed.filter(([, , earlier]) => earlier.length >= LEAST_SAMPLES);
  const ratios = known.map(([, current, earlier]) => current / Math.max(1, median(earlier)));
  const drift = ratios.length >= ENOUGH_FOR_DRIFT ? Math.max(1, median(ratios)) : 1;
  const slower = known.flatMap(([key, current, earlier]): readonly Slower[] => {
    const usual = median(earlier) * drift;
    const limit = Math.max(usual + SPREADS * spread(earlier) * drift, usual * LEAST_RATIO, usual + LEAST_EXTRA_MS);
    return current > limit ? [{ key, durationMs: current, usualMs: usual, samples: earlier.length }] : [];
  });
  return { slower, compared: known.length, tooNew: timed.length - known.length };
}
