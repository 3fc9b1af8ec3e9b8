import type { ParseResult } from 'oxc-parser';
import type { Finding } from '../../../contract/findings.ts';
import { fingerprinted, type FindingDraft } from '../../workspace/fingerprint.ts';
import type { ImportGraph } from '../../workspace/import-graph.ts';
import { NO_NATIVE_PARTS, oxcParser } from '../../workspace/native-parts.ts';
import { positionsIn } from '../../workspace/positions.ts';
import { applyScopePolicy } from '../../workspace/scope-policy.ts';
import { touches } from '../../workspace/workspace.ts';
import type { Session } from './session.ts';

const RULE = 'test.unreached-export';
const PLAIN_CODE = /(?<!\.d)\.[cm]?[jt]sx?$/;

/** Tells of changed exported functions that no test leads to, on the lines that changed. */
export async function reportUnreachedExports({
  request,
  context,
  graph,
  detection,
}: Session): Promise<{ readonly reported: readonly Finding[]; readonly older: number }> {
  const { workspace } = context;
  const { scope } = request;
  if (scope.kind === 'all') return { reported: [], older: 0 };
  if (oxcParser === null || !graph.complete) {
    context.emit({ kind: 'not-checked', what: 'exports that no test reaches', why: NO_NATIVE_PARTS });
    return { reported: [], older: 0 };
  }
  const { parseSync } = oxcParser;
  const from = context.clock.monotonic();
  const tests = new Set(detection.suites.flatMap((suite) => suite.testFiles));
  const ran = graph.reachedBy(tests);
  const texts = createTexts(workspace.read.bind(workspace));
  const reported: Finding[] = [];
  let older = 0;
  for (const file of scope.files.filter(
    (one) => PLAIN_CODE.test(one) && !tests.has(one) && graph.files.includes(one),
  )) {
    const text = await texts(file);
    const changed = await workspace.changedLines(scope, file);
    const drafts: FindingDraft[] = [];
    for (const exported of exportedFunctions(parseSync(file, text), text)) {
      if (!touches(changed, exported.startLine, exported.endLine)) continue;
      if (await isReached({ file, name: exported.name, graph, ran, tests, texts, seen: new Set() })) continue;
      drafts.push(draft(file, exported, changed));
    }
    const policy = {
      scope,
      text,
      findings: fingerprinted(drafts, text),
      base: [],
      changed,
      dismissed: workspace.dismissed(),
    };
    const result = applyScopePolicy(policy);
    for (const finding of result.reported) context.emit({ kind: 'finding', finding });
    reported.push(...result.reported);
    older += result.older;
  }
  context.emit({
    kind: 'evidence',
    evidence: {
      tool: 'built in: exports that tests reach',
      version: null,
      command: [],
      cwd: workspace.root,
      exitCode: null,
      durationMs: context.clock.monotonic() - from,
    },
  });
  return { reported, older };
}

interface ExportedFunction {
  readonly name: string;
  /** 0-based lines of the whole function, end inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  /** 0-based place of the name. */
  readonly line: number;
  readonly character: number;
}

/** Functions and classes that the file exports by name or as its default. Text that does not parse has none. */
function exportedFunctions({ program, module }: ParseResult, text: string): readonly ExportedFunction[] {
  const exported = new Map(
    module.staticExports.flatMap(({ entries }) =>
      entries
        .filter((entry) => entry.moduleRequest === null && !entry.isType)
        .map((entry) => [entry.localName.name ?? 'default', entry.exportName.name ?? 'default'] as const),
    ),
  );
  const positionAt = positionsIn(text);
  const found: ExportedFunction[] = [];
  const add = (local: string, node: Span, at: Span): void => {
    const name = exported.get(local);
    if (name === undefined) return;
    const place = positionAt(at.start);
    found.push({
      name,
      startLine: positionAt(node.start).line,
      endLine: positionAt(node.end).line,
      ...place,
    });
  };
  for (const statement of program.body) {
    const declaration =
      statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
        ? statement.declaration
        : statement;
    if (declaration === null) continue;
    if (declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration') {
      add(declaration.id?.name ?? 'default', declaration, declaration.id ?? declaration);
    } else if (declaration.type === 'VariableDeclaration') {
      for (const one of declaration.declarations) {
        const isFunction =
          one.init?.type === 'ArrowFunctionExpression' ||
          one.init?.type === 'FunctionExpression' ||
          one.init?.type === 'ClassExpression';
        if (isFunction && one.id.type === 'Identifier') add(one.id.name, one, one.id);
      }
    }
  }
  return found;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Question {
  readonly file: string;
  readonly name: string;
  readonly graph: ImportGraph;
  /** Files that a run of the tests can load. */
  readonly ran: ReadonlyMap<string, number>;
  readonly tests: ReadonlySet<string>;
  readonly texts: (file: string) => Promise<string>;
  readonly seen: Set<string>;
}

/** Whether some file that tests load mentions the name, be it behind re-exports. Says "reached" where that cannot be told. */
async function isReached(question: Question): Promise<boolean> {
  const { file, name, graph, ran, texts, seen } = question;
  if (!ran.has(file)) return false;
  if (seen.has(file)) return false;
  seen.add(file);
  if (name === 'default' || usesOf(name, await texts(file)) > 1) return true;
  for (const user of graph.usedBy(file)) {
    if (user.kind === 'type' || !ran.has(user.file)) continue;
    const text = await texts(user.file);
    if (user.kind === 'folder' || usesOf(name, withoutReExports(text)) > 0) return true;
    if (/\bexport\b/.test(text) && (await isReached({ ...question, file: user.file }))) return true;
  }
  return false;
}

function usesOf(name: string, text: string): number {
  return text.match(new RegExp(`(?<![\\w$])${name.replace(/\$/g, '\\$')}(?![\\w$])`, 'g'))?.length ?? 0;
}

function withoutReExports(text: string): string {
  return text.replace(/export\s*(?:type\s*)?(?:\*(?:\s*as\s+\w+)?|\{[^}]*\})\s*from\s*['"][^'"]*['"]/g, '');
}

function draft(file: string, exported: ExportedFunction, changed: Parameters<typeof touches>[0]): FindingDraft {
  // On the name where it changed, else on the first changed line of the function.
  const line = touches(changed, exported.line, exported.line)
    ? exported.line
    : Math.max(exported.startLine, firstIn(changed, exported));
  const character = line === exported.line ? exported.character : 0;
  const length = line === exported.line ? exported.name.length : 0;
  return {
    agent: 'test-executor',
    rule: RULE,
    severity: 'info',
    confidence: 'possible',
    message: `No test leads to ${exported.name}: a mistake here would not be noticed. Add a test that calls it, directly or through its callers.`,
    file,
    range: { start: { line, character }, end: { line, character: character + length } },
  };
}

function firstIn(changed: Parameters<typeof touches>[0], { startLine, endLine }: ExportedFunction): number {
  return changed.find(([start, end]) => start <= endLine && end > startLine)?.[0] ?? startLine;
}

function createTexts(read: (file: string) => Promise<string | null>): (file: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  return (file) => {
    const text = known.get(file) ?? read(file).then((content) => content ?? '');
    known.set(file, text);
    return text;
  };
}
