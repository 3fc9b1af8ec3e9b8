import type { StepError } from '../../contract/failures.ts';
import type { ChangedSince, TimeSplit } from '../../contract/runs.ts';
import type { PinnedStep } from './plan.ts';
import { NO_TIME, type RunHost, type RunStart, type StepResult, type TimedRunEvent } from './run-events.ts';

/** Where a step stands. `cut-off`: it was running when its session ended, and whether its effect happened is unknown. */
export type StepPhase =
  'pending' | 'running' | 'retrying' | 'cut-off' | 'completed' | 'cached' | 'failed' | 'skipped' | 'cancelled';

/** Where the undo of a completed step stands. `failed`: it is not tried again by itself. */
export type UndoPhase = 'none' | 'running' | 'retrying' | 'cut-off' | 'failed' | 'done' | 'given-up';

export interface UndoState {
  readonly phase: UndoPhase;
  /** Every start. */
  readonly attempts: number;
  /** Failures since it last began or somebody said "again". */
  readonly failures: number;
  readonly nextTryAt: string | null;
  readonly mayRestart: boolean;
}

export interface StepState {
  readonly plan: PinnedStep;
  readonly phase: StepPhase;
  readonly attempts: number;
  /** Retries used; restarts after a crash are not among them. */
  readonly retries: number;
  readonly nextTryAt: string | null;
  /** The cut-off step may start once more: somebody said so, or nothing of it ran. */
  readonly mayRestart: boolean;
  readonly result: StepResult | null;
  readonly error: StepError | null;
  readonly cached: string | null;
  readonly cachedNumber: number | null;
  readonly changedSince: ChangedSince | null;
  readonly takenOver: boolean;
  readonly inputHash: string | null;
  readonly missedBecause: string | null;
  readonly stale: boolean;
  readonly timeMs: TimeSplit;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Position among the completed steps of the run: undone in reverse. */
  readonly completion: number;
  readonly undo: UndoState;
}

export interface RunState {
  readonly start: RunStart;
  readonly startedAt: string;
  /** The session that has it, or had it last. */
  readonly session: string;
  /** Of that session's process. */
  readonly host: RunHost;
  readonly phase: 'running' | 'interrupted' | 'waiting' | 'ended';
  readonly endedAt: string | null;
  readonly status: 'completed' | 'failed' | 'compensated' | 'cancelled' | 'superseded' | null;
  /** Of a superseded run: the number of the run that replaced it. */
  readonly replacedBy: number | null;
  readonly cannotUndo: readonly string[];
  readonly question: { readonly step: string; readonly question: string } | null;
  /** In the order of the definition. */
  readonly steps: ReadonlyMap<string, StepState>;
}

const NO_UNDO: UndoState = { phase: 'none', attempts: 0, failures: 0, nextTryAt: null, mayRestart: false };

/** The run after the event. Null before the first `workflow.started`; events of other kinds never come here. */
export function evolve(state: RunState | null, event: TimedRunEvent): RunState | null {
  if (event.type === 'workflow.started') return started(event.data, event.time);
  if (!state || state.phase === 'ended') return state;
  switch (event.type) {
    case 'workflow.interrupted':
      return event.data.session === state.session
        ? { ...allowRestart(cutOff(state), event.data.neverBegan ?? []), phase: 'interrupted' }
        : state;
    case 'workflow.resumed':
      return {
        ...resumed(cutOff(state), event.data.again),
        session: event.data.session,
        host: event.data.host ?? 'terminal',
      };
    case 'workflow.waiting':
      return { ...cutOff(state), phase: 'waiting', question: { step: event.data.step, question: event.data.question } };
    case 'workflow.completed':
      return ended(state, event.time, 'completed');
    case 'workflow.failed':
      return { ...ended(state, event.time, event.data.status), cannotUndo: event.data.cannotUndo };
    case 'workflow.cancelled':
      return ended(state, event.time, 'cancelled');
    case 'workflow.superseded':
      return { ...ended(dropped(state, event.time), event.time, 'superseded'), replacedBy: event.data.by };
    default:
      return withStep(state, event.data.step, (step) => evolveStep(state, step, event));
  }
}

/** Folds events in order; null where no run begins in them. */
export function foldState(events: Iterable<TimedRunEvent>): RunState | null {
  let state: RunState | null = null;
  for (const event of events) state = evolve(state, event);
  return state;
}

type StepEvent = Exclude<
  TimedRunEvent,
  {
    readonly type:
      | 'workflow.started'
      | 'workflow.interrupted'
      | 'workflow.resumed'
      | 'workflow.waiting'
      | 'workflow.completed'
      | 'workflow.failed'
      | 'workflow.cancelled'
      | 'workflow.superseded';
  }
>;

function evolveStep(state: RunState, step: StepState, event: StepEvent): StepState {
  switch (event.type) {
    case 'workflow.step.started':
      return {
        ...step,
        phase: 'running',
        attempts: event.data.attempt,
        nextTryAt: null,
        mayRestart: false,
        result: null,
        inputHash: event.data.inputHash,
        missedBecause: event.data.missedBecause,
        timeMs: addTimes(step.timeMs, event.data.timeMs),
        startedAt: step.startedAt ?? event.time,
      };
    case 'workflow.step.completed': {
      const { cached, cachedNumber, takenOver, inputHash, stale, result } = event.data;
      return {
        ...finished(step, event),
        phase: cached === null ? 'completed' : 'cached',
        error: null,
        startedAt: step.startedAt ?? event.time,
        ...{ cached, cachedNumber, takenOver, inputHash, stale, result },
        completion: 1 + Math.max(0, ...[...state.steps.values()].map(({ completion }) => completion)),
      };
    }
    case 'workflow.step.retrying':
      return {
        ...step,
        phase: 'retrying',
        retries: step.retries + 1,
        error: event.data.error,
        result: event.data.result,
        nextTryAt: event.data.nextTryAt,
        timeMs: addTimes(step.timeMs, event.data.timeMs),
      };
    case 'workflow.step.failed':
      return {
        ...finished(step, event),
        phase: event.data.error.code === 'cancelled' ? 'cancelled' : 'failed',
        error: event.data.error,
        result: event.data.result,
        changedSince: event.data.changedSince,
      };
    case 'workflow.step.skipped':
      return { ...step, phase: 'skipped', endedAt: event.time };
    case 'workflow.compensation.started':
      return withUndo(step, { phase: 'running', attempts: event.data.attempt, nextTryAt: null, mayRestart: false });
    case 'workflow.compensation.completed':
      return { ...withUndo(step, { phase: 'done' }), endedAt: event.time };
    case 'workflow.compensation.failed': {
      const { nextTryAt, givenUp } = event.data;
      const phase = givenUp ? 'given-up' : nextTryAt === null ? 'failed' : 'retrying';
      return withUndo(step, { phase, nextTryAt, failures: step.undo.failures + 1 });
    }
  }
}

function started(start: RunStart, time: string): RunState {
  const steps = start.plan.steps.map((plan): [string, StepState] => [plan.id, pending(plan)]);
  return {
    start,
    startedAt: time,
    session: start.session,
    host: start.host ?? 'terminal',
    phase: 'running',
    endedAt: null,
    status: null,
    cannotUndo: [],
    replacedBy: null,
    question: null,
    steps: new Map(steps),
  };
}

function pending(plan: PinnedStep): StepState {
  return {
    plan,
    phase: 'pending',
    attempts: 0,
    retries: 0,
    nextTryAt: null,
    mayRestart: false,
    result: null,
    error: null,
    cached: null,
    cachedNumber: null,
    changedSince: null,
    takenOver: false,
    inputHash: null,
    missedBecause: null,
    stale: false,
    timeMs: NO_TIME,
    startedAt: null,
    endedAt: null,
    completion: 0,
    undo: NO_UNDO,
  };
}

/** What was running ended with its session; nobody knows how far it came. */
function cutOff(state: RunState): RunState {
  return mapSteps(state, (step) => {
    if (step.phase === 'running') return { ...step, phase: 'cut-off' };
    return step.undo.phase === 'running' ? withUndo(step, { phase: 'cut-off' }) : step;
  });
}

/** One event says it of all steps, so that no crash can leave a run half replaced. */
function dropped(state: RunState, time: string): RunState {
  return mapSteps(state, (step) => {
    if (step.phase === 'pending') return { ...step, phase: 'skipped', endedAt: time };
    const open = step.phase === 'running' || step.phase === 'cut-off' || step.phase === 'retrying';
    return open ? { ...step, phase: 'cancelled', nextTryAt: null, endedAt: time } : step;
  });
}

function resumed(state: RunState, again: readonly string[]): RunState {
  return { ...allowRestart(state, again), phase: 'running', question: null };
}

/** Of these steps, what is unsure may start once more. */
function allowRestart(state: RunState, ids: readonly string[]): RunState {
  return mapSteps(state, (step) => {
    if (!ids.includes(step.plan.id)) return step;
    if (step.phase === 'cut-off') return { ...step, mayRestart: true };
    return withUndo(step, { phase: 'cut-off', mayRestart: true, failures: 0 });
  });
}

function ended(state: RunState, time: string, status: NonNullable<RunState['status']>): RunState {
  return { ...state, phase: 'ended', endedAt: time, status, question: null };
}

function finished(
  step: StepState,
  event: { readonly time: string; readonly data: { readonly attempt: number; readonly timeMs: TimeSplit } },
): StepState {
  return {
    ...step,
    attempts: event.data.attempt,
    nextTryAt: null,
    mayRestart: false,
    timeMs: addTimes(step.timeMs, event.data.timeMs),
    endedAt: event.time,
  };
}

function withUndo(step: StepState, change: Partial<UndoState>): StepState {
  return { ...step, undo: { ...step.undo, ...change } };
}

function withStep(state: RunState, id: string, change: (step: StepState) => StepState): RunState {
  const step = state.steps.get(id);
  return step ? { ...state, steps: new Map(state.steps).set(id, change(step)) } : state;
}

function mapSteps(state: RunState, change: (step: StepState) => StepState): RunState {
  return { ...state, steps: new Map([...state.steps].map(([id, step]) => [id, change(step)])) };
}

function addTimes(a: TimeSplit, b: TimeSplit): TimeSplit {
  return {
    queue: a.queue + b.queue,
    start: a.start + b.start,
    tool: a.tool + b.tool,
    disk: a.disk + b.disk,
    wait: a.wait + b.wait,
  };
}
