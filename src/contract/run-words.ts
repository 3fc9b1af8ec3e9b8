import type { TestTotals } from './agents.ts';
import type { Severity } from './severities.ts';
import type { RunStatus, RunView, StepStatus, StepView } from './runs.ts';
import { OUTCOMES, STATES, countWords, type Look, type StateLook } from './words.ts';

/** What words about a run need: a RunRow is one; of a RunView `runFacts` makes one. */
export interface RunFacts extends Pick<RunView, 'status' | 'steps'> {
  readonly findings: Readonly<Record<Severity, number>>;
  readonly tests: TestTotals;
}

/** What a run was told to look at, and by whom. */
export type RunReach = Pick<RunView, 'workflow' | 'scope' | 'trigger'>;

export function runFacts({ status, steps, tests, findings }: RunView): RunFacts {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  return {
    status,
    steps,
    tests,
    findings: { error: count('error'), warning: count('warning'), info: count('info') },
  };
}

export const findingsOf = ({ findings }: RunFacts): number => findings.error + findings.warning + findings.info;

/** Failing tests, errors found or a failed step: finished, but not well. */
export const hasTrouble = ({ steps, tests, findings }: RunFacts): boolean =>
  tests.failed > 0 || findings.error > 0 || steps.some(({ status }) => status === 'failed');

/** Could not finish, or finished with trouble. */
export const isBad = (run: RunFacts): boolean =>
  run.status === 'failed' || run.status === 'compensated' || (run.status === 'completed' && hasTrouble(run));

/** Whether a live worker is at work on a run or a step. */
export const isAlive = ({ status }: { readonly status: RunStatus | StepStatus }): boolean =>
  status === 'running' || status === 'retrying' || status === 'compensating';

/** It came to a result of its own: neither at work nor stopped nor replaced. */
export const hasResult = ({ status }: Pick<RunFacts, 'status'>): boolean =>
  status === 'completed' || status === 'failed' || status === 'compensated';

/** No step could look at anything: never green. */
export const checkedNothing = ({ status, steps }: RunFacts): boolean =>
  status === 'completed' && steps.length > 0 && steps.every(({ nothingChecked }) => nothingChecked);

/** Every step's result was known already. */
export const allCached = ({ status, steps }: RunFacts): boolean =>
  status === 'completed' && steps.length > 0 && steps.every((step) => step.status === 'cached');

/** No test ran where there are some, or no step looked at anything: that is no pass, whatever else was looked at. */
const sawTooLittle = (run: RunFacts): boolean => checkedNothing(run) || run.tests.verdict === 'vacuous';

/** A run that finished with failing tests or errors, or without having run its tests, is not drawn as a good one. */
export function lookOfRun(run: RunFacts): StateLook {
  if (run.status !== 'completed') return STATES[run.status];
  if (hasTrouble(run)) return STATES.failed;
  return sawTooLittle(run) ? OUTCOMES.vacuous : STATES.completed;
}

/** As `lookOfRun`, and where there is room for it, tells what came from cache from what passed. */
export function lookOfResult(run: RunFacts): Look {
  const look = lookOfRun(run);
  return look === STATES.completed && allCached(run) ? STATES.cached : look;
}

/** A step that ran tests which fail has completed, and is drawn as what it found; one that found nothing to look at is never green. */
export function lookOfStep(step: StepView): StateLook {
  if (step.status !== 'completed' && step.status !== 'cached') return STATES[step.status];
  if (step.failedTests > 0) return STATES.failed;
  return step.nothingChecked ? OUTCOMES.vacuous : STATES[step.status];
}

/** " with 1 failing test and 2 findings, but tests could not finish", or nothing. */
export function withOutcome(run: RunFacts): string {
  if (run.status !== 'completed') return '';
  const found = findingsOf(run);
  const parts = [
    ...(run.tests.failed > 0 ? [countWords(run.tests.failed, 'failing test')] : []),
    ...(found > 0 ? [countWords(found, 'finding')] : []),
  ];
  const unseen = unseenWords(run);
  return `${parts.length === 0 ? '' : ` with ${parts.join(' and ')}`}${unseen === '' ? '' : `, but ${unseen}`}`;
}

/** What a finished run did not see; empty where it saw all that it was to. */
function unseenWords(run: RunFacts): string {
  const failed = failedStepOf(run);
  if (failed) return `${failed.id} could not finish`;
  if (run.tests.verdict === 'vacuous') return OUTCOMES.vacuous.word;
  return checkedNothing(run) ? 'nothing was checked' : '';
}

/** The outcome of a run in a row of a list. */
export function outcomeWords(run: RunFacts): string {
  if (run.status === 'completed') return `finished${withOutcome(run)}`;
  const failed = failedStepOf(run);
  if (failed && (run.status === 'failed' || run.status === 'compensated')) {
    return `failed at ${failed.id}: ${failureWords(failed)}${run.status === 'compensated' ? ', undone' : ''}`;
  }
  return STATES[run.status].word;
}

export const failedStepOf = ({ steps }: Pick<RunFacts, 'steps'>): StepView | undefined =>
  steps.find(({ status }) => status === 'failed');

/** What a run came to, in at most five words: "1 test fails", "12 tests pass", "nothing found". */
export function resultWords(run: RunFacts): string {
  const { tests, findings } = run;
  const failed = failedStepOf(run);
  if (failed) return `${failed.id} could not finish`;
  if (tests.failed > 0) return countWords(tests.failed, 'test fails', 'tests fail');
  if (findings.error > 0) return `${countWords(findings.error, 'error')} found`;
  if (findingsOf(run) > 0) return countWords(findingsOf(run), 'finding');
  if (tests.verdict === 'vacuous') return OUTCOMES.vacuous.word;
  if (checkedNothing(run)) return 'nothing was checked';
  if (tests.passed > 0) return countWords(tests.passed, 'test passes', 'tests pass');
  return 'nothing found';
}

/** "exit code 2, 3 tries": how a step failed, in a few words. */
export function failureWords(step: StepView): string {
  const error = step.error;
  if (error === null) return STATES.failed.word;
  const what = {
    timeout: 'took too long',
    exit: error.exitCode == null ? 'ended with an error' : `exit code ${error.exitCode}`,
    spawn: 'could not be started',
    protocol: 'gave an answer that cannot be read',
    crashed: 'ended unexpectedly',
    cancelled: 'stopped',
    'missing-tool': 'its tool is not installed',
  }[error.code];
  return step.attempts > 1 ? `${what}, ${step.attempts} tries` : what;
}

/** What a pending step waits for: ids of steps that have no result yet. */
export const openNeeds = (step: StepView, steps: readonly StepView[]): readonly string[] =>
  step.needs.filter((id) => {
    const status = steps.find((other) => other.id === id)?.status;
    return status !== 'completed' && status !== 'cached';
  });

/** Steps in order of level, then as defined; those of one level can run side by side. */
export function byLevel(steps: readonly StepView[]): readonly { readonly step: StepView; readonly level: number }[] {
  const known = new Map<string, number>();
  const levelOf = (id: string): number => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const needs = steps.find((step) => step.id === id)?.needs ?? [];
    const own = needs.length === 0 ? 0 : Math.max(...needs.map(levelOf)) + 1;
    known.set(id, own);
    return own;
  };
  return steps.map((step) => ({ step, level: levelOf(step.id) })).sort((a, b) => a.level - b.level);
}

/** Only on files that a person named: of the others it says nothing. */
export const isOnNamedFiles = ({ trigger, scope }: RunReach): boolean =>
  trigger.kind === 'manual' && scope.kind === 'files';

/** Good, but only on files that a person named: it clears nothing. */
export const isPartialPass = (run: RunFacts & RunReach): boolean => isOnNamedFiles(run) && !isBad(run);

/**
 * Of runs newest first the newest result of each workflow. Runs that were stopped or replaced say nothing, and a pass on a part
 * says nothing where there is an older result on more.
 */
export function standingResults<R extends RunFacts & RunReach>(runs: readonly R[]): readonly R[] {
  const standing = new Map<string, { readonly run: R; readonly isWhole: boolean }>();
  for (const run of runs.filter(hasResult)) {
    const newer = standing.get(run.workflow);
    const isWhole = !isPartialPass(run);
    if (newer === undefined || (isWhole && !newer.isWhole)) standing.set(run.workflow, { run, isWhole });
  }
  return runs.filter((run) => standing.get(run.workflow)?.run === run);
}

/** Runs under Failed, of runs newest first. */
export function standingFailures<R extends RunFacts & RunReach>(runs: readonly R[]): readonly R[] {
  return standingResults(runs).filter(isBad);
}
