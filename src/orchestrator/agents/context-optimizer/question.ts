import { isAbsolute, posix } from 'node:path';
import type { AgentRequest } from '../../../contract/agents.ts';
import type { Json } from '../../../contract/json.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { Lines } from './excerpt.ts';
import type { Query } from './ranking.ts';
import { identifiersOf, wordsOf } from './words.ts';

/** What context is wanted for. */
export interface Question {
  /** The task's own text; null when the changed files are the task. */
  readonly task: string | null;
  /** Where the task came from, for people: "the first open item of .kiro/specs/cart/tasks.md". */
  readonly from: string;
  readonly query: Query;
  /** Changed lines by file. */
  readonly changed: ReadonlyMap<string, readonly Lines[]>;
  /** What earlier steps found, one line each. */
  readonly findings: readonly string[];
}

const OPEN_ITEM = /^(\s*)(?:[-*]|\d+[.)])\s+\[ \]\*?\s+(.+)$/;
/** More changed files than this are a branch, not a task: the most changed lines stand for it. */
const MOST_SEEDS = 40;
const MOST_FINDINGS = 20;

/** Reads what is asked for from the request: a task, a file with one, the first open item of a tasks.md, or the change. */
export async function readQuestion(
  request: AgentRequest,
  workspace: Workspace,
  files: readonly string[],
): Promise<Question> {
  const given = await readTask(request, workspace, files);
  const findings = findingsIn(Object.values(request.needs));
  const known = new Set(files);
  if (given !== null) {
    const seeds = new Map([...mentioned(given.task, files), ...findings.map(({ file }) => [file, 0.5] as const)]);
    return {
      ...given,
      query: { words: weighed(given.task), seeds: only(seeds, known) },
      changed: new Map(),
      findings: findings.map(lineOf),
    };
  }
  const changed = await changedLines(request, workspace);
  const words: string[] = [];
  for (const [file, ranges] of changed) {
    const lines = ((await workspace.read(file)) ?? '').split('\n');
    words.push(file, ...ranges.map(([start, end]) => lines.slice(start, end).join('\n')));
  }
  const seeds = new Map([
    ...findings.map(({ file }) => [file, 0.5] as const),
    ...[...changed.keys()].map((file) => [file, 1] as const),
  ]);
  return {
    task: null,
    from: request.scope.kind === 'changed' ? 'the changed files' : 'the files asked about',
    query: { words: weighed(words.join('\n')), seeds: only(seeds, known) },
    changed,
    findings: findings.map(lineOf),
  };
}

async function readTask(
  request: AgentRequest,
  workspace: Workspace,
  files: readonly string[],
): Promise<{ readonly task: string; readonly from: string } | null> {
  const { task, file } = request.with;
  if (typeof task === 'string' && task.trim() !== '') return { task: task.trim(), from: 'the task given' };
  if (typeof file === 'string') {
    const path = isAbsolute(file) ? posix.relative(workspace.root, file) : posix.normalize(file);
    const text = await workspace.read(path);
    if (text !== null) return { task: firstOpenItem(text) ?? text.trim(), from: path };
  }
  // The change answers "what must I read?"; only a task's analysis looks for a list of tasks.
  if (request.operation !== 'analyze-task') return null;
  for (const list of files.filter((one) => posix.basename(one).toLowerCase() === 'tasks.md')) {
    const item = firstOpenItem((await workspace.read(list)) ?? '');
    if (item !== null) return { task: item, from: `the first open item of ${list}` };
  }
  return null;
}

/** `- [ ] 2. Take vouchers` with the lines indented under it, up to the next item of its level. */
export function firstOpenItem(text: string): string | null {
  const lines = text.split(/\r?\n/);
  const at = lines.findIndex((line) => OPEN_ITEM.test(line));
  const [, indent = '', title = ''] = OPEN_ITEM.exec(lines[at] ?? '') ?? [];
  if (at < 0) return null;
  const below = lines.slice(at + 1);
  const end = below.findIndex(
    (line) =>
      line.trim() !== '' &&
      /^\s*/.exec(line)?.[0].length === Math.min(indent.length, /^\s*/.exec(line)?.[0].length ?? 0),
  );
  const details = (end < 0 ? below : below.slice(0, end)).map((line) => line.trim()).filter((line) => line !== '');
  return [title.trim(), ...details].join('\n');
}

/** Files that the text names by path, or by a name that only they have. */
export function mentioned(text: string, files: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const names = new Set(text.match(/[\w@.()[\]-]+(?:\/[\w@.()[\]-]+)*\.\w+/g) ?? []);
  for (const name of names) {
    const path = name.replace(/^\.\//, '');
    const matching = files.filter((file) => file === path || file.endsWith(`/${path}`));
    if (matching.length > 0 && matching.length <= 3) for (const file of matching) found.set(file, 1);
  }
  return found;
}

async function changedLines(
  request: AgentRequest,
  workspace: Workspace,
): Promise<ReadonlyMap<string, readonly Lines[]>> {
  const { scope } = request;
  const changed = new Map<string, readonly Lines[]>();
  if (scope.kind === 'all') return changed;
  for (const file of scope.files.slice(0, MOST_SEEDS)) changed.set(file, await workspace.changedLines(scope, file));
  return changed;
}

function weighed(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [name, count] of identifiersOf(text)) {
    for (const word of wordsOf(name)) counts.set(word, (counts.get(word) ?? 0) + count);
  }
  return new Map([...counts].map(([word, count]) => [word, Math.log2(1 + count)]));
}

interface Found {
  readonly file: string;
  readonly what: string;
}

/** Anything in the data of earlier steps that names a file: findings, failing tests, slower benchmarks. */
function findingsIn(data: readonly (Json | object)[]): readonly Found[] {
  const found = new Map<string, Found>();
  const visit = (value: unknown): void => {
    if (found.size >= MOST_FINDINGS || typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) return value.forEach(visit);
    const { file, message, rule, name } = value as Readonly<Record<string, unknown>>;
    const what = [rule, message ?? name].filter((one) => typeof one === 'string' && one !== '').join(': ');
    if (typeof file === 'string' && what !== '') found.set(`${file}\n${what}`, { file, what });
    else Object.values(value).forEach(visit);
  };
  visit(data);
  return [...found.values()];
}

function lineOf({ file, what }: Found): string {
  return `- ${file}: ${what}`;
}

function only(seeds: ReadonlyMap<string, number>, known: ReadonlySet<string>): ReadonlyMap<string, number> {
  return new Map([...seeds].filter(([file]) => known.has(file)));
}
