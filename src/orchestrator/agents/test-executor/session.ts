import { join } from 'node:path';
import type { AgentRequest } from '../../../contract/agents.ts';
import type { TestCase } from '../../../contract/findings.ts';
import { countWords } from '../../../contract/words.ts';
import { loadImportGraph, type ImportGraph } from '../../workspace/import-graph.ts';
import { NO_NATIVE_PARTS } from '../../workspace/native-parts.ts';
import type { AgentContext, History } from '../agent.ts';
import type { CommandDeps } from './commands.ts';
import { detectSuites, type Detection } from './detect.ts';
import { describeFlaky, flakyHistory, testKey } from './flaky.ts';
import { loadKnownTests, type KnownTests } from './known-tests.ts';
import { readMochaOptions } from './mocha-options.ts';
import { isNoTest } from './runner-process.ts';
import { runSuite, type SuiteResult } from './run-suite.ts';
import { selectTests, type Selection } from './select.ts';
import { suiteName, type Suite } from './suite.ts';

/** What one request knows of the workspace before the first test. */
export interface Session {
  readonly request: AgentRequest;
  readonly context: AgentContext;
  readonly graph: ImportGraph;
  readonly known: KnownTests;
  readonly detection: Detection;
  readonly commands: CommandDeps;
  /** What opening took: the import graph, mostly. */
  readonly openedMs: number;
}

export interface SessionDeps {
  /** Absolute folder of the reporters. */
  readonly reporters: string;
  /** Where programs are looked up, as the caller has it. */
  readonly path: string;
}

export async function openSession(request: AgentRequest, context: AgentContext, deps: SessionDeps): Promise<Session> {
  const { workspace, node } = context;
  const from = context.clock.monotonic();
  const own = join(request.stateDir, 'agents', 'test-executor');
  const files = await workspace.files();
  const [graph, known] = await Promise.all([
    loadImportGraph({ workspace, cacheFile: join(request.stateDir, 'import-graph') }),
    loadKnownTests(join(own, 'known-tests.json')),
  ]);
  const commands: CommandDeps = {
    ...deps,
    root: workspace.root,
    scratch: join(own, 'commands'),
    node: node.path,
    only: namesIn(request.with['names']),
    coverage: request.with['coverage'] === true ? join(own, 'commands', `coverage-${request.run}`) : null,
  };
  const detection = await detectSuites({
    workspace,
    graph,
    files,
    mochaOptions: (mocha, cwd, call) => readMochaOptions({ mocha, cwd, call, commands, context }),
  });
  return {
    request,
    context,
    graph,
    known,
    detection: { ...detection, suites: detection.suites.map((suite) => withKnown(suite, known, files)) },
    commands,
    openedMs: context.clock.monotonic() - from,
  };
}

/** What the runner took for tests the last time corrects what its configuration seems to say. */
function withKnown(suite: Suite, known: KnownTests, files: readonly string[]): Suite {
  const learned = known.get(suiteName(suite));
  if (learned === null) return suite;
  const exists = new Set(files);
  const considered = new Set(learned.considered);
  const ran = Object.keys(learned.ran).filter((file) => exists.has(file));
  const testFiles = [...new Set([...ran, ...suite.testFiles.filter((file) => !considered.has(file))])].sort();
  return { ...suite, testFiles, complete: suite.complete || considered.size > 0 };
}

/** Which tests this request is about. */
export function choose({ request, context, detection, graph }: Session): readonly Selection[] {
  const { scope } = request;
  const named = namesIn(request.with['files']);
  if (request.with['select'] === 'exact') return exactly(detection, named);
  // Deleted files are not in the scope; who still imports them is changed by that.
  const orphaned = scope.kind === 'changed' ? graph.broken : [];
  const changed = scope.kind === 'all' ? named : [...new Set([...scope.files, ...named, ...orphaned])];
  if (request.with['select'] === 'all') return everything(detection, 'all tests were asked for');
  if (changed.length === 0)
    return everything(detection, scope.kind === 'all' ? 'no change to relate tests to' : 'files were deleted');
  if (!graph.complete)
    context.emit({
      kind: 'not-checked',
      what: 'which tests the change reaches',
      why: `all tests run: ${NO_NATIVE_PARTS}`,
    });
  return selectTests({ suites: detection.suites, changed, graph });
}

function everything({ suites }: Detection, why: string): readonly Selection[] {
  return suites.map((suite) => ({ suite, kind: 'all', files: [], why }));
}

/** These test files and no others. */
function exactly({ suites }: Detection, files: readonly string[]): readonly Selection[] {
  return suites.map((suite) => {
    const own = suite.testFiles.filter((file) => files.includes(file));
    return { suite, kind: own.length === 0 ? 'none' : 'related', files: own, why: 'they were asked for' };
  });
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

export interface Ran {
  readonly selection: Selection;
  readonly result: SuiteResult;
}

/** All that the selected suites gave. */
export interface Results {
  readonly ran: readonly Ran[];
  readonly cases: readonly TestCase[];
  /** Tests that failed at first, then passed on the same content. */
  readonly flaky: readonly TestCase[];
}

/**
 * Runs the selected suites one after the other. A failing test that is known to change its result on equal content is not said to
 * fail at once: its file runs a second time, and only what fails again is a failure (`with.flaky: "fail"` leaves the first word).
 */
export async function runSelected(session: Session, selections: readonly Selection[]): Promise<Results> {
  const { context, request } = session;
  const history = await context.history();
  const held: { readonly test: TestCase; readonly suite: Suite; readonly about: string }[] = [];
  const cases: TestCase[] = [];
  const say = (test: TestCase): void => {
    cases.push(test);
    context.emit({ kind: 'test', test });
  };
  const ran: Ran[] = [];
  for (const selection of selections) {
    if (selection.kind === 'none' || context.signal.aborted) continue;
    announce(selection, context);
    const count = countAloud(selection.suite, context);
    const onCase = (test: TestCase): void => {
      if (isLeftOut(test, session.commands.only)) return;
      count(test);
      const about = test.status === 'failed' && request.with['flaky'] !== 'fail' ? flakyWords(history, test) : null;
      if (about === null) say(test);
      else held.push({ test, suite: selection.suite, about });
    };
    const result = await runOne(selection, { ...session, onCase });
    ran.push({ selection, result });
    await learn(session, selection, result);
  }
  const flaky: TestCase[] = [];
  for (const { test, suite, about } of held) {
    const again = context.signal.aborted ? null : await secondTry(suite, test, session);
    if (again === 'passed') {
      const passed: TestCase = {
        ...test,
        status: 'passed',
        message: `flaky: failed, then passed on the same content (${about})`,
      };
      flaky.push(passed);
      say(passed);
    } else say({ ...test, message: `${test.message ?? ''}\n(failed twice; this test ${about})` });
  }
  return { ran, cases, flaky };
}

/** Asked for some tests, runners tell the others of the file as skipped. */
function isLeftOut({ name, status }: TestCase, only: readonly string[]): boolean {
  return only.length > 0 && status === 'skipped' && !only.includes(name);
}

function flakyWords(history: History, test: TestCase): string | null {
  const found = flakyHistory(history.tests[testKey(test)] ?? []);
  return found === null ? null : describeFlaky(found);
}

function announce({ suite, kind, files, why }: Selection, context: AgentContext): void {
  const many = suite.testFiles.length;
  const what = kind === 'related' ? `${String(files.length)} of ${String(many)} test files` : 'all test files';
  context.emit({ kind: 'progress', message: `${suiteName(suite)}: ${what}: ${why}` });
  context.emit({ kind: 'log', text: `${suiteName(suite)}: ${what}: ${why}`, stream: 'note' });
}

/** Between two counts, milliseconds: enough to see that it goes on. */
const COUNT_EVERY_MS = 500;

/** Tells how many tests have ended, now and then. */
function countAloud(suite: Suite, context: AgentContext): (test: TestCase) => void {
  let ended = 0;
  let failed = 0;
  const { clock } = context;
  let told = clock.monotonic();
  return ({ status }) => {
    ended++;
    if (status === 'failed') failed++;
    if (clock.monotonic() - told < COUNT_EVERY_MS) return;
    told = clock.monotonic();
    const failures = failed === 0 ? '' : `, ${String(failed)} failed`;
    context.emit({ kind: 'progress', message: `${suiteName(suite)}: ${countWords(ended, 'test')} so far${failures}` });
  };
}

async function runOne(
  selection: Selection,
  deps: Session & { readonly onCase: (test: TestCase) => void },
): Promise<SuiteResult> {
  const { suite, kind, files } = selection;
  if (kind === 'all') return runSuite(suite, { files: null, first: files }, deps);
  const result = await runSuite(suite, { files, first: [] }, deps);
  if (result.judgement.kind !== 'no-tests' || result.files.size > 0 || deps.context.signal.aborted) return result;
  // The runner's own idea of a test file differs from ours: then only the whole suite is an answer.
  deps.context.emit({
    kind: 'log',
    text: `${suiteName(suite)} takes none of these files for tests: all run`,
    stream: 'note',
  });
  return runSuite(suite, { files: null, first: [] }, deps);
}

async function learn(session: Session, { suite, kind }: Selection, result: SuiteResult): Promise<void> {
  const { context, known, commands } = session;
  // Some of a file's tests say nothing about how many it has.
  if (result.judgement.kind !== 'looked' || commands.only.length > 0) return;
  // A source that vitest's type check finds fault with is no test file for that.
  const tested = new Set([
    ...suite.testFiles,
    ...result.cases.filter((test) => !isNoTest(test)).map(({ file }) => file),
  ]);
  const files = [...result.files].filter(
    ([file, tests]) => file !== '' && !file.startsWith('../') && (tests === 0 || tested.has(file)),
  );
  const ids = await context.workspace.contentIds(files.map(([file]) => file));
  const ran = Object.fromEntries(files.map(([file, tests]) => [file, { id: ids.get(file) ?? '', tests }]));
  known.learn(suiteName(suite), { ran, considered: [...suite.testFiles] }, kind === 'all');
  await known.save();
}

async function secondTry(suite: Suite, test: TestCase, session: Session): Promise<TestCase['status'] | null> {
  const seen: TestCase[] = [];
  const { judgement } = await runSuite(
    suite,
    { files: [test.file], first: [] },
    { ...session, onCase: (one) => seen.push(one) },
  );
  return judgement.kind === 'looked' ? (seen.find((one) => one.name === test.name)?.status ?? null) : null;
}
