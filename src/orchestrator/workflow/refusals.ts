import { fail, type Failure, type Result } from '../../contract/failures.ts';
import type { RunState } from './run-state.ts';

/** Why the runner refuses, in words for people. */

/** Nothing that is tried again succeeds: the state folder cannot be written. */
export function cannotStore({ code }: Failure): boolean {
  return code === 'disk-full' || code === 'read-only' || code === 'journal-failed';
}

/** What became of a run of which nothing more could be stored, beside why. */
export function cutOff(number: number, failure: Failure): Result<never> {
  if (!cannotStore(failure)) return { ok: false, failure };
  const message = `${failure.message} Run ${number} was cut off; what it finished is kept. Go on with it: savepoint resume ${number}`;
  return { ok: false, failure: { ...failure, message } };
}

export function endedAlready({ start, status }: RunState): Result<never> {
  return fail('not-cancellable', `Run ${start.number} has ended already (${status ?? ''}).`);
}

export function unknownRun(ref: string): Result<never> {
  return fail('not-found', `There is no run ${ref} in this workspace. See them with: savepoint runs`);
}

export function runLive(number: number): Result<never> {
  return fail(
    'run-live',
    `Run ${number} is running in another window or terminal. Stop it there, or with: savepoint cancel ${number}`,
  );
}

export function whyNotRetryable(state: RunState, live: boolean): string {
  const { number } = state.start;
  if (state.status === 'completed') return 'finished, so there is nothing to retry. Start it anew with: savepoint run';
  if (state.status === 'superseded') return 'was replaced by newer edits. Start it anew with: savepoint run';
  if (live) return `is still running. Wait for its end, or stop it with: savepoint cancel ${number}`;
  return `was cut off or waits for you. Go on with it: savepoint resume ${number}`;
}
