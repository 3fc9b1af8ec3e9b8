import type { StepError } from '../../contract/failures.ts';
import type { TimeSplit } from '../../contract/runs.ts';
import { agentEnded, agentInvoked } from './agent-events.ts';
import type { EventGroup, RunCommand } from './command.ts';
import { backoffMs, isRetryable } from './retry-policy.ts';
import { EMPTY_RESULT, NO_TIME, type RunEvent } from './run-events.ts';
import { isFailing } from './run-rules.ts';
import type { RunState, StepState } from './run-state.ts';

/** What becomes of a step: its events, with those of the agent's call in the same group. */

export const CANCELLED: StepError = { code: 'cancelled', message: 'stopped before it had finished' };

export function begin(state: RunState, step: StepState, command: Extract<RunCommand, { kind: 'begin' }>): EventGroup {
  const { run } = state.start;
  const attempt = step.attempts + 1;
  const { inputHash, missedBecause, timeMs } = command;
  const idempotencyKey = keyOf(run, step.plan.id);
  const data = { run, step: step.plan.id, attempt, idempotencyKey, inputHash, missedBecause, timeMs };
  return [{ type: 'workflow.step.started', data }, ...agentInvoked({ run, step: step.plan, attempt, idempotencyKey })];
}

export function take(state: RunState, step: StepState, command: Extract<RunCommand, { kind: 'take' }>): EventGroup {
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

export function succeed(
  state: RunState,
  step: StepState,
  command: Extract<RunCommand, { kind: 'succeed' }>,
): EventGroup {
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

export function failed(state: RunState, step: StepState, command: Extract<RunCommand, { kind: 'fail' }>): EventGroup {
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

/** A pending step is skipped; one between two tries ends with what it failed with. */
export function notStarted(state: RunState, step: StepState, cancelling: boolean): RunEvent {
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

function mayRetry(state: RunState, step: StepState, error: StepError): boolean {
  const stopping = isFailing(state) || state.steps.values().some(({ phase }) => phase === 'cancelled');
  return !stopping && step.retries < step.plan.retry.max && isRetryable(error, step.plan.idempotent);
}

function total(timeMs: TimeSplit): number {
  return timeMs.queue + timeMs.start + timeMs.tool + timeMs.disk + timeMs.wait;
}

/** The same for every attempt of a step in a run. */
export function keyOf(run: string, step: string): string {
  return `${run}:${step}`;
}
