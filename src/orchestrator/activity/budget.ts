/** Automatic runs of the last hour against their limit. Pure; times are milliseconds of a clock that never goes back. */

const HOUR_MS = 3_600_000;

export interface Budget {
  readonly limit: number;
  readonly left: number;
  /** Until one more may start; 0 where one may now. */
  readonly freesInMs: number;
}

/** `startedAt`: oldest first. */
export function budgetOf(startedAt: readonly number[], now: number, limit: number): Budget {
  const recent = withinHour(startedAt, now);
  const left = Math.max(0, limit - recent.length);
  const oldest = recent[recent.length - limit];
  return { limit, left, freesInMs: left > 0 ? 0 : oldest === undefined ? HOUR_MS : oldest + HOUR_MS - now };
}

/** Those that still count. */
export function withinHour(startedAt: readonly number[], now: number): readonly number[] {
  return startedAt.filter((at) => at > now - HOUR_MS);
}

/** A stored time (milliseconds since 1970, which may have jumped) on the clock that never goes back. */
export function onSteadyClock(storedAt: number, clock: { readonly now: number; readonly monotonic: number }): number {
  const age = Math.min(HOUR_MS, Math.max(0, clock.now - storedAt));
  return clock.monotonic - age;
}
