import type { StoredEvent } from '../../contract/events.ts';
import { EXIT, type ExitCode } from '../../contract/failures.ts';
import type { Severity } from '../../contract/severities.ts';
import type { RunStatus, RunView, StepStatus, StepView } from '../../contract/runs.ts';
import { asRunEvent } from './run-events.ts';
import { BY_HAND, isFailing, nextUndo, questionOf, unfinished } from './run-rules.ts';
import { evolve, type RunState, type StepState } from './run-state.ts';

/** What of a run's owner is not in its events. */
export interface Ownership {
  /** Session that has the run now. */
  readonly session: string;
  /** Whether that session is alive; a run of a dead one shows as interrupted. */
  readonly live: boolean;
}

/** The run as people and scripts see it, from its events in order; null where its start is missing. */
export function foldRun(events: Iterable<StoredEvent>, owner: Ownership): RunView | null {
  let state: RunState | null = null;
  for (const event of events) {
    const own = asRunEvent(event);
    if (own) state = evolve(state, own);
  }
  return state && viewRun(state, owner);
}

export function viewRun(state: RunState, owner: Ownership): RunView {
  const { start } = state;
  const steps = [...state.steps.values()];
  const status = statusOf(state, owner.live);
  const results = steps.flatMap((step) => (step.result ? [{ id: step.plan.id, ...step.result }] : []));
  const asks = status === 'waiting' || status === 'interrupted';
  return {
    run: start.run,
    number: start.number,
    workflow: start.workflow,
    name: start.name,
    status,
    startedAt: state.startedAt,
    endedAt: state.endedAt,
    onError: start.plan.onError,
    definitionHash: start.definitionHash,
    scope: { kind: start.scope.kind, base: start.scope.base, files: start.scope.count },
    retryOf: start.retryOf,
    session: owner.session,
    steps: steps.map((step) => viewStep(step, status)),
    cannotUndo: state.cannotUndo,
    findings: results.flatMap(({ findings }) => findings),
    older: results.reduce((sum, { older }) => sum + older, 0),
    notChecked: results.flatMap(({ id, notChecked }) => notChecked.map((one) => ({ step: id, ...one }))),
    tests: testsOf(results),
    evidence: results.flatMap(({ id, evidence }) => evidence.map((one) => ({ step: id, ...one }))),
    written: [...new Set(results.flatMap(({ written }) => written))].sort(),
    trigger: start.trigger ?? BY_HAND,
    replacedBy: state.replacedBy,
    needsDecision: asks ? (state.question ?? questionOf(asIfDead(state))) : null,
  };
}

/** The last line of `run`, `resume`, `retry` and `show` with --json (CONTRACT.md). */
export function resultLine(view: RunView) {
  const { run, number, workflow, status, cannotUndo, findings, older, notChecked, evidence } = view;
  const steps = view.steps.map(
    ({ id, agent, status: of, attempts, durationMs, cached, error, missedBecause, timeMs }) => ({
      ...{ id, agent, status: of, attempts, durationMs, cached },
      error: error && { code: error.code, message: error.message },
      ...{ missedBecause, timeMs },
    }),
  );
  const { passed, failed, skipped, selected, total, cases } = view.tests;
  const tests = { passed, failed, skipped, selected, total, cases };
  const rest = { cannotUndo, findings, older, notChecked, tests, evidence };
  return { kind: 'result', run, number, workflow, status, steps, ...rest } as const;
}

const RANK: Readonly<Record<Severity | 'never', number>> = { info: 1, warning: 2, error: 3, never: 4 };

/** Failing tests and failed steps count as error; `never` is 0 for every completed run. */
export function exitCodeOf(view: RunView, failOn: Severity | 'never'): ExitCode {
  if (view.status === 'interrupted') return EXIT.interrupted;
  if (view.status !== 'completed') return EXIT.notCompleted;
  if (failOn === 'never') return EXIT.clean;
  const failures = view.tests.failed > 0 || view.steps.some(({ status }) => status === 'failed');
  const found = view.findings.some(({ severity }) => RANK[severity] >= RANK[failOn]);
  return failures || found ? EXIT.findings : EXIT.clean;
}

function statusOf(state: RunState, live: boolean): RunStatus {
  if (state.status) return state.status;
  if (state.phase === 'waiting') return 'waiting';
  if (state.phase === 'interrupted' || !live) return 'interrupted';
  const steps = [...state.steps.values()];
  if (isFailing(state) && !steps.some(unfinished) && nextUndo(state)) return 'compensating';
  const busy = steps.some(({ phase }) => phase === 'running');
  return !busy && steps.some(({ phase }) => phase === 'retrying') ? 'retrying' : 'running';
}

/** A dead session's running steps are cut off, whether or not somebody has stored that yet. */
function asIfDead(state: RunState): RunState {
  const died = {
    type: 'workflow.interrupted',
    data: { run: state.start.run, session: state.session, reason: 'died' },
    time: state.startedAt,
  } as const;
  return state.phase === 'running' ? (evolve(state, died) ?? state) : state;
}

function viewStep(step: StepState, run: RunStatus): StepView {
  const { plan, timeMs } = step;
  return {
    id: plan.id,
    agent: plan.agent,
    operation: plan.operation,
    needs: plan.needs,
    status: stepStatus(step, run),
    attempts: step.attempts,
    retryMax: plan.retry.max,
    durationMs: timeMs.queue + timeMs.start + timeMs.tool + timeMs.disk + timeMs.wait,
    cached: step.cached,
    cachedNumber: step.cachedNumber,
    changedSince: step.changedSince,
    error: step.error,
    missedBecause: step.missedBecause,
    timeMs,
    summary: step.result?.summary ?? '',
    startedAt: step.startedAt,
    endedAt: step.endedAt,
    nextTryAt: step.nextTryAt ?? step.undo.nextTryAt,
    stale: step.stale,
    nothingChecked: step.result?.nothingChecked ?? false,
    failedTests: step.result?.tests?.failed ?? 0,
  };
}

function stepStatus(step: StepState, run: RunStatus): StepStatus {
  const { phase, undo } = step;
  if (undo.phase === 'done') return 'compensated';
  if (undo.phase === 'failed' && run === 'waiting') return 'waiting';
  if (undo.phase !== 'none' && (run === 'compensating' || run === 'interrupted' || run === 'waiting'))
    return run === 'compensating' ? 'compensating' : run;
  if (phase === 'cut-off') return run === 'waiting' ? 'waiting' : 'interrupted';
  if (phase === 'running' && run === 'interrupted') return 'interrupted';
  return phase;
}

function testsOf(results: readonly NonNullable<StepState['result']>[]): RunView['tests'] {
  const totals = results.flatMap(({ tests }) => (tests ? [tests] : []));
  const sum = (key: 'passed' | 'failed' | 'skipped' | 'selected'): number =>
    totals.reduce((total, tests) => total + tests[key], 0);
  const known = totals.flatMap(({ total }) => (total === null ? [] : [total]));
  return {
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: sum('skipped'),
    selected: sum('selected'),
    total: known.length > 0 && known.length === totals.length ? known.reduce((a, b) => a + b, 0) : null,
    verdict: verdictOf(totals.map(({ verdict }) => verdict)),
    cases: results.flatMap(({ cases }) => cases),
  };
}

/** The worst one that says something; "passed" only where every step that ran tests passed. */
function verdictOf(verdicts: readonly RunView['tests']['verdict'][]): RunView['tests']['verdict'] {
  return (['failed', 'vacuous', 'passed'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'not-run';
}
