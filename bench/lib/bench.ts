/** One figure of a bench, as `--json` prints it. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the same work costs without Savepoint, in the same run and unit; null where there is nothing to compare with. */
  readonly floor: number | null;
  /** How good `value` is against `floor`; null without a floor. */
  readonly ratio: number | null;
  /** What helps to judge it. */
  readonly note?: string;
}

export type Goal =
  /** `min`: the ratio should be at least this, `max`: at most. */
  | { readonly kind: 'min' | 'max'; readonly ratio: number }
  /** The value itself should be at most this, in its unit. */
  | { readonly kind: 'most'; readonly value: number };

export interface Bench {
  readonly name: string;
  /** One line: what is measured against what. */
  readonly about: string;
  readonly goal: Goal | null;
  run(): Promise<Omit<Figure, 'name'>>;
}

/** One measurement: the amount for "larger is better" units such as events/s, the time for others. */
export type Measure = () => Promise<number>;

/**
 * Measures in turns, floor and subject next to each other, so that what else the machine does meets both; the ratio is the median
 * of the pairs'. The first pair warms up and does not count.
 */
export async function compare(options: {
  readonly pairs: number;
  readonly unit: string;
  readonly measured: Measure;
  readonly floor: Measure;
}): Promise<Omit<Figure, 'name'>> {
  const values: number[] = [];
  const floors: number[] = [];
  const ratios: number[] = [];
  for (let pair = 0; pair <= options.pairs; pair++) {
    // Each goes first as often as the other.
    const first = pair % 2 === 0 ? await options.floor() : await options.measured();
    const second = pair % 2 === 0 ? await options.measured() : await options.floor();
    if (pair === 0) continue;
    const [value, floor] = pair % 2 === 0 ? [second, first] : [first, second];
    values.push(value);
    floors.push(floor);
    ratios.push(value / floor);
  }
  return { value: median(values), unit: options.unit, floor: median(floors), ratio: median(ratios) };
}

/** The smallest value that at least this share of the values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}
