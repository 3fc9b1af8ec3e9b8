import type { StepError } from '../../contract/failures.ts';
import type { ChangedSince, TimeSplit } from '../../contract/runs.ts';
import { agentEnded, agentInvoked, type AgentEvent } from './agent-events.ts';
import { EMPTY_RESULT, type RunEvent, type RunStart, type StepResult } from './run-events.ts';
import { evolve, type RunState, type StepState } from './run-state.ts';
import { cannotUndo, isFailing, nextUndo, questionOf, unfinished, unsure } from './run-rules.ts';

/** What happened to a run, or what somebody wants of it. Times and chance come in from outside. */
export type RunCommand =
  | { readonly kind: 'start'; readonly start: RunStart }
  | {
      readonly kind: 'begin';
      readonly step: string;
      readonly inputHash: string | null;
      readonly missedBecause: string | null;
      readonly timeMs: TimeSplit;
    }
  | {
      readonly kind: 'take';
      readonly step: string;
      /** The run that the result is from. */
      readonly cached: string;
      readonly cachedNumber: number;
      readonly takenOver: boolean;
      readonly inputHash: string;
      readonly result: StepResult;
      readonly timeMs: TimeSplit;
    }
  | {
      readonly kind: 'succeed';
      readonly step: string;
      readonly stale: boolean;
      readonly result: StepResult;
      readonly timeMs: TimeSplit;
    }
  | {
      readonly kind: 'fail';
      readonly step: string;
      readonly error: StepError;
      readonly result: StepResult;
      readonly timeMs: TimeSplit;
      readonly changedSince: ChangedSince | null;
      readonly chance: Chance;
    }
  | { readonly kind: 'begin-undo'; readonly step: string }
  | { readonly kind: 'undo-succeeded'; readonly step: string; readonly durationMs: number }
  | {
      readonly kind: 'undo-failed';
      readonly step: string;
      readonly error: StepError;
      readonly durationMs: number;
      readonly chance: Chance;
    }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'interrupt'; readonly reason: 'stopped' | 'died' }
  | { readonly kind: 'resume'; readonly session: string; readonly answer: 'again' | 'done' | 'fail' | null };

export interface Chance {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** In [0, 1). */
  readonly jitter: number;
}

export type DecidedEvent = RunEvent | AgentEvent;
/** One to three events that are stored all or none. */
export type EventGroup = readonly DecidedEvent[];

export interface Decision {
  readonly groups: readonly EventGroup[];
  readonly state: RunState;
}

const MAX_GROUP = 3;
/** RELIABILITY: an undo is tried so often before a person is asked. */
export const MAX_UNDO_TRIES = 5;
const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 60_000;
const UNDO_MULTIPLIER = 2;
const NO_TIME: TimeSplit = { queue: 0, start: 0, tool: 0, disk: 0, wait: 0 };

/**
 * What the command leads to, with everything that follows from it without another effect (skipped steps, the run's end). Each
 * prefix of the groups is a state from which `settle` goes on to the same end. `time` stamps the returned state only.
 */
export function decide(state: RunState | null, command: RunCommand, time: string): Decision {
  const groups = command.kind === 'start' ? [[startedEvent(command.start)]] : primary(known(state), command);
  return follow(state, groups, time);
}

/** What follows from the state by itself: for a run whose events were cut off in the middle of a decision. */
export function settle(state: RunState, time: string): Decision {
  return follow(state, [], time);
}

/** Jittered exponential backoff: 1 s × multiplier^n, ± 20 %, at most 60 s. */
export function backoffMs(failures: number, multiplier: number, jitter: number): number {
  const base = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * multiplier ** failures);
  return Math.min(MAX_DELAY_MS, Math.round(base * (0.8 + 0.4 * jitter)));
}

function follow(before: RunState | null, first: readonly EventGroup[], time: string): Decision {
  const groups = [...first];
  let state = apply(before, first, time);
  for (let next = consequence(state); next.length > 0; next = consequence(state)) {
    groups.push(next);
    state = apply(state, [next], time);
  }
  return { groups, state };
}

function apply(before: RunState | null, groups: readonly EventGroup[], time: string): RunState {
  let state = before;
  for (const event of groups.flat()) if (isRunEvent(event)) state = evolve(state, { ...event, time });
  return known(state);
}

function primary(state: RunState, command: Exclude<RunCommand, { kind: 'start' }>): readonly EventGroup[] {
  if (state.phase === 'ended') return [];
  switch (command.kind) {
    case 'begin':
      return [begin(state, stepOf(state, command.step), command)];
    case 'take':
      return [take(state, stepOf(state, command.step), command)];
    case 'succeed':
      return [succeed(state, stepOf(state, command.step), command)];
    case 'fail':
      return [failed(state, stepOf(state, command.step), command)];
    case 'begin-undo':
      return [beginUndo(state, stepOf(state, command.step))];
    case 'undo-succeeded':
      return [undoSucceeded(state, stepOf(state, command.step), command.durationMs)];
    case 'undo-failed':
      return [undoFailed(state, stepOf(state, command.step), command)];
    case 'cancel':
      return cancel(state);
    case 'interrupt':
      return interrupt(state, command.reason);
    case 'resume':
      return resume(state, command);
  }
}

/** The next group that follows from the state alone; empty when something must happen first. */
function consequence(state: RunState): EventGroup {
  if (state.phase !== 'running') return [];
  const run = state.start.run;
  const steps = [...state.steps.values()];
  const cancelling = steps.some(({ phase }) => phase === 'cancelled');
  if (cancelling || isFailing(state)) {
    const stopped = steps.filter((step) => endsUnstarted(step, cancelling)).slice(0, MAX_GROUP);
    if (stopped.length > 0) return stopped.map((step) => notStarted(state, step, cancelling));
  }
  if (steps.some(unfinished)) return [];
  if (cancelling) return [{ type: 'workflow.cancelled', data: { run } }];
  const failure = steps.find(({ phase }) => phase === 'failed');
  if (!failure || state.start.plan.onError === 'continue')
    return [{ type: 'workflow.completed', data: { run, status: 'completed' } }];
  return afterFailure(state, failure);
}

function afterFailure(state: RunState, failure: StepState): EventGroup {
  const run = state.start.run;
  const undo = nextUndo(state);
  const question = questionOf(state);
  if (undo) return question ? [{ type: 'workflow.waiting', data: { run, ...question } }] : [];
  const undone = [...state.steps.values()].some((step) => step.undo.phase === 'done');
  const status = undone ? 'compensated' : 'failed';
  const error = failure.error ?? { code: 'crashed', message: 'it ended without a reason' };
  const data = { run, step: failure.plan.id, status, error, cannotUndo: cannotUndo(state) } as const;
  return [{ type: 'workflow.failed', data }];
}

/** Nothing new starts any more: what waits for its first or next try ends here, and what was cut off when all is stopped. */
function endsUnstarted({ phase }: StepState, cancelling: boolean): boolean {
  return phase === 'pending' || phase === 'retrying' || (cancelling && phase === 'cut-off');
}

/** A pending step is skipped; one between two tries ends with what it failed with. */
function notStarted(state: RunState, step: StepState, cancelling: boolean): RunEvent {
  const of = { run: state.start.run, step: step.plan.id };
  if (step.phase === 'pending') {
    const because = cancelling ? 'the run was stopped' : 'an earlier step failed';
    return { type: 'workflow.step.skipped', data: { ...of, because } };
  }
  const error = cancelling || !step.error ? CANCELLED : step.error;
  const data = {
    ...of,
    attempt: step.attempts,
    timeMs: NO_TIME,
    error,
    result: step.result ?? EMPTY_RESULT,
    changedSince: null,
  };
  return { type: 'workflow.step.failed', data };
}

function startedEvent(start: RunStart): RunEvent {
  return { type: 'workflow.started', data: start };
}

function begin(state: RunState, step: StepState, command: Extract<RunCommand, { kind: 'begin' }>): EventGroup {
  const { run } = state.start;
  const attempt = step.attempts + 1;
  const { inputHash, missedBecause, timeMs } = command;
  const idempotencyKey = keyOf(run, step.plan.id);
  const data = { run, step: step.plan.id, attempt, idempotencyKey, inputHash, missedBecause, timeMs };
  return [{ type: 'workflow.step.started', data }, ...agentInvoked({ run, step: step.plan, attempt, idempotencyKey })];
}

function take(state: RunState, step: StepState, command: Extract<RunCommand, { kind: 'take' }>): EventGroup {
  const { cached, cachedNumber, takenOver, inputHash, result, timeMs } = command;
  const data = {
    run: state.start.run,
    step: step.plan.id,
    attempt: 0,
    timeMs,
    cached,
    cachedNumber,
    takenOver,
    inputHash,
    result,
  };
  return [{ type: 'workflow.step.completed', data: { ...data, stale: false } }];
}

function succeed(state: RunState, step: StepState, command: Extract<RunCommand, { kind: 'succeed' }>): EventGroup {
  const { run } = state.start;
  const { stale, result, timeMs } = command;
  const own = { cached: null, cachedNumber: null, takenOver: false, inputHash: step.inputHash, stale, result };
  const data = { run, step: step.plan.id, attempt: step.attempts, timeMs, ...own };
  const ended = agentEnded({
    run,
    step: step.plan,
    attempt: step.attempts,
    durationMs: total(timeMs),
    error: null,
    result,
  });
  return [{ type: 'workflow.step.completed', data }, ...ended];
}

function failed(state: RunState, step: StepState, command: Extract<RunCommand, { kind: 'fail' }>): EventGroup {
  const { run } = state.start;
  const { error, result, timeMs, chance, changedSince } = command;
  const ended = agentEnded({ run, step: step.plan, attempt: step.attempts, durationMs: total(timeMs), error, result });
  const data = { run, step: step.plan.id, attempt: step.attempts, timeMs, error, result };
  if (!mayRetry(state, step, error))
    return [{ type: 'workflow.step.failed', data: { ...data, changedSince } }, ...ended];
  const delayMs = backoffMs(step.retries, step.plan.retry.multiplier, chance.jitter);
  const nextTryAt = new Date(chance.now + delayMs).toISOString();
  return [{ type: 'workflow.step.retrying', data: { ...data, delayMs, nextTryAt } }, ...ended];
}

function mayRetry(state: RunState, step: StepState, error: StepError): boolean {
  const stopping = isFailing(state) || [...state.steps.values()].some(({ phase }) => phase === 'cancelled');
  return !stopping && step.retries < step.plan.retry.max && isRetryable(error, step.plan.idempotent);
}

/** What a tool reported may be tried again; what was cut off only where running twice does no harm. */
function isRetryable(error: StepError, idempotent: boolean): boolean {
  if (error.code === 'cancelled' || error.code === 'missing-tool') return false;
  return idempotent || error.code === 'exit' || error.code === 'spawn';
}

function beginUndo(state: RunState, step: StepState): EventGroup {
  const { run } = state.start;
  const attempt = step.undo.attempts + 1;
  const idempotencyKey = `${keyOf(run, step.plan.id)}:undo`;
  const data = { run, step: step.plan.id, attempt, idempotencyKey };
  return [
    { type: 'workflow.compensation.started', data },
    ...agentInvoked({ ...undoCall(state, step), attempt, idempotencyKey }),
  ];
}

function undoSucceeded(state: RunState, step: StepState, durationMs: number): EventGroup {
  const attempt = step.undo.attempts;
  const ended = agentEnded({ ...undoCall(state, step), attempt, durationMs, error: null, result: EMPTY_RESULT });
  const data = { run: state.start.run, step: step.plan.id, attempt, durationMs };
  return [{ type: 'workflow.compensation.completed', data }, ...ended];
}

function undoFailed(
  state: RunState,
  step: StepState,
  command: Extract<RunCommand, { kind: 'undo-failed' }>,
): EventGroup {
  const { error, chance, durationMs } = command;
  const attempt = step.undo.attempts;
  const idempotent = step.plan.compensate?.idempotent ?? false;
  const again = step.undo.failures + 1 < MAX_UNDO_TRIES && isRetryable(error, idempotent);
  const delay = backoffMs(step.undo.failures, UNDO_MULTIPLIER, chance.jitter);
  const nextTryAt = again ? new Date(chance.now + delay).toISOString() : null;
  const ended = agentEnded({ ...undoCall(state, step), attempt, durationMs, error, result: EMPTY_RESULT });
  const data = { run: state.start.run, step: step.plan.id, attempt, error, nextTryAt, givenUp: false };
  return [{ type: 'workflow.compensation.failed', data }, ...ended];
}

/** What is in flight was aborted before; nothing is undone. */
function cancel(state: RunState): readonly EventGroup[] {
  const { run } = state.start;
  const groups: EventGroup[] = [];
  for (const step of state.steps.values()) {
    const of = { run, step: step.plan.id };
    if (step.phase === 'running' || step.phase === 'cut-off') {
      const data = { ...of, attempt: step.attempts, timeMs: NO_TIME, error: CANCELLED, ...NOTHING };
      groups.push([{ type: 'workflow.step.failed', data }, ...cancelledCall(run, step)]);
    }
    if (step.phase === 'pending' || step.phase === 'retrying') groups.push([notStarted(state, step, true)]);
    if (step.undo.phase === 'running') {
      const data = { ...of, attempt: step.undo.attempts, error: CANCELLED, nextTryAt: null, givenUp: false };
      groups.push([{ type: 'workflow.compensation.failed', data }]);
    }
  }
  return [...groups, [{ type: 'workflow.cancelled', data: { run } }]];
}

function interrupt(state: RunState, reason: 'stopped' | 'died'): readonly EventGroup[] {
  if (state.phase !== 'running') return [];
  const { run } = state.start;
  const calls = reason === 'stopped' ? [...state.steps.values()].map((step) => cancelledCall(run, step)) : [];
  return [
    ...calls.filter(({ length }) => length > 0),
    [{ type: 'workflow.interrupted', data: { run, session: state.session, reason } }],
  ];
}

function resume(state: RunState, command: Extract<RunCommand, { kind: 'resume' }>): readonly EventGroup[] {
  const { run } = state.start;
  const { answer, session } = command;
  const asked = [...state.steps.values()].filter(unsure);
  const again = answer === 'again' ? asked.map(({ plan }) => plan.id) : [];
  const resumed: EventGroup = [{ type: 'workflow.resumed', data: { run, session, again } }];
  if (answer === null || answer === 'again') return [resumed];
  return [resumed, ...asked.map((step): EventGroup => [answered(state, step, answer)])];
}

function answered(state: RunState, step: StepState, answer: 'done' | 'fail'): RunEvent {
  const of = { run: state.start.run, step: step.plan.id };
  if (step.phase !== 'cut-off') {
    const attempt = step.undo.attempts;
    if (answer === 'done') return { type: 'workflow.compensation.completed', data: { ...of, attempt, durationMs: 0 } };
    return {
      type: 'workflow.compensation.failed',
      data: { ...of, attempt, error: TOLD_FAILED, nextTryAt: null, givenUp: true },
    };
  }
  const common = { ...of, attempt: step.attempts, timeMs: NO_TIME };
  if (answer === 'fail') return { type: 'workflow.step.failed', data: { ...common, error: TOLD_FAILED, ...NOTHING } };
  const result = { ...EMPTY_RESULT, summary: 'taken as done by you' };
  const own = { cached: null, cachedNumber: null, takenOver: false, inputHash: null, stale: false, result };
  return { type: 'workflow.step.completed', data: { ...common, ...own } };
}

const NOTHING = { result: EMPTY_RESULT, changedSince: null } as const;
const CANCELLED: StepError = { code: 'cancelled', message: 'stopped before it had finished' };
const TOLD_FAILED: StepError = { code: 'crashed', message: 'cut off, and taken as failed by you' };

function cancelledCall(run: string, step: StepState): readonly AgentEvent[] {
  if (step.phase !== 'running') return [];
  const call = { run, step: step.plan, attempt: step.attempts, durationMs: 0, error: CANCELLED, result: EMPTY_RESULT };
  return agentEnded(call).slice(0, MAX_GROUP - 1);
}

function undoCall(
  state: RunState,
  step: StepState,
): { run: string; step: { id: string; agent: string; operation: string } } {
  const { agent, operation } = step.plan.compensate ?? step.plan;
  return { run: state.start.run, step: { id: step.plan.id, agent, operation } };
}

function isRunEvent(event: DecidedEvent): event is RunEvent {
  return event.type.startsWith('workflow.');
}

function keyOf(run: string, step: string): string {
  return `${run}:${step}`;
}

function total(timeMs: TimeSplit): number {
  return timeMs.queue + timeMs.start + timeMs.tool + timeMs.disk + timeMs.wait;
}

function known(state: RunState | null): RunState {
  if (!state) throw new Error('a run was asked something before it began');
  return state;
}

function stepOf(state: RunState, id: string): StepState {
  const step = state.steps.get(id);
  if (!step) throw new Error(`run ${state.start.run} has no step ${id}`);
  return step;
}
