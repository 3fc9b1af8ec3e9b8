import type ts from 'typescript';

/** What an attacker may try with a value. A sink names the kind that hurts there; a sanitiser clears kinds. */
export type Kind =
  | 'sql'
  | 'nosql'
  | 'command'
  | 'code'
  | 'template'
  | 'path'
  | 'ssrf'
  | 'xss'
  | 'redirect'
  | 'deserialise'
  | 'prototype'
  | 'regexp'
  | 'ldap'
  | 'xpath'
  | 'header'
  | 'open-external';

/** Where a value came from decides which kinds matter: a command line's own arguments may well name files. */
export type Group = 'request' | 'dom' | 'argv' | 'fetched' | 'archive' | 'ipc';

export interface Taint {
  /** Access paths such as `query.id`: a check on one of them counts for every value made of it. */
  readonly origins: ReadonlySet<string>;
  readonly group: Group;
  /** As in the source text, for the message: `req.query.id`. */
  readonly label: string;
  readonly cleared: ReadonlySet<Kind>;
  /** Cannot be an object, so it holds no query operators. */
  readonly isString: boolean;
  /** Members are inputs of their own: `req.body`. */
  readonly isContainer: boolean;
}

export type Role = 'request' | 'response' | 'context' | 'event';

export interface Closure {
  readonly node: ts.FunctionLikeDeclaration;
  readonly frame: Frame;
  readonly state: State;
  readonly self: Value | undefined;
}

/** What is known of an expression's value. Everything is optional: most values are unknown. */
export interface Value {
  readonly taint?: Taint | undefined;
  /** `child_process.exec`, `pg.Pool().query`, `?db.query` for an unknown `db`. */
  readonly api?: string | undefined;
  /** Constant text with holes: HOLE where tainted text comes in, UNKNOWN for other text. */
  readonly text?: string | undefined;
  readonly literal?: string | number | boolean | null | undefined;
  readonly role?: Role | undefined;
  readonly closure?: Closure | undefined;
  /** Known members; shared by all aliases of the object, so writes are seen by all. */
  readonly members?: Map<string, Value> | undefined;
  /** Source of a regular expression. */
  readonly pattern?: string | undefined;
  /** Made by a keyed or plain hash: comparing it leaks time. */
  readonly isDigest?: boolean | undefined;
}

/** One declared name. Identity matters, not the text. */
export interface Binding {
  readonly name: string;
}

/** Names in reach at a place of the program. */
export interface Frame {
  readonly names: Map<string, Binding>;
  readonly parent: Frame | null;
}

/** What holds on one way through the program: values of names, and origins that were checked. Branches lay one on another. */
export interface State {
  readonly parent: State | null;
  readonly values: Map<Binding, Value>;
  readonly checked: Map<string, ReadonlySet<Kind> | 'all'>;
  /** Nothing after this runs: returned, thrown, left the loop. */
  ended: boolean;
}

export const UNKNOWN_VALUE: Value = {};
export const HOLE = '\u0000';
export const UNKNOWN = '\u0001';

/** A value's text as part of a longer one. */
export function textOf(value: Value): string {
  return value.text ?? (value.literal !== undefined ? String(value.literal) : taintOf(value) ? HOLE : UNKNOWN);
}

/** The taint of a value or of anything in it. */
export function taintOf(value: Value, depth = 3): Taint | undefined {
  if (value.taint || !value.members || depth === 0) return value.taint;
  let taint: Taint | undefined;
  for (const member of value.members.values()) taint = joinTaint(taint, taintOf(member, depth - 1));
  return taint;
}

export function joinTaint(a: Taint | undefined, b: Taint | undefined): Taint | undefined {
  if (!a || !b) return a ?? b;
  if (a === b) return a;
  const [first, second] = a.group === 'request' || b.group !== 'request' ? [a, b] : [b, a];
  return {
    origins: new Set([...first.origins, ...second.origins]),
    group: first.group,
    label: first.label,
    cleared: new Set([...first.cleared].filter((kind) => second.cleared.has(kind))),
    isString: first.isString && second.isString,
    isContainer: first.isContainer && second.isContainer,
  };
}

/** The value where two ways of the program meet. */
export function joinValues(a: Value, b: Value): Value {
  if (a === b) return a;
  const main = taintOf(a) || !taintOf(b) ? a : b;
  const other = main === a ? b : a;
  return {
    ...main,
    taint: joinTaint(main.taint, other.taint),
    api: main.api ?? other.api,
    role: main.role ?? other.role,
    closure: main.closure ?? other.closure,
    members: main.members ?? other.members,
    literal: main.literal === other.literal ? main.literal : undefined,
    text: taintOf(main) || main.text === other.text ? main.text : undefined,
    isDigest: main.isDigest ?? other.isDigest,
  };
}

/** A string put together from pieces. */
export function concatenated(pieces: readonly Value[]): Value {
  let taint: Taint | undefined;
  for (const piece of pieces) taint = joinTaint(taint, taintOf(piece));
  return { text: pieces.map(textOf).join(''), taint: taint && { ...taint, isString: true, isContainer: false } };
}

export function cleared(value: Value, kinds: readonly Kind[]): Value {
  const taint = taintOf(value);
  return {
    ...(taint
      ? { taint: { ...taint, isString: true, isContainer: false, cleared: new Set([...taint.cleared, ...kinds]) } }
      : {}),
    text: value.text,
  };
}
