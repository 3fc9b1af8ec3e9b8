/** Replaces what matches the certain secret rules. */
export type Mask = (text: string) => string;

/** The same shape with every string masked (keys are names of ours and stay); the same object where nothing was. Plain JSON only. */
export function maskDeep<T>(value: T, mask: Mask): T {
  return walk(value, mask) as T;
}

function walk(value: unknown, mask: Mask): unknown {
  if (typeof value === 'string') return mask(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => walk(item, mask));
    return items.some((item, at) => item !== value[at]) ? items : value;
  }
  const changed = Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const masked = walk(item, mask);
    return masked === item ? [] : [[key, masked] as const];
  });
  return changed.length === 0 ? value : { ...value, ...Object.fromEntries(changed) };
}
