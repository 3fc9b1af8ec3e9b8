// Loaded before a benchmark (node --import) in the workspace's own Node (22.15 or newer). Times it in batches and appends one
// JSON line {name, ms} per benchmark to the file SAVEPOINT_METER: ms is the fastest batch, per call for tinybench and mitata,
// of the whole file for a plain script. A file and not a pipe, because runners start processes of their own; without it, by
// hand, the lines go to standard error.
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { measureScript } from './script.mjs';

const out = process.env.SAVEPOINT_METER;
const own = new URL('./', import.meta.url).href;
let reported = false;
const seen = new Map();

/** Two benchmarks of one name are told apart by their order. */
export function report(name, ms) {
  reported = true;
  const count = (seen.get(name) ?? 0) + 1;
  seen.set(name, count);
  const line = JSON.stringify({ name: count === 1 ? name : `${name} #${count}`, ms });
  if (out === undefined) console.error(line);
  else appendFileSync(out, `${line}\n`);
}

export const limits = {
  /** Batches per benchmark, of which the fastest counts. */
  batches: Number(process.env.SAVEPOINT_METER_BATCHES ?? 12),
  /** Shortest batch worth reading the clock for. */
  batchMs: 4,
  /** A process stops starting batches after this time. */
  maxMs: Number(process.env.SAVEPOINT_METER_MAX_MS ?? 3000),
  /** Only the benchmark of this name, for a profile of it alone. */
  only: process.env.SAVEPOINT_METER_ONLY ?? null,
};

/** Libraries whose module is replaced by one that exports the same and measures with them. */
const WRAPPED = {
  tinybench: (real) => `
    import * as real from ${real};
    export * from ${real};
    import { meteredBench, meteredTask } from '${own}tinybench.mjs';
    export const Bench = meteredBench(real.Bench);
    export const Task = meteredTask(real.Task);`,
  mitata: (real) => `
    import * as real from ${real};
    export * from ${real};
    import { meteredRun } from '${own}mitata.mjs';
    export const run = meteredRun(real.run);`,
  'mitata/lib': (real) => `
    import * as real from ${real};
    export * from ${real};
    import { shortened } from '${own}mitata.mjs';
    export const measure = shortened(real.measure);`,
};
const SCHEME = 'savepoint-meter:';

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const library = libraryOf(specifier, context.parentURL ?? '');
    if (library === null || found.url.startsWith(SCHEME)) return found;
    return { url: `${SCHEME}${library}?${found.url}`, format: 'module', shortCircuit: true };
  },
  load(url, context, next) {
    if (!url.startsWith(SCHEME)) return next(url, context);
    const [library, real] = url.slice(SCHEME.length).split(/\?(.*)/s);
    return { format: 'module', shortCircuit: true, source: WRAPPED[library](JSON.stringify(real)) };
  },
});

function libraryOf(specifier, parent) {
  if (parent.startsWith(SCHEME)) return null;
  if (specifier === 'tinybench' || specifier === 'mitata') return specifier;
  return specifier === './lib.mjs' && parent.includes('/mitata/') ? 'mitata/lib' : null;
}

// Runners get this file by NODE_OPTIONS, scripts by a flag.
if (isMainThread && process.execArgv.some((flag) => flag.endsWith('meter.mjs'))) {
  measureScript({ limits, report, isReported: () => reported });
}
