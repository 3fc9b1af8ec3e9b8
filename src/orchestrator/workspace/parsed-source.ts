import ts from 'typescript';

/** One JavaScript or TypeScript file as the agents see it: parsed once, with parents, without types. */
export interface ParsedSource {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  readonly text: string;
  readonly source: ts.SourceFile;
  /** First syntax error in the compiler's words; null when the file parses. */
  readonly syntaxError: string | null;
}

export interface ParsedSources {
  /** Same file and same text: the same tree, as long as it is among the most recently used. */
  parse(file: string, text: string): ParsedSource;
}

const KINDS: Readonly<Record<string, ts.ScriptKind>> = {
  js: ts.ScriptKind.JS,
  cjs: ts.ScriptKind.JS,
  mjs: ts.ScriptKind.JS,
  jsx: ts.ScriptKind.JSX,
  ts: ts.ScriptKind.TS,
  cts: ts.ScriptKind.TS,
  mts: ts.ScriptKind.TS,
  tsx: ts.ScriptKind.TSX,
};

/** Whether the parser understands this file, by its ending. */
export function isScript(file: string): boolean {
  return kindOf(file) !== undefined;
}

/** Characters of source whose trees are kept: a tree takes about 20 bytes a character, so this is some 160 MB at most. */
const KEPT_CHARACTERS = 8_000_000;

/** Trees of files that several agents of one process look at. The least recently used are dropped. */
export function createParsedSources({ keptCharacters = KEPT_CHARACTERS } = {}): ParsedSources {
  const kept = new Map<string, ParsedSource>();
  let characters = 0;
  const drop = (file: string): void => {
    characters -= kept.get(file)?.text.length ?? 0;
    kept.delete(file);
  };
  return {
    parse(file, text) {
      const known = kept.get(file);
      const parsed = known?.text === text ? known : parseSource(file, text);
      drop(file);
      kept.set(file, parsed);
      characters += text.length;
      for (const oldest of kept.keys()) {
        if (characters <= keptCharacters || oldest === file) break;
        drop(oldest);
      }
      return parsed;
    },
  };
}

const shared = new WeakMap<object, ParsedSources>();

/** The trees that all agents working on this workspace instance share; they go when it goes. */
export function parsedSourcesOf(workspace: object): ParsedSources {
  const known = shared.get(workspace);
  if (known) return known;
  const created = createParsedSources();
  shared.set(workspace, created);
  return created;
}

/** Parses without keeping. A file with syntax errors still has a tree: the part that was understood. */
export function parseSource(file: string, text: string): ParsedSource {
  const parse = (code: string): ts.SourceFile =>
    ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true, kindOf(file) ?? ts.ScriptKind.TS);
  try {
    const source = parse(text);
    return { file, text, source, syntaxError: firstSyntaxError(source) };
  } catch (error) {
    if (!isTooDeep(error)) throw error;
    return { file, text, source: parse(''), syntaxError: 'code that is nested too deeply to be parsed' };
  }
}

/** Whether code was nested deeper than the stack reaches: generated code, for who follows it by recursion. */
export function isTooDeep(error: unknown): boolean {
  return error instanceof RangeError && /call stack/i.test(error.message);
}

function kindOf(file: string): ts.ScriptKind | undefined {
  return KINDS[file.slice(file.lastIndexOf('.') + 1).toLowerCase()];
}

/** The parser keeps its errors on the tree; the public types leave that property out. */
function firstSyntaxError(source: ts.SourceFile): string | null {
  const errors: unknown = 'parseDiagnostics' in source ? source.parseDiagnostics : [];
  if (!Array.isArray(errors)) return null;
  const [first] = errors as readonly (ts.Diagnostic | undefined)[];
  if (!first) return null;
  const line = source.getLineAndCharacterOfPosition(first.start ?? 0).line + 1;
  return `line ${String(line)}: ${ts.flattenDiagnosticMessageText(first.messageText, ' ')}`;
}
