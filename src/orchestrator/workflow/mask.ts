/** Replaces what matches the certain secret rules. */
export type Mask = (text: string) => string;

/** The same shape with every string masked (keys are names of ours and stay). Plain JSON only. */
export function maskDeep<T>(value: T, mask: Mask): T {
  return walk(value, mask) as T;
}

function walk(value: unknown, mask: Mask): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((item: unknown) => walk(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, mask)]));
}
