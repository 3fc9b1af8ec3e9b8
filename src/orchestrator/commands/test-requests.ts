import path from 'node:path';
import type { FileCoverage } from '../../contract/coverage.ts';
import type { WorkflowDefinition } from '../../contract/definitions.ts';
import { fail, ok, type Result } from '../../contract/failures.ts';
import type { TestCase } from '../../contract/findings.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { RunView } from '../../contract/runs.ts';
import type { TestCatalogue } from '../../contract/test-catalogue.ts';
import type { TestsRun, TestsWanted } from '../../contract/worker.ts';
import type { ScopeRequest } from '../workspace/workspace.ts';
import type { Services } from './services.ts';

const AGENT = 'test-executor';

/** Test files, and what is written in those named. Fails where the agent cannot look. */
export async function discoverTests(
  { env, workspace, stateDir, invoker }: Services,
  { files, signal }: { readonly files: readonly string[]; readonly signal: AbortSignal },
): Promise<Result<TestCatalogue>> {
  const scope = await workspace.scope({ all: true });
  if (!scope.ok) return scope;
  const id = env.random.uuid();
  const outcome = await invoker.invoke(
    {
      ...{ run: id, step: 'discover', attempt: 1, idempotencyKey: id, needs: {}, with: { files: [...files] } },
      ...{ workspace: workspace.root, stateDir, agent: AGENT, operation: 'discover', scope: scope.value },
    },
    { signal, onMessage: () => undefined },
  );
  if (!outcome.ok) return fail('usage', outcome.error.message);
  // The tool host is this same build: its answer is what discover.ts made.
  return ok(outcome.data as unknown as TestCatalogue);
}

/** One step, so that running tests is a run like any other: stored, listed, stoppable. */
const TESTS: WorkflowDefinition = {
  id: 'tests',
  name: 'Tests',
  onError: 'fail',
  steps: [{ id: 'tests', agent: AGENT, operation: 'run', timeout: '2h' }],
};

/** Starts a run of the wanted tests and resolves when it has ended. Aborting stops the run. */
export async function runTests(
  services: Services,
  wanted: TestsWanted,
  told: { readonly signal: AbortSignal; readonly onTest: (run: RunRef, test: TestCase) => void },
): Promise<TestsRun> {
  const opened = await services.openRunner();
  if (!opened.ok) return notRun(opened.failure.message);
  const { runner } = opened.value;
  let started: RunRef | null = null;
  const early: TestCase[] = [];
  const handle = await runner.startRun({
    workflow: TESTS.id,
    definition: TESTS,
    scope: scopeOf(wanted),
    with: withOf(wanted),
    // A person who asks for tests wants to see them run.
    noCache: true,
    onMessage: (_step, message) => {
      if (message.kind !== 'test') return;
      if (started === null) early.push(message.test);
      else told.onTest(started, message.test);
    },
  });
  if (!handle.ok) return notRun(handle.failure.message);
  const { run, number } = handle.value;
  started = { run, number };
  for (const test of early) told.onTest(started, test);
  const stop = (): void => void runner.cancelRun(run);
  if (told.signal.aborted) stop();
  told.signal.addEventListener('abort', stop, { once: true });
  const done = await handle.value.done;
  told.signal.removeEventListener('abort', stop);
  return { run, number, ...(done.ok ? outcomeOf(done.value) : { problem: done.failure.message, notChecked: [] }) };
}

interface RunRef {
  readonly run: string;
  readonly number: number;
}

const notRun = (problem: string): TestsRun => ({ run: null, number: null, problem, notChecked: [] });

function scopeOf({ files, changed }: TestsWanted): ScopeRequest {
  if (files !== null || changed?.length === 0) return { all: true };
  return changed === null ? {} : { within: changed };
}

function withOf({ files, names, changed, coverage }: TestsWanted): JsonObject {
  const more: JsonObject = coverage ? { coverage: true } : {};
  if (files !== null) return { ...more, select: 'exact', files: [...files], names: [...names] };
  return { ...more, select: changed?.length === 0 ? 'all' : 'related' };
}

function outcomeOf({ status, steps, notChecked }: RunView): Pick<TestsRun, 'problem' | 'notChecked'> {
  const failed = steps.find(({ error }) => error !== null)?.error?.message;
  return {
    problem: status === 'completed' ? null : (failed ?? `The run is ${status}.`),
    notChecked: notChecked.map(({ what, why }) => `${what}: ${why}`),
  };
}

/** What a run with coverage saw; empty where it measured none, or it is not kept any more. */
export function coverageOfRun({ stateDir, env }: Services, run: string): readonly FileCoverage[] {
  const file = path.join(stateDir, 'agents', AGENT, 'coverage', `${path.basename(run)}.json`);
  if (env.files.stat(file) === null) return [];
  return JSON.parse(env.files.readFile(file).toString('utf8')) as readonly FileCoverage[];
}
