/** When a worker that ended is started again, and when no more (RELIABILITY: 5 endings in 10 min). Times in ms of a monotonic clock. */
export interface Restarts {
  /** When it ended, lately; oldest first. */
  readonly endings: readonly number[];
}

export type AfterEnding =
  | { readonly kind: 'start-again'; readonly inMs: number }
  /** Safe mode: it ended too often. */
  | { readonly kind: 'stop'; readonly endings: number };

export const NO_ENDINGS: Restarts = { endings: [] };

export const MAX_ENDINGS = 5;
export const WITHIN_MS = 10 * 60_000;
/** After the first, second, … ending in that time. The first is quick: nothing may say "running" for long without a worker. */
const DELAYS_MS = [100, 1000, 4000, 15_000];

/** The worker ended. */
export function ended({ endings }: Restarts, now: number): { readonly restarts: Restarts; readonly next: AfterEnding } {
  const recent = [...endings.filter((at) => now - at < WITHIN_MS), now];
  const restarts = { endings: recent };
  if (recent.length >= MAX_ENDINGS) return { restarts, next: { kind: 'stop', endings: recent.length } };
  return { restarts, next: { kind: 'start-again', inMs: DELAYS_MS[recent.length - 1] ?? 0 } };
}
