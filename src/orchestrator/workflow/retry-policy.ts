import type { StepError } from '../../contract/failures.ts';

const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 60_000;

/** Jittered exponential backoff: 1 s × multiplier^n, ± 20 %, at most 60 s. */
export function backoffMs(failures: number, multiplier: number, jitter: number): number {
  const base = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * multiplier ** failures);
  return Math.min(MAX_DELAY_MS, Math.round(base * (0.8 + 0.4 * jitter)));
}

/** What a tool reported may be tried again; what was cut off only where running twice does no harm. */
export function isRetryable(error: StepError, idempotent: boolean): boolean {
  if (error.code === 'cancelled' || error.code === 'missing-tool') return false;
  return idempotent || error.code === 'exit' || error.code === 'spawn';
}
