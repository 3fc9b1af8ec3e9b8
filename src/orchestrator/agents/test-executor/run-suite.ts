import type { AgentMessage } from '../../../contract/agents.ts';
import type { TestCase } from '../../../contract/findings.ts';
import type { ImportGraph } from '../../workspace/import-graph.ts';
import type { AgentContext } from '../agent.ts';
import { runnerCommand, type CommandDeps, type WantedTests } from './commands.ts';
import { judge, type Judgement } from './outcome.ts';
import { brokenFile, evidenceOf, runAndListen, type RunnerRun } from './runner-process.ts';
import { suiteName, type Suite } from './suite.ts';

export interface SuiteDeps {
  readonly context: AgentContext;
  readonly commands: CommandDeps;
  readonly graph: ImportGraph;
  readonly onCase: (test: TestCase) => void;
}

/** What running a suite (in one call, or in several where one stopped early) gave. */
export interface SuiteResult {
  readonly judgement: Judgement;
  readonly cases: readonly TestCase[];
  /** Number of tests by file, in files that ran. */
  readonly files: ReadonlyMap<string, number>;
  readonly leftOpen: boolean;
  /** Milliseconds in which runners came to life. */
  readonly startMs: number;
}

/** Mocha stops at the first file that does not load, node:test at the first that does not end: then the rest runs again. */
const MOST_CALLS = 6;

/** Runs the wanted tests of a suite. */
export async function runSuite(suite: Suite, wanted: WantedTests, deps: SuiteDeps): Promise<SuiteResult> {
  const runs: RunnerRun[] = [];
  const extra: TestCase[] = [];
  const keep = (test: TestCase): void => {
    extra.push(test);
    deps.onCase(test);
  };
  const judgements: Judgement[] = [];
  const queue = partsOf(suite, wanted);
  while (queue.length > 0 && runs.length < MOST_CALLS && !deps.context.signal.aborted) {
    const next = queue.shift() ?? wanted;
    const call = await oneCall(suite, next, deps);
    const { run } = call;
    runs.push(run);
    const judgement = judge(run, suiteName(suite));
    if (judgement.kind === 'looked' && judgement.extra !== null) keep(judgement.extra);
    const rest = restOf({ suite, wanted: next, judgement, ...call }, deps);
    for (const test of rest?.broken ?? []) keep(test);
    if (rest !== null && rest.files.length > 0) queue.unshift({ files: rest.files, first: [] });
    judgements.push(rest === null ? judgement : { kind: 'looked', extra: null });
  }
  if (queue.length > 0 && !deps.context.signal.aborted) judgements.push(stoppedEarly(suite));
  return {
    judgement: judgements.find(({ kind }) => kind === 'failed') ??
      judgements.find(({ kind }) => kind === 'looked') ?? { kind: 'no-tests' },
    cases: [...runs.flatMap((run) => run.cases), ...extra],
    files: new Map(runs.flatMap((run) => [...run.files])),
    leftOpen: runs.some((run) => run.leftOpen),
    startMs: runs.reduce((sum, run) => sum + (run.startMs ?? 0), 0),
  };
}

/** The calls to make. Node sorts the files that it is given, so the relevant ones get a call of their own, before the rest. */
function partsOf(suite: Suite, wanted: WantedTests): WantedTests[] {
  // These two are always given their files; without any they would look for some by a rule of their own.
  if (suite.runner !== 'node:test' && suite.runner !== 'mocha') return [wanted];
  const all = filesOf(suite, wanted);
  const rest = all.filter((file) => !wanted.first.includes(file));
  if (suite.runner === 'mocha' || wanted.first.length === 0 || rest.length === 0)
    return all.length === 0 ? [] : [wanted];
  return [wanted.first, rest].map((files) => ({ files, first: [] }));
}

function stoppedEarly(suite: Suite): Judgement {
  const message = `${suiteName(suite)} stopped early ${String(MOST_CALLS)} times; its other files did not run`;
  return { kind: 'failed', error: { code: 'exit', message } };
}

interface Call {
  readonly run: RunnerRun;
  /** Workspace files that the error output named, in order. */
  readonly mentioned: readonly string[];
  /** The last lines of the error output. */
  readonly said: readonly string[];
}

/** Lines of the error output that are kept: a stack and what it stands under. */
const SAID_KEPT = 200;

async function oneCall(suite: Suite, wanted: WantedTests, deps: SuiteDeps): Promise<Call> {
  const { context } = deps;
  const command = await runnerCommand(suite, wanted, deps.commands);
  const mentioned = new Set<string>();
  const said: string[] = [];
  const onLog = (message: Extract<AgentMessage, { kind: 'log' }>): void => {
    context.emit(message);
    if (message.stream !== 'stderr') return;
    for (const file of filesIn(message.text, context.workspace.root)) mentioned.add(file);
    said.push(message.text);
    if (said.length > SAID_KEPT) said.shift();
  };
  const run = await runAndListen(command, { context, onCase: deps.onCase, onLog });
  context.emit({
    kind: 'evidence',
    evidence: evidenceOf(run, { name: suite.runner, version: suite.installed?.version ?? context.node.version }),
  });
  for (const file of run.empty) context.emit({ kind: 'log', text: `${file} holds no test`, stream: 'note' });
  if (run.leftOpen) {
    context.emit({
      kind: 'log',
      text: `${suiteName(suite)} was through but left open handles (a server, a timer): it was ended after 5 s`,
      stream: 'note',
    });
  }
  return { run, mentioned: [...mentioned], said };
}

interface Rest {
  /** Files that do not load. */
  readonly broken: readonly TestCase[];
  /** Files that have not had their turn. */
  readonly files: readonly string[];
}

/** What is left to run after a call that stopped before its last file; null when there is nothing to make good. */
function restOf(
  call: { readonly suite: Suite; readonly wanted: WantedTests; readonly judgement: Judgement } & Call,
  deps: SuiteDeps,
): Rest | null {
  const { suite, wanted, run, judgement, mentioned, said } = call;
  const asked = filesOf(suite, wanted);
  if (suite.runner === 'node:test' && run.leftOpen) {
    const left = asked.filter((file) => !run.files.has(file));
    // The file that holds the process open may itself have had no turn to show a test.
    return left.length === 0 || left.length === asked.length ? null : { broken: [], files: left };
  }
  if (suite.runner !== 'mocha' || judgement.kind !== 'failed' || judgement.error.code !== 'exit' || run.ended)
    return null;
  const culprits = loadFailures(asked, mentioned, deps.graph);
  if (culprits.size === 0) return null;
  const at = { root: deps.context.workspace.root, cwd: run.command.cwd };
  return {
    broken: [...culprits].map((file) => brokenFile(file, said, at)),
    files: asked.filter((file) => !culprits.has(file)),
  };
}

function filesOf(suite: Suite, wanted: WantedTests): readonly string[] {
  return wanted.files ?? [...new Set([...wanted.first, ...suite.testFiles])];
}

/** The test file that the error names, or else those that load the file that it names. */
function loadFailures(asked: readonly string[], mentioned: readonly string[], graph: ImportGraph): ReadonlySet<string> {
  const direct = mentioned.find((file) => asked.includes(file));
  if (direct !== undefined) return new Set([direct]);
  const source = mentioned.find((file) => graph.files.includes(file));
  if (source === undefined) return new Set();
  const loading = graph.reaching([source]);
  return new Set(asked.filter((file) => loading.has(file)));
}

function filesIn(text: string, root: string): readonly string[] {
  const found: string[] = [];
  for (let at = text.indexOf(`${root}/`); at >= 0; at = text.indexOf(`${root}/`, at + 1)) {
    const path = /^[^\s:()'"`?]+/.exec(text.slice(at + root.length + 1))?.[0];
    if (path !== undefined && !path.includes('node_modules/')) found.push(path);
  }
  return found;
}
