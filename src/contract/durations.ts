/** Milliseconds of one of each unit that a duration may have. */
const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** The longest duration that a definition may name: 7 days, milliseconds. */
export const MAX_DURATION_MS = 7 * 24 * UNITS.h;

/** Milliseconds of a duration that `durationSchema` accepts. Apart from the schemas, which cost a start some 20 ms. */
export function durationMs(text: string): number {
  const match = /^(\d+)(ms|s|m|h)$/.exec(text);
  if (!match) throw new RangeError(`not a duration: ${text}`);
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}
