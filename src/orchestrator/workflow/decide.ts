import { begin, failed, notStarted, succeed, take } from './decide-step.ts';
import { cancel, interrupt, resume, supersede } from './decide-stop.ts';
import { beginUndo, undoFailed, undoSucceeded } from './decide-undo.ts';
import { MAX_GROUP, type DecidedEvent, type EventGroup, type RunCommand } from './command.ts';
import type { RunEvent } from './run-events.ts';
import { cannotUndo, isFailing, nextUndo, questionOf, unfinished } from './run-rules.ts';
import { evolve, type RunState, type StepState } from './run-state.ts';

export interface Decision {
  readonly groups: readonly EventGroup[];
  readonly state: RunState;
}

/**
 * What the command leads to, with everything that follows from it without another effect (skipped steps, the run's end). Each
 * prefix of the groups is a state from which `settle` goes on to the same end. `time` stamps the returned state only.
 */
export function decide(state: RunState | null, command: RunCommand, time: string): Decision {
  const groups =
    command.kind === 'start'
      ? [[{ type: 'workflow.started', data: command.start } as const]]
      : primary(known(state), command);
  return follow(state, groups, time);
}

/** What follows from the state by itself: for a run whose events were cut off in the middle of a decision. */
export function settle(state: RunState, time: string): Decision {
  return follow(state, [], time);
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
    case 'supersede':
      return supersede(state, command.by);
    case 'interrupt':
      return interrupt(state, command.neverBegan);
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

/** Nothing new starts any more: what waits for its first or next try ends here, and what was cut off when all is stopped. */
function endsUnstarted({ phase }: StepState, cancelling: boolean): boolean {
  return phase === 'pending' || phase === 'retrying' || (cancelling && phase === 'cut-off');
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

function isRunEvent(event: DecidedEvent): event is RunEvent {
  return event.type.startsWith('workflow.');
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
