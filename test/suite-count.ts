/** How the tests of one or more files went. */
export interface SuiteCount {
  readonly passed: number;
  readonly failed: number;
  readonly pending: number;
}

export const NOTHING: SuiteCount = { passed: 0, failed: 0, pending: 0 };

export const sumOf = (counts: readonly SuiteCount[]): SuiteCount =>
  counts.reduce(
    (sum, { passed, failed, pending }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      pending: sum.pending + pending,
    }),
    NOTHING,
  );
