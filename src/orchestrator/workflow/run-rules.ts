import type { RunTrigger } from '../../contract/runs.ts';
import type { MayCall, PinnedStep, Plan } from './plan.ts';
import type { RunState, StepState } from './run-state.ts';

/** Questions that the decider, the view and the runner ask of a run's state. Pure. */

/** Also of runs that earlier versions started. */
export const BY_HAND: RunTrigger = { kind: 'manual', activities: [], lineage: null, beside: [] };

/** Something else than a person started it. */
export function isAutomatic({ start }: Pick<RunState, 'start'>): boolean {
  return (start.trigger ?? BY_HAND).kind !== 'manual';
}

/** A step failed, and the workflow says to stop then. */
export function isFailing(state: RunState): boolean {
  return state.start.plan.onError !== 'continue' && state.steps.values().some(({ phase }) => phase === 'failed');
}

/** Not at its end yet. */
export function unfinished(step: StepState): boolean {
  return step.phase === 'pending' || step.phase === 'running' || step.phase === 'retrying' || step.phase === 'cut-off';
}

/** Cut off, or an undo that failed for good, so that only a person can say what now. */
export function unsure(step: StepState): boolean {
  if (step.phase === 'cut-off') return !step.plan.idempotent && !step.mayRestart;
  if (step.undo.phase === 'cut-off') return !step.plan.compensate?.idempotent && !step.undo.mayRestart;
  return step.undo.phase === 'failed';
}

/** The first thing that a person has to decide before the run can go on. */
export function questionOf(state: RunState): { readonly step: string; readonly question: string } | null {
  const step = state.steps.values().find(unsure);
  return step ? { step: step.plan.id, question: wordsOf(step) } : null;
}

function wordsOf(step: StepState): string {
  const { id } = step.plan;
  if (step.phase === 'cut-off')
    return `The step ${id} was cut off, and it is not marked safe to run twice. Run it again, take it as done, or take it as failed?`;
  if (step.undo.phase === 'cut-off')
    return `Undoing ${id} was cut off, and its undo is not marked safe to run twice. Undo it again, take it as undone, or leave it as it is?`;
  return `Undoing ${id} failed ${step.undo.attempts === 1 ? 'once' : `${step.undo.attempts} times`}. Try again, take it as undone, or leave it as it is?`;
}

/** The completed step whose undo comes next: the last one first. Null when everything that has an undo is settled. */
export function nextUndo(state: RunState): StepState | null {
  if (state.start.plan.onError !== 'rollback') return null;
  const open = [...state.steps.values()].filter(
    (step) => undoable(step) && step.undo.phase !== 'done' && step.undo.phase !== 'given-up',
  );
  return open.reduce<StepState | null>((last, step) => (last && last.completion > step.completion ? last : step), null);
}

/** Effects of this run, or of the one it retries: a result from the cache had none. */
function undoable(step: StepState): boolean {
  return step.plan.compensate !== null && (step.phase === 'completed' || (step.phase === 'cached' && step.takenOver));
}

/** Which calls of a step may still come in this run. */
export function mayStillCall(state: RunState, id: string): MayCall {
  const step = state.steps.get(id);
  if (!step) return { step: false, undo: false };
  const open = unfinished(step);
  const settled = step.undo.phase === 'done' || step.undo.phase === 'given-up';
  return { step: open, undo: state.start.plan.onError === 'rollback' && (open || undoable(step)) && !settled };
}

/** Steps that may have written and that nothing takes back; only for `rollback`. */
export function cannotUndo(state: RunState): readonly string[] {
  if (state.start.plan.onError !== 'rollback') return [];
  return [...state.steps.values()]
    .filter(({ plan, attempts, takenOver, undo }) => {
      if (undo.phase === 'given-up') return true;
      return plan.mayWrite && plan.compensate === null && (attempts > 0 || takenOver);
    })
    .map(({ plan }) => plan.id);
}

/** Steps of which a call is in flight, their undos among them. */
export function inFlight(state: RunState): number {
  return state.steps
    .values()
    .reduce((n, { phase, undo }) => n + (phase === 'running' || undo.phase === 'running' ? 1 : 0), 0);
}

export interface Readiness {
  /** Most steps in flight at once. */
  readonly parallel: number;
  /** Steps whose wait between two tries is over. */
  readonly due: ReadonlySet<string>;
}

/** Steps that may begin now, in the order of the definition, as many as there is room for. */
export function readySteps(state: RunState, { parallel, due }: Readiness): readonly StepState[] {
  if (state.phase !== 'running') return [];
  const steps = [...state.steps.values()];
  const busy = steps.filter(({ phase }) => phase === 'running');
  const ready: StepState[] = [];
  for (const step of steps) {
    if (busy.length + ready.length >= parallel) break;
    const others = [...busy, ...ready].map(({ plan }) => plan);
    if (isReady(state, step, due) && hasRoom(step.plan, others)) ready.push(step);
  }
  return ready;
}

/** Steps that a run of the plan begins with. */
export function firstSteps({ steps }: Plan, parallel: number): readonly PinnedStep[] {
  const first: PinnedStep[] = [];
  for (const step of steps) {
    if (first.length >= parallel) break;
    if (step.needs.length === 0 && hasRoom(step, first)) first.push(step);
  }
  return first;
}

/** The undo to begin now; undoing goes one by one, after every step has ended. */
export function readyUndo(state: RunState, due: ReadonlySet<string>): StepState | null {
  if (state.phase !== 'running' || !isFailing(state) || state.steps.values().some(unfinished)) return null;
  const step = nextUndo(state);
  if (!step || unsure(step)) return null;
  const { phase } = step.undo;
  const begins = phase === 'none' || phase === 'cut-off' || (phase === 'retrying' && due.has(step.plan.id));
  return begins ? step : null;
}

function isReady(state: RunState, step: StepState, due: ReadonlySet<string>): boolean {
  if (step.phase === 'cut-off') return !unsure(step);
  if (step.phase === 'retrying') return due.has(step.plan.id);
  return step.phase === 'pending' && step.plan.needs.every((need) => isMet(state, need));
}

/** A failed need counts only where the workflow goes on after failures; there nothing is skipped. */
function isMet(state: RunState, need: string): boolean {
  const phase = state.steps.get(need)?.phase;
  if (phase === 'completed' || phase === 'cached') return true;
  return phase === 'failed' && state.start.plan.onError === 'continue';
}

/** `sequential`: no other step of the same level at the same time. */
function hasRoom(step: PinnedStep, others: readonly PinnedStep[]): boolean {
  return others.every((other) => other.level !== step.level || !(other.sequential || step.sequential));
}
