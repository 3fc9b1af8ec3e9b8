import { ok } from '../../contract/failures.ts';
import type { RunView } from '../../contract/runs.ts';
import type { RunHandle } from './api.ts';
import type { RunStart } from './run-events.ts';
import { foldState, type RunState } from './run-state.ts';
import { viewRun } from './run-view.ts';

/** What the runner hands out of a run. */

/** Of a run that this process has, or that has ended. */
export function viewOf(state: RunState): RunView {
  return viewRun(state, { session: state.session, live: true });
}

/** A run of which nothing is stored yet. `now`: milliseconds since 1970. */
export function foldedStart(start: RunStart, now: number): RunState {
  const state = foldState([{ type: 'workflow.started', data: start, time: new Date(now).toISOString() }]);
  if (!state) throw new Error('a start folds to a run');
  return state;
}

export function endedHandle(state: RunState): RunHandle {
  const { run, number } = state.start;
  const view = viewOf(state);
  return { run, number, view: () => view, done: Promise.resolve(ok(view)) };
}
