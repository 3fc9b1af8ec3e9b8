// mitata measures in batches itself; we shorten its 0.6 s per benchmark, keep its table quiet and take the fastest batch.
import { limits, report } from './meter.mjs';
import { startProfile } from './profile.mjs';

const NANOSECONDS = 1e6;

export function meteredRun(run) {
  return async (options = {}) => {
    const filter = limits.only === null ? (options.filter ?? /.*/) : { test: (name) => name === limits.only };
    const endProfile = startProfile();
    const result = await run({ ...options, filter, format: 'quiet' });
    endProfile();
    for (const { runs } of result.benchmarks) {
      for (const { name, stats } of runs) if (stats !== undefined) report(name, stats.min / NANOSECONDS);
    }
    return result;
  };
}

/** The library's measuring function with as much time as our batches take. */
export function shortened(measure) {
  return (fn, options = {}) => measure(fn, { ...options, min_cpu_time: limits.batches * limits.batchMs * NANOSECONDS });
}
