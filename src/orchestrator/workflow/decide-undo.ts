import { agentEnded, agentInvoked } from './agent-events.ts';
import type { EventGroup, RunCommand } from './command.ts';
import { keyOf } from './decide-step.ts';
import { backoffMs, isRetryable } from './retry-policy.ts';
import { EMPTY_RESULT } from './run-events.ts';
import type { RunState, StepState } from './run-state.ts';

/** RELIABILITY: an undo is tried so often before a person is asked. */
const MAX_UNDO_TRIES = 5;
const UNDO_MULTIPLIER = 2;

export function beginUndo(state: RunState, step: StepState): EventGroup {
  const { run } = state.start;
  const attempt = step.undo.attempts + 1;
  const idempotencyKey = undoKeyOf(run, step.plan.id);
  const data = { run, step: step.plan.id, attempt, idempotencyKey };
  return [
    { type: 'workflow.compensation.started', data },
    ...agentInvoked({ ...undoCall(state, step), attempt, idempotencyKey }),
  ];
}

export function undoSucceeded(state: RunState, step: StepState, durationMs: number): EventGroup {
  const attempt = step.undo.attempts;
  const ended = agentEnded({ ...undoCall(state, step), attempt, durationMs, error: null, result: EMPTY_RESULT });
  const data = { run: state.start.run, step: step.plan.id, attempt, durationMs };
  return [{ type: 'workflow.compensation.completed', data }, ...ended];
}

export function undoFailed(
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

function undoCall(
  state: RunState,
  step: StepState,
): { run: string; step: { id: string; agent: string; operation: string } } {
  const { agent, operation } = step.plan.compensate ?? step.plan;
  return { run: state.start.run, step: { id: step.plan.id, agent, operation } };
}

/** An undo is another effect than its step, so it has a key of its own. */
export function undoKeyOf(run: string, step: string): string {
  return `${keyOf(run, step)}:undo`;
}
