import type { StepError } from '../../contract/failures.ts';
import { agentEnded, type AgentEvent } from './agent-events.ts';
import { MAX_GROUP, type EventGroup, type RunCommand } from './command.ts';
import { CANCELLED, notStarted } from './decide-step.ts';
import { EMPTY_RESULT, NO_TIME, type RunEvent } from './run-events.ts';
import { unsure } from './run-rules.ts';
import type { RunState, StepState } from './run-state.ts';

const NOTHING = { result: EMPTY_RESULT, changedSince: null } as const;
const TOLD_FAILED: StepError = { code: 'crashed', message: 'cut off, and taken as failed by you' };

/** What is in flight was aborted before; nothing is undone. */
export function cancel(state: RunState): readonly EventGroup[] {
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

/** What is in flight was aborted before; nothing is undone. */
export function supersede(state: RunState, by: number | null): readonly EventGroup[] {
  const { run } = state.start;
  const calls = [...state.steps.values()].map((step) => cancelledCall(run, step));
  return [...calls.filter(({ length }) => length > 0), [{ type: 'workflow.superseded', data: { run, by } }]];
}

export function interrupt(state: RunState, neverBegan: readonly string[]): readonly EventGroup[] {
  if (state.phase !== 'running') return [];
  const { run } = state.start;
  const calls = [...state.steps.values()].map((step) => cancelledCall(run, step));
  return [
    ...calls.filter(({ length }) => length > 0),
    [{ type: 'workflow.interrupted', data: { run, session: state.session, reason: 'stopped', neverBegan } }],
  ];
}

export function resume(state: RunState, command: Extract<RunCommand, { kind: 'resume' }>): readonly EventGroup[] {
  const { run } = state.start;
  const { answer, session, host } = command;
  const asked = [...state.steps.values()].filter(unsure);
  const again = answer === 'again' ? asked.map(({ plan }) => plan.id) : [];
  const resumed: EventGroup = [{ type: 'workflow.resumed', data: { run, session, again, host } }];
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
  const { inputHash } = step;
  const own = { cached: null, cachedNumber: null, takenOver: false, inputHash, stale: false, result };
  return { type: 'workflow.step.completed', data: { ...common, ...own } };
}

function cancelledCall(run: string, step: StepState): readonly AgentEvent[] {
  if (step.phase !== 'running') return [];
  const call = { run, step: step.plan, attempt: step.attempts, durationMs: 0, error: CANCELLED, result: EMPTY_RESULT };
  return agentEnded(call).slice(0, MAX_GROUP - 1);
}
