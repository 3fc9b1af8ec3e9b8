export function formatCents(cents: number, currency = 'EUR'): string {
  const sign = cents < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(cents) / 100);
  const rest = String(Math.abs(cents) % 100).padStart(2, '0');
  return `${sign}${whole}.${rest} ${currency}`;
}

/** Tax is rounded half up, once per invoice. */
export function taxOf(netCents: number, rate: number): number {
  return Math.floor(netCents * rate + 0.5);
}

/** Splits an amount by weights without losing a cent: the rest goes to the first parts. */
export function splitCents(cents: number, weights: number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) throw new RangeError('weights must sum to more than 0');
  const parts = weights.map((weight) => Math.floor((cents * weight) / total));
  let rest = cents - parts.reduce((sum, part) => sum + part, 0);
  for (let i = 0; rest > 0; i++, rest--) parts[i % parts.length] += 1;
  return parts;
}
