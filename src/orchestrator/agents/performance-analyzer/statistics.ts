/** One round of an A/B comparison: the fastest batch of a process of each side, in milliseconds, both above zero. */
export interface Pair {
  readonly base: number;
  readonly change: number;
}

export interface Verdict {
  /**
   * `slower`, `faster`: by more than 5 % beyond doubt: the whole interval lies there. `same`: no slowdown beyond 5 %. `open`: more
   * pairs may tell; when there are none to come it means "too noisy to tell".
   */
  readonly kind: 'slower' | 'faster' | 'same' | 'open';
  /** change / base: the median of the pairs, and its interval. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** The ratio that base against itself reaches in the same session: at least 1. */
  readonly noise: number;
  readonly pairs: number;
}

/** Smallest slowdown worth a word: below it, code alignment, memory layout and any new line of code move a benchmark. */
export const SMALLEST_EFFECT = 1.05;
export const LEAST_PAIRS = 10;
export const MOST_PAIRS = 30;
/**
 * Probability left outside each end of the interval. With two looks in a row for a claim (`isSettled`) the whole series of looks
 * stays below 1 % false alarms on unchanged code and below 3 % where the change costs 4 %, at every kind of noise that is simulated.
 */
const TAIL = 0.025;
const RESAMPLES = 2000;

/**
 * Judges the pairs so far. `comparisons`: how many benchmarks are judged in this run; each then has to be surer.
 * Deterministic: the resampling starts from the same seed every time.
 */
export function judge(pairs: readonly Pair[], comparisons = 1): Verdict {
  const tail = TAIL / Math.max(1, comparisons);
  const effects = pairs.map(({ base, change }) => Math.log(change / base));
  const [low, high] = bootstrapMedian(effects, tail);
  const noise = noiseOf(pairs, tail);
  const effect = median(effects);
  return {
    kind: pairs.length < LEAST_PAIRS ? 'open' : kindOf({ effect, low, high, noise }),
    ratio: Math.exp(effect),
    low: Math.exp(low),
    high: Math.exp(high),
    noise: Math.exp(noise),
    pairs: pairs.length,
  };
}

/**
 * Whether more pairs would change nothing. Every look is a chance to be wrong, so a claim has to hold at two looks in a row; where no
 * further look can be had, the last one counts.
 */
export function isSettled(verdict: Verdict, lookBefore: Verdict | undefined): boolean {
  return verdict.kind === 'same' || (verdict.kind !== 'open' && verdict.kind === lookBefore?.kind);
}

interface Measured {
  readonly effect: number;
  readonly low: number;
  readonly high: number;
  readonly noise: number;
}

function kindOf({ effect, low, high, noise }: Measured): Verdict['kind'] {
  const smallest = Math.log(SMALLEST_EFFECT);
  if (low > smallest && effect > noise) return 'slower';
  if (high < -smallest && effect < -noise) return 'faster';
  return high < smallest ? 'same' : 'open';
}

/**
 * How far base against base is from no difference: successive processes of base in the same session, which are as far apart in
 * time as the two of a pair or farther.
 */
function noiseOf(pairs: readonly Pair[], tail: number): number {
  const steps = pairs.slice(1).map(({ base }, index) => Math.log(base / (pairs[index]?.base ?? base)));
  if (steps.length === 0) return 0;
  const [low, high] = bootstrapMedian(steps, tail);
  return Math.max(Math.abs(low), Math.abs(high));
}

/** Percentile bootstrap interval of the median. */
export function bootstrapMedian(values: readonly number[], tail: number): readonly [low: number, high: number] {
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length;
  const random = seededRandom(count);
  const medians = new Float64Array(RESAMPLES);
  // Of a resample only the ranks in the sorted values matter for its median.
  const ranks = new Uint16Array(count);
  const half = count >> 1;
  for (let resample = 0; resample < RESAMPLES; resample += 1) {
    for (let draw = 0; draw < count; draw += 1) ranks[draw] = Math.floor(random() * count);
    ranks.sort();
    const upper = sorted[ranks[half] ?? 0] ?? 0;
    const lower = count % 2 === 1 ? upper : (sorted[ranks[half - 1] ?? 0] ?? 0);
    medians[resample] = (upper + lower) / 2;
  }
  medians.sort();
  const outside = Math.floor(tail * RESAMPLES);
  return [medians[outside] ?? 0, medians[RESAMPLES - 1 - outside] ?? 0];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** Median distance from the median, scaled to equal the standard deviation of normal noise. */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  return 1.4826 * median(values.map((value) => Math.abs(value - middle)));
}

/** Mulberry32: uniform in [0, 1), the same sequence for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = (seed + 0x9e3779b9) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
