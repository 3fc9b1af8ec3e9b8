import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentOutcome, AgentRequest, TestTotals } from '../../../contract/agents.ts';
import type { JsonObject } from '../../../contract/json.ts';
import type { Agent, AgentContext } from '../agent.ts';
import { coverageWay } from './coverage-way.ts';
import { keepCoverage, readCoverage } from './coverage.ts';
import { discoverTests } from './discover.ts';
import { inspectRunners } from './inspect.ts';
import { countBroken, countTests, summaryOf, verdictOf } from './outcome.ts';
import { choose, openSession, runSelected, type Results, type Session, type SessionDeps } from './session.ts';
import { suiteName } from './suite.ts';
import { runTaskCommand } from './task-command.ts';
import { reportUnreachedExports } from './unreached-exports.ts';

/** `reporters`: where the runners' reporters lie; beside this file in the sources and in the bundle. */
export function createAgent({
  reporters = new URL('./reporters/', import.meta.url),
}: { readonly reporters?: URL } = {}): Agent {
  const deps: SessionDeps = { reporters: fileURLToPath(reporters).replace(/\/$/, ''), path: process.env['PATH'] ?? '' };
  return {
    id: 'test-executor',
    operations: {
      run: async (request, context) =>
        request.with['command'] === undefined
          ? runTests(await openSession(request, context, deps))
          : runTaskCommand(request, context),
      design: (request, context) => design(request, context, deps),
      discover: async (request, context) => discoverTests(await openSession(request, context, deps)),
      inspect: async (request, context) => inspectRunners(await openSession(request, context, deps)),
    },
  };
}

async function design(request: AgentRequest, context: AgentContext, deps: SessionDeps): Promise<AgentOutcome> {
  const session = await openSession(request, context, deps);
  const outcome = await runTests(session);
  if (!outcome.ok || context.signal.aborted || session.detection.suites.length === 0) return outcome;
  const unreached = await reportUnreachedExports(session);
  const exports = unreached.reported.map((finding) => ({ file: finding.file, line: finding.range.start.line }));
  return { ...outcome, older: unreached.older, data: { ...(outcome.data as JsonObject), unreached: exports } };
}

async function runTests(session: Session): Promise<AgentOutcome> {
  const { context, detection } = session;
  for (const note of detection.notChecked) context.emit({ kind: 'not-checked', ...note });
  for (const text of detection.notes) context.emit({ kind: 'log', text, stream: 'note' });
  if (detection.suites.length === 0) return nothingToRun(session);
  const selections = choose(session);
  const coverage = await openCoverage(session, selections);
  const results = await runSelected(session, selections);
  await coverage.close();
  const failed = results.ran.map(({ result }) => result.judgement).find((judgement) => judgement.kind === 'failed');
  if (failed !== undefined) return { ok: false, error: failed.error };
  if (context.signal.aborted)
    return { ok: false, error: { code: 'cancelled', message: 'the tests were stopped before all had run' } };
  return outcomeOf(session, selections, results);
}

/** Tests that are there and cannot be run are none that ran; a workspace without any has nothing to be told of them. */
function nothingToRun({ context, detection }: Session): AgentOutcome {
  const areThere = detection.notChecked.length > 0;
  if (!areThere) {
    const why =
      'no test runner was found: neither in the scripts nor the packages nor the test files of this workspace';
    context.emit({ kind: 'not-checked', what: 'tests', why });
  }
  const verdict = areThere ? 'vacuous' : 'not-run';
  const tests: TestTotals = { passed: 0, failed: 0, skipped: 0, selected: 0, total: null, verdict };
  return {
    ok: true,
    data: { ...tests, failing: [], selection: [] },
    summary: areThere ? 'no tests could run' : 'no test runner found',
    nothingChecked: true,
    tests,
  };
}

/** Measures coverage while the tests run, where it was asked for; says for which suites it cannot. */
async function openCoverage(
  { commands, context, detection, request, graph }: Session,
  selections: ReturnType<typeof choose>,
): Promise<{ readonly close: () => Promise<void> }> {
  const folder = commands.coverage;
  if (folder === null) return { close: async () => undefined };
  for (const { suite, kind } of selections) {
    if (kind === 'none') continue;
    const way = coverageWay(suite, { cwd: join(commands.root, suite.folder), folder });
    if (way.kind === 'missing')
      context.emit({ kind: 'not-checked', what: `coverage of ${suiteName(suite)}`, why: way.why });
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    async close() {
      const tests = new Set(detection.suites.flatMap(({ testFiles }) => testFiles));
      const sources = new Set(graph.files.filter((file) => !tests.has(file)));
      const { files, damaged } = await readCoverage({ folder, root: commands.root, sources });
      if (damaged > 0) {
        const why = 'a runner was stopped before it had written it all';
        context.emit({ kind: 'not-checked', what: 'some coverage', why });
      }
      await rm(folder, { recursive: true, force: true });
      await keepCoverage(request.stateDir, request.run, files);
    },
  };
}

async function outcomeOf(
  session: Session,
  selections: ReturnType<typeof choose>,
  results: Results,
): Promise<AgentOutcome> {
  const counts = countTests(results.cases);
  const selected = results.cases.length;
  const everything = selections.every((one) => one.kind === 'all');
  const total = everything ? selected : await totalOf(session, selections, selected);
  const files = {
    selected: selections.reduce(
      (sum, one) => sum + (one.kind === 'all' ? one.suite.testFiles.length : one.files.length),
      0,
    ),
    total: selections.reduce((sum, one) => sum + one.suite.testFiles.length, 0),
  };
  const leftOpen = results.ran.some(({ result }) => result.leftOpen);
  const tests: TestTotals = { ...counts, selected, total, verdict: verdictOf(counts) };
  const failing = results.cases.filter((test) => test.status === 'failed').map(({ file, name }) => ({ file, name }));
  const start = results.ran.reduce((sum, { result }) => sum + result.startMs, 0);
  return {
    ok: true,
    data: {
      ...tests,
      failing: failing.sort((a, b) => compare(a.file, b.file) || compare(a.name, b.name)),
      selection: selections.map(({ suite, kind, files: chosen, why }) => ({
        suite: suiteName(suite),
        kind,
        why,
        files: kind === 'related' ? [...chosen] : [],
      })),
    },
    summary: summaryOf({
      counts,
      broken: countBroken(results.cases),
      files,
      everything,
      total,
      flaky: results.flaky.length,
      leftOpen,
    }),
    ...(tests.verdict === 'vacuous' ? { nothingChecked: true } : {}),
    tests,
    timeMs: { start, disk: session.openedMs },
  };
}

/** Tests that ran and those that are known to be in the files left out; null where one of these has never run as it is now. */
async function totalOf(
  session: Session,
  selections: ReturnType<typeof choose>,
  selected: number,
): Promise<number | null> {
  if (session.commands.only.length > 0) return null;
  let total = selected;
  for (const { suite, kind, files } of selections) {
    if (kind === 'all') continue;
    const left = suite.testFiles.filter((file) => !files.includes(file));
    const ids = await session.context.workspace.contentIds(left, { reuse: true });
    for (const file of left) {
      const ran = session.known.get(suiteName(suite))?.ran[file];
      if (ran === undefined || ran.id !== ids.get(file)) return null;
      total += ran.tests;
    }
  }
  return total;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
