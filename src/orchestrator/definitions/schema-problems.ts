import * as z from 'zod';
import { didYouMean } from './did-you-mean.ts';

/** Keys and indexes from the root. */
export type Path = readonly (string | number)[];

export interface SchemaProblem {
  readonly path: Path;
  /** Whether the key itself is wrong, its value, or something that is missing in the value. */
  readonly at: 'key' | 'value' | 'missing';
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

/** What a schema finds wrong, in words that a person can act on. Unknown keys `x-…` are dropped. */
export function checkSchema<T>(
  schema: z.ZodType<T>,
  value: unknown,
): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly SchemaProblem[] } {
  const first = schema.safeParse(value);
  if (first.success) return { ok: true, value: first.data };
  const extended = first.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? extensionKeys(issue) : [],
  );
  const second = extended.length === 0 ? first : schema.safeParse(without(value, extended));
  if (second.success) return { ok: true, value: second.data };
  return { ok: false, problems: second.error.issues.flatMap((issue) => explain(issue, { schema, value })) };
}

function extensionKeys(issue: Extract<Issue, { code: 'unrecognized_keys' }>): readonly Path[] {
  return issue.keys.filter((key) => key.startsWith('x-')).map((key) => [...pathOf(issue), key]);
}

function pathOf(issue: Issue): Path {
  return issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
}

/** A copy without the keys at these paths. */
function without(value: unknown, paths: readonly Path[]): unknown {
  const copy: unknown = structuredClone(value);
  for (const path of paths) {
    const parent = valueAt(copy, path.slice(0, -1));
    if (isRecord(parent)) delete parent[String(path.at(-1))];
  }
  return copy;
}

function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const part of path) {
    if (Array.isArray(current)) current = current[Number(part)];
    else current = isRecord(current) ? current[part] : undefined;
  }
  return current;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Checked {
  readonly schema: z.ZodType;
  readonly value: unknown;
}

function explain(issue: Issue, checked: Checked): readonly SchemaProblem[] {
  const path = pathOf(issue);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(checked.schema, path);
    return issue.keys.map((key) => ({ path: [...path, key], at: 'key', message: unknownKey(key, known) }));
  }
  const name = nameOf(path);
  const given = valueAt(checked.value, path);
  if (given === undefined && path.length > 0) {
    return [{ path: path.slice(0, -1), at: 'missing', message: `${name} is missing here. Add it.` }];
  }
  return [{ path, at: 'value', message: `${name} ${wrongValue(issue, given)}` }];
}

function unknownKey(key: string, known: readonly string[]): string {
  if (key === '<<') return 'Merge keys (<<) are not allowed. Write the values out.';
  const hint = didYouMean(key, known);
  return `Unknown key "${key}".${hint === '' ? ` Known here: ${known.join(', ')}.` : hint}`;
}

function nameOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'The file';
  if (typeof last === 'string') return `"${last}"`;
  const list = path.at(-2);
  return list === undefined ? `Entry ${last + 1}` : `Entry ${last + 1} of "${list}"`;
}

function wrongValue(issue: Issue, given: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}, not ${describe(given)}.`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}, not ${describe(given)}.${typeof given === 'string' ? didYouMean(given, issue.values.map(String)) : ''}`;
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return `must be at most ${issue.maximum}${UNITS[issue.origin] ?? ''}.`;
    default:
      return issue.message.startsWith('must ')
        ? `${issue.message}; it is ${describe(given)}.`
        : `is not valid: ${issue.message}.`;
  }
}

function tooSmall(issue: Extract<Issue, { code: 'too_small' }>): string {
  if (issue.minimum === 1 && issue.origin in UNITS) return 'must not be empty.';
  return `must be at least ${issue.minimum}${UNITS[issue.origin] ?? ''}.`;
}

const UNITS: Readonly<Record<string, string>> = { string: ' characters long', array: ' entries' };

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a set of keys and values',
  record: 'a set of keys and values',
};

function describe(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a set of keys and values';
  if (typeof value === 'string') return value.length > 40 ? 'this text' : `"${value}"`;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'this';
}

/** The keys that the schema knows at a path, from its JSON Schema. */
function knownKeys(schema: z.ZodType, path: Path): readonly string[] {
  let at: unknown = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  for (const part of path) {
    if (!isRecord(at)) return [];
    const properties = at['properties'];
    at = typeof part === 'number' ? at['items'] : isRecord(properties) ? properties[part] : undefined;
  }
  return isRecord(at) && isRecord(at['properties']) ? Object.keys(at['properties']) : [];
}
