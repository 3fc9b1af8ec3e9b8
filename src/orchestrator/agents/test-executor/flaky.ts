import type { TestSample } from '../agent.ts';

/** How often a test changed its result although nothing had changed. */
export interface FlakyHistory {
  /** Runs on contents on which it both passed and failed. */
  readonly runs: number;
  readonly failed: number;
}

/** Pure: null unless some content saw the test both pass and fail. */
export function flakyHistory(samples: readonly TestSample[]): FlakyHistory | null {
  const byContent = new Map<string, TestSample[]>();
  for (const sample of samples) {
    if (sample.status !== 'skipped')
      byContent.set(sample.contentId, [...(byContent.get(sample.contentId) ?? []), sample]);
  }
  const changing = [...byContent.values()]
    .filter((group) => new Set(group.map((sample) => sample.status)).size > 1)
    .flat();
  if (changing.length === 0) return null;
  return { runs: changing.length, failed: changing.filter((sample) => sample.status === 'failed').length };
}

/** "changes its result on equal content: failed in 2 of 7 runs". */
export function describeFlaky({ runs, failed }: FlakyHistory): string {
  return `changes its result on equal content: failed in ${String(failed)} of ${String(runs)} runs`;
}

/** The key of a test in the history. */
export function testKey(test: { readonly file: string; readonly name: string }): string {
  return `${test.file} > ${test.name}`;
}
