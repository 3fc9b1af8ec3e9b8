import ts from 'typescript';
import { oxcParser } from './native-parts.ts';

/**
 * How a file refers to another: `import` runs it, `type` is erased before anything runs, `reference` names it in a string
 * (a worker, a script that is started, a mock), `folder` imports whatever lies behind a computed path.
 */
export type RequestKind = 'import' | 'type' | 'reference' | 'folder';

export interface ImportRequest {
  readonly kind: RequestKind;
  /** As written; for `folder` the part before the first computed one. */
  readonly text: string;
}

const CODE = /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/;
const COMPONENT = /\.(?:vue|svelte|astro)$/;

/** Whether the import graph has a node for the file. */
export function isCodeFile(file: string): boolean {
  return CODE.test(file);
}

/** What a file asks for, without repetition, in the order met. Text that does not parse gives what could be read of it. */
export function importRequests(file: string, text: string): readonly ImportRequest[] {
  const code = COMPONENT.test(file) ? componentScripts(text) : text;
  const found = new Map<string, ImportRequest>();
  const add = (kind: RequestKind, request: string): void => {
    const earlier = found.get(request);
    if (earlier === undefined || rank(kind) > rank(earlier.kind)) found.set(request, { kind, text: request });
  };
  addModuleSyntax(COMPONENT.test(file) ? 'component.ts' : file, code, add);
  addCalls(code, add);
  addJoinedPaths(code, add);
  addLiterals(code, add);
  return [...found.values()];
}

type Add = (kind: RequestKind, request: string) => void;

/** Of two ways to ask for the same file the stronger counts. */
function rank(kind: RequestKind): number {
  return { reference: 0, type: 1, folder: 2, import: 3 }[kind];
}

function componentScripts(text: string): string {
  const scripts = [...text.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1] ?? '');
  const frontmatter = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1] ?? '';
  return [frontmatter, ...scripts].join('\n');
}

function addModuleSyntax(file: string, code: string, add: Add): void {
  if (oxcParser === null) {
    // Takes erased imports for real ones, and misses what only a parser sees: the graph is then not complete.
    for (const { fileName } of ts.preProcessFile(code, true, true).importedFiles) add('import', fileName);
    return;
  }
  const { module } = oxcParser.parseSync(file, code);
  for (const { moduleRequest, entries } of module.staticImports) {
    add(entries.length > 0 && entries.every((entry) => entry.isType) ? 'type' : 'import', moduleRequest.value);
  }
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType } of entries) {
      if (moduleRequest !== null) add(isType ? 'type' : 'import', moduleRequest.value);
    }
  }
  for (const { moduleRequest } of module.dynamicImports) {
    addDynamic(code.slice(moduleRequest.start, moduleRequest.end), add);
  }
}

/** `import("./a")`, or the folder of ``import(`./pages/${name}.js`)``. */
function addDynamic(argument: string, add: Add): void {
  const plain = /^(['"`])([^'"`$\\]+)\1$/.exec(argument)?.[2];
  if (plain !== undefined) return add('import', plain);
  const folder = /^[`'"](\.{1,2}\/[^`'"$\\]*)/.exec(argument)?.[1];
  if (folder !== undefined) add('folder', folder);
}

const CALL =
  /\b(?:require|require\.resolve|import\.meta\.resolve|mock|doMock|unmock|requireActual|importActual)\s*(?:<[^>(]*>)?\(\s*(['"`])([^'"`$\\\n]+)\1/g;
const GLOB = /\b(?:import\.meta\.glob\w*|require\.context)\s*(?:<[^>(]*>)?\(\s*\[?\s*['"`](\.{0,2}\/[^'"`*{]*)/g;

/** CommonJS and the test runners' own ways to load a module. Read from the text: a match inside a comment only adds an edge. */
function addCalls(code: string, add: Add): void {
  for (const match of code.matchAll(CALL)) add('import', match[2] ?? '');
  for (const match of code.matchAll(GLOB)) add('folder', match[1] ?? '');
}

const JOINED = /(?:__dirname|import\.meta\.(?:dirname|url))\s*\)*\s*((?:,\s*['"][^'"\n]*['"]\s*)+)/g;

/** `join(__dirname, '..', 'bin', 'cli.js')`. */
function addJoinedPaths(code: string, add: Add): void {
  for (const match of code.matchAll(JOINED)) {
    const parts = [...(match[1] ?? '').matchAll(/['"]([^'"\n]*)['"]/g)].map((part) => part[1] ?? '');
    add('reference', `./${parts.join('/')}`);
  }
}

const LITERAL = /(['"`])((?:\.{1,2}\/)?[\w@.][\w@./-]*\.[cm]?[jt]sx?)\1|(['"])(\.{1,2}\/[\w@./-]+)\3/g;

/** Any other string that reads like the path of a code file. */
function addLiterals(code: string, add: Add): void {
  for (const match of code.matchAll(LITERAL)) add('reference', match[2] ?? match[4] ?? '');
}
