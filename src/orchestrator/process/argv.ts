import type { Json } from '../../contract/json.ts';

/** The program and its arguments, where the value is such a list; null where it is anything else. */
export function argvIn(value: Json | undefined): readonly string[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  return value.every((word) => typeof word === 'string') ? value : null;
}
