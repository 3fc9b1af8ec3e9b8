import type { Benchmark } from './benchmarks.ts';
import type { Measurement, Meter } from './measure.ts';
import { isSettled, judge, LEAST_PAIRS, MOST_PAIRS, type Pair, type Verdict } from './statistics.ts';
import type { Trees } from './trees.ts';

/** What the comparison of one benchmark file came to. */
export type Comparison =
  | {
      readonly kind: 'compared';
      readonly benchmark: Benchmark;
      /** By name of the benchmark in the file. */
      readonly verdicts: ReadonlyMap<string, Verdict>;
      readonly last: Measurement;
    }
  | {
      readonly kind: 'not-compared';
      readonly benchmark: Benchmark;
      readonly why: string;
      readonly last: Measurement | null;
    };

export interface CompareDeps {
  readonly meter: Meter;
  readonly trees: Trees;
  /** Milliseconds left for this file's measuring. */
  readonly timeLeftMs: () => number;
  readonly signal: AbortSignal;
  /** Benchmarks judged in the whole run besides this file's: each claim must hold among all of them. */
  readonly otherComparisons: number;
  progress(pair: number, of: number): void;
}

/** Looks at the verdict after 10, 15, … 30 pairs. */
const LOOK_EVERY = 5;
/** One process measures about this long when there is time enough. */
const WANTED_MS = 1500;

/**
 * Interleaved processes of base and change, the order alternating, until every verdict is there, 30 pairs are done or the time
 * is up. A first process of each shows that the benchmark runs and what it costs; it is not counted.
 */
export async function compare(benchmark: Benchmark, deps: CompareDeps): Promise<Comparison> {
  const notCompared = (why: string, last: Measurement | null): Comparison => ({
    kind: 'not-compared',
    benchmark,
    why,
    last,
  });
  const began = deps.timeLeftMs();
  const first = await deps.meter.measure(benchmark, deps.trees.base, maxMsFor(began));
  if (!hasRun(first)) return notCompared(`it does not run on the base: ${complaint(first, deps.trees.base)}`, first);
  const second = await deps.meter.measure(benchmark, deps.trees.change, maxMsFor(began));
  if (!hasRun(second))
    return notCompared(`it runs on the base but not on the change: ${complaint(second, deps.trees.change)}`, second);
  const names = [...first.times.keys()].filter((name) => second.times.has(name));
  if (names.length === 0) return notCompared('no benchmark of the same name is in both', second);
  // The first start of anything is slow.
  const pairMs = 2 * Math.min(first.end.durationMs, second.end.durationMs);
  if (pairMs * LEAST_PAIRS > deps.timeLeftMs()) return notCompared(tooLong(pairMs, deps.timeLeftMs()), second);
  return pairUp({ benchmark, deps, names, maxMs: maxMsFor(began), last: second });
}

/** Some twenty processes and their starts must fit, at twice the time that they were asked to take. */
function maxMsFor(timeLeftMs: number): number {
  return Math.min(WANTED_MS, timeLeftMs / 40);
}

async function pairUp(job: {
  readonly benchmark: Benchmark;
  readonly deps: CompareDeps;
  readonly names: readonly string[];
  readonly maxMs: number;
  readonly last: Measurement;
}): Promise<Comparison> {
  const { benchmark, deps, names, maxMs } = job;
  const pairs = new Map<string, Pair[]>(names.map((name) => [name, []]));
  const comparisons = names.length + deps.otherComparisons;
  let verdicts = new Map<string, Verdict>();
  let last = job.last;
  for (let round = 1; round <= MOST_PAIRS; round += 1) {
    deps.progress(round, Math.max(LEAST_PAIRS, round));
    const leftBefore = deps.timeLeftMs();
    const { base, change } = await measurePair({ benchmark, deps, maxMs, changeFirst: round % 2 === 0 });
    if (!hasRun(base) || !hasRun(change)) {
      return {
        kind: 'not-compared',
        benchmark,
        why: `pair ${String(round)} failed: ${hasRun(base) ? complaint(change, deps.trees.change) : complaint(base, deps.trees.base)}`,
        last: change,
      };
    }
    last = change;
    for (const [name, list] of pairs) {
      const [a, b] = [base.times.get(name), change.times.get(name)];
      if (a !== undefined && b !== undefined) list.push({ base: a, change: b });
    }
    const isLast = leftBefore - deps.timeLeftMs() > deps.timeLeftMs();
    if (round >= LEAST_PAIRS && (isLast || (round - LEAST_PAIRS) % LOOK_EVERY === 0)) {
      const before = verdicts;
      verdicts = new Map([...pairs].map(([name, list]) => [name, judge(list, comparisons)]));
      if (isLast || [...verdicts].every(([name, verdict]) => isSettled(verdict, before.get(name)))) break;
    } else if (isLast) {
      return {
        kind: 'not-compared',
        benchmark,
        why: `the time was up after ${String(round)} of ${String(LEAST_PAIRS)} pairs; give the step a longer timeout`,
        last,
      };
    }
  }
  return { kind: 'compared', benchmark, verdicts, last };
}

async function measurePair(job: {
  readonly benchmark: Benchmark;
  readonly deps: CompareDeps;
  readonly maxMs: number;
  readonly changeFirst: boolean;
}): Promise<{ readonly base: Measurement; readonly change: Measurement }> {
  const { meter, trees, signal } = job.deps;
  const run = async (tree: string): Promise<Measurement> => {
    signal.throwIfAborted();
    return meter.measure(job.benchmark, tree, job.maxMs);
  };
  if (job.changeFirst) {
    const change = await run(trees.change);
    return { base: await run(trees.base), change };
  }
  const base = await run(trees.base);
  return { base, change: await run(trees.change) };
}

/** A benchmark may end badly after it was measured (it prints results we made short): what counts is that it was measured. */
function hasRun({ times, end }: Measurement): boolean {
  return times.size > 0 && (end.how === 'exit' || end.how === 'signal');
}

/** Paths as they are in the workspace: those of the copy mean nothing to its reader. */
function complaint({ end }: Measurement, tree: string): string {
  if (end.message !== null) return end.message;
  if (end.how === 'timeout') return 'it took longer than the time left';
  const line = end.lastLines.find((one) => /error/i.test(one)) ?? end.lastLines.at(-1);
  return line?.trim().replaceAll(`${tree}/`, '') ?? `it measured nothing and ended with ${String(end.exitCode)}`;
}

function tooLong(pairMs: number, leftMs: number): string {
  const needed = Math.ceil((pairMs * (LEAST_PAIRS + 1)) / 1000);
  return `${String(LEAST_PAIRS)} pairs take about ${String(needed)} s and ${String(Math.floor(leftMs / 1000))} s are left; give the step a longer timeout`;
}
