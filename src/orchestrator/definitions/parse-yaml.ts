import {
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  Lexer,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type ErrorCode,
} from 'yaml';
import type * as z from 'zod';
import type { Range } from '../../contract/findings.ts';
import type { Problem } from './problem.ts';
import { checkSchema, type Path, type SchemaProblem } from './schema-problems.ts';

export const MAX_DEFINITION_BYTES = 256 * 1024;
export const MAX_DEFINITION_DEPTH = 20;
/** What is parsed at all, so that the problem can point at the first level too many. */
const MAX_PARSED_DEPTH = 100;

export type ParsedYaml<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** Where a value (or its key) stands, for problems that only show later. The nearest parent where it is not written. */
      readonly rangeOf: (path: Path, part?: 'key' | 'value') => Range;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads one definition file: YAML 1.2 without aliases and merge keys, one document, held against a schema. Every problem has the
 * position that an editor underlines. Pure.
 */
export function parseYaml<T>(
  source: { readonly file: string; readonly content: string | Uint8Array },
  schema: z.ZodType<T>,
): ParsedYaml<T> {
  const { file } = source;
  const refuse = (problems: readonly Omit<Problem, 'file'>[]): ParsedYaml<T> => ({
    ok: false,
    problems: problems.map((problem) => ({ file, ...problem })),
  });
  const decoded = decode(source.content);
  if (!decoded.ok) return refuse([decoded.problem]);
  const lines = new LineCounter();
  if (nestsTooDeep(decoded.text)) return refuse([{ range: FILE_START, message: TOO_DEEP }]);
  const document = parseDocument(decoded.text, { ...OPTIONS, lineCounter: lines });
  const place = createPlaces({ document, text: decoded.text, lines });
  const syntax = syntaxProblems(document, place);
  if (syntax.length > 0) return refuse(syntax);
  if (document.contents === null)
    return refuse([{ range: FILE_START, message: 'The file is empty. Write a definition or delete it.' }]);
  const refused = refusedNodes(document, place);
  if (refused.length > 0) return refuse(refused);
  const checked = checkSchema(schema, document.toJS());
  if (checked.ok)
    return { ok: true, value: checked.value, rangeOf: (path, part = 'value') => place.ofPath(path, part) };
  return refuse(checked.problems.map((problem) => ({ range: place.ofProblem(problem), message: problem.message })));
}

const FILE_START: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
const TOO_DEEP = `Nested deeper than ${MAX_DEFINITION_DEPTH} levels. Make it flatter.`;

/** `size` in bytes. */
export const tooLarge = (size: number): string =>
  `The file has ${Math.ceil(size / 1024)} kB; at most ${MAX_DEFINITION_BYTES / 1024} kB are read. Split it.`;

type Placed = Omit<Problem, 'file'>;
type Decoded = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: Placed };

function decode(content: string | Uint8Array): Decoded {
  const size = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
  if (size > MAX_DEFINITION_BYTES) return { ok: false, problem: { range: FILE_START, message: tooLarge(size) } };
  if (typeof content === 'string') return { ok: true, text: content.replace(/^\uFEFF/, '') };
  try {
    // A byte order mark is dropped, as editors do: positions are those that they show.
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(content) };
  } catch {
    return {
      ok: false,
      problem: { range: firstInvalid(content), message: 'Not UTF-8 from here. Save the file as UTF-8.' },
    };
  }
}

/** Where lenient decoding first replaces something that was not a replacement character already. */
function firstInvalid(content: Uint8Array): Range {
  const bytes = Buffer.from(content);
  const text = bytes.toString('utf8');
  let offset = 0;
  for (let at = text.indexOf('\uFFFD'); at >= 0; at = text.indexOf('\uFFFD', at + 1)) {
    offset = at;
    const before = Buffer.byteLength(text.slice(0, at));
    if (!bytes.subarray(before, before + 3).equals(Buffer.from('\uFFFD'))) break;
  }
  const above = text.slice(0, offset).split('\n');
  const start = { line: above.length - 1, character: above.at(-1)?.length ?? 0 };
  return { start, end: { ...start, character: start.character + 1 } };
}

const OPTIONS = { merge: false, prettyErrors: false, strict: true, uniqueKeys: true, schema: 'core' } as const;

/** Before parsing, which recurses: 200,000 brackets would take it seconds. */
function nestsTooDeep(text: string): boolean {
  let brackets = 0;
  let marks = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') brackets++;
    else if (token === ']' || token === '}') brackets--;
    else if (token === '-' || token === '?') marks++;
    else if (token.includes('\n')) marks = 0;
    if (Math.max(brackets, marks) > MAX_PARSED_DEPTH) return true;
  }
  return false;
}

function syntaxProblems(document: Document, place: Places): readonly Placed[] {
  const byLine = new Map<number, Placed>();
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    const range = place.ofOffsets(pos[0], Math.max(pos[1], pos[0] + 1));
    // One slip often breaks several rules on its line: the first tells it best.
    if (!byLine.has(range.start.line))
      byLine.set(range.start.line, { range, message: SYNTAX[code] ?? `${message.split('\n')[0]}.` });
  }
  return [...byLine.values()];
}

const SYNTAX: Partial<Record<ErrorCode, string>> = {
  DUPLICATE_KEY: 'This key is there twice. Keep one.',
  MULTIPLE_DOCS: 'A second document starts here. Put it in a file of its own.',
  TAB_AS_INDENT: 'A tab cannot indent here. Use spaces.',
  BAD_INDENT: 'The indentation does not fit the lines above. Align it.',
  TAG_RESOLVE_FAILED: 'Tags (!…) are not allowed. Write plain values.',
  MISSING_CHAR: 'A closing quote, bracket, colon or comma is missing. Add it.',
  BLOCK_AS_IMPLICIT_KEY: 'A nested value must start on its own, deeper line. Break the line behind the colon.',
  BAD_ALIAS: 'Aliases (*…) are not allowed. Write the value out.',
  BAD_DQ_ESCAPE: 'Unknown escape in double quotes. Use single quotes or double the backslash.',
};

/** What YAML allows and a definition does not. */
function refusedNodes(document: Document, place: Places): readonly Placed[] {
  const found: Placed[] = [];
  const add = (node: unknown, message: string): void => {
    found.push({ range: isNode(node) ? place.ofNode(node) : FILE_START, message });
  };
  visit(document, {
    Alias: (_, node) => add(node, 'Aliases (*…) are not allowed. Write the value out.'),
    Collection: (_, node, ancestors) => {
      if (ancestors.filter(isCollection).length < MAX_DEFINITION_DEPTH) return undefined;
      add(node, TOO_DEEP);
      return visit.SKIP;
    },
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value === '<<') add(key, 'Merge keys (<<) are not allowed. Write the values out.');
      else if (isScalar(key) && key.value === '__proto__') add(key, 'A key cannot be named __proto__. Rename it.');
      else if (!isScalar(key) || typeof key.value !== 'string')
        add(key, 'Keys must be plain text. Put quotes around it.');
    },
  });
  return found;
}

interface Places {
  ofOffsets(start: number, end: number): Range;
  ofNode(node: { readonly range?: readonly [number, number, number] | null | undefined }): Range;
  ofPath(path: Path, part: 'key' | 'value'): Range;
  ofProblem(problem: SchemaProblem): Range;
}

/** Turns nodes into ranges; one that spans lines is cut at the end of its first line, which is what one underlines. */
function createPlaces({
  document,
  text,
  lines,
}: {
  readonly document: Document;
  readonly text: string;
  readonly lines: LineCounter;
}): Places {
  const position = (offset: number): Range['start'] => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(0, line - 1), character: Math.max(0, col - 1) };
  };

  const ofOffsets = (start: number, end: number): Range => {
    const lineEnd = /[\r\n]|$/.exec(text.slice(start))?.index ?? 0;
    const from = position(start);
    return { start: from, end: { ...from, character: from.character + Math.min(Math.max(end - start, 0), lineEnd) } };
  };

  const ofNode: Places['ofNode'] = ({ range }) => (range ? ofOffsets(range[0], range[1]) : FILE_START);

  const keyNode = (path: Path): unknown => {
    const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    if (!isMap(parent)) return null;
    return parent.items.find((pair) => isScalar(pair.key) && pair.key.value === path.at(-1))?.key;
  };

  const ofPath: Places['ofPath'] = (path, part) => {
    const node = part === 'key' ? keyNode(path) : path.length === 0 ? document.contents : document.getIn(path, true);
    if (isNode(node)) return ofNode(node);
    return path.length === 0 ? FILE_START : ofPath(path.slice(0, -1), 'value');
  };

  /** What lacks something is named by its first key. */
  const ofMissing = (path: Path): Range => {
    const parent = path.length === 0 ? document.contents : document.getIn(path, true);
    const [first] = isMap(parent) ? parent.items : [];
    return isPair(first) && isNode(first.key) ? ofNode(first.key) : ofPath(path, 'value');
  };

  return {
    ofOffsets,
    ofNode,
    ofPath,
    ofProblem: ({ path, at }) => (at === 'missing' ? ofMissing(path) : ofPath(path, at)),
  };
}
