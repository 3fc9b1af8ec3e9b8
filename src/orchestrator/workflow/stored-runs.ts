import type { StoredEvent } from '../../contract/events.ts';
import { fail, ok, type Result } from '../../contract/failures.ts';
import type { Claims } from '../journal/claims.ts';
import type { Journal, JournalReader } from '../journal/journal.ts';
import { toNewEvent } from './new-event.ts';
import type { OpenRuns } from './open-runs.ts';
import { asRunEvent, type RunStart } from './run-events.ts';
import { evolve, foldState, type RunState } from './run-state.ts';

/** What is stored of runs, and what must be stored before this session may go on with one of a dead session. */
export interface StoredRuns {
  /** Null when nothing of it is stored. */
  stateOf(run: string): RunState | null;
  /** Makes a dead session's run this session's: `run-live` when somebody else has it. */
  takeOver(start: RunStart): Result<null>;
  /** The run of a dead session, with that stored. */
  recordDeath(state: RunState): Promise<Result<RunState>>;
  /** The same for every run that dead sessions left open. */
  recordDeaths(): Promise<Result<null>>;
}

export function createStoredRuns(deps: {
  readonly journal: Journal;
  readonly reader: JournalReader;
  readonly claims: Claims;
  readonly openRuns: OpenRuns;
}): StoredRuns {
  const { journal, claims, openRuns } = deps;
  return { stateOf, takeOver, recordDeath, recordDeaths };

  function stateOf(run: string): RunState | null {
    return foldState(runEvents(run));
  }

  function* runEvents(run: string): Generator<NonNullable<ReturnType<typeof asRunEvent>>> {
    for (const event of deps.reader.events({ run, types: ['workflow.*'] })) {
      const own = asRunEvent(event);
      if (own) yield own;
    }
  }

  function takeOver({ run, number }: RunStart): Result<null> {
    if (isNewer(run))
      return fail(
        'run-live',
        `Run ${number} was last worked on by a newer window or terminal. Resume it in a new one.`,
      );
    return claims.claim(run);
  }

  /** Events of a run are ordered by the number of their session, so only a newer session may go on with it. */
  function isNewer(run: string): boolean {
    return [...deps.reader.events({ run, limit: 1 })].some(({ epoch }) => epoch > journal.epoch);
  }

  async function recordDeaths(): Promise<Result<null>> {
    const marked = openRuns.sessions().filter((session) => session !== journal.session);
    if (marked.length === 0) return ok(null);
    for (const { session, live, epoch, runs } of deps.reader.sessions()) {
      if (!marked.includes(session) || live || epoch > journal.epoch || !openRuns.closed(session)) continue;
      for (const run of runs) {
        const state = stateOf(run);
        if (state?.session !== session || isNewer(run)) continue;
        const stored = await recordDeath(state);
        if (!stored.ok) return stored;
      }
    }
    return ok(null);
  }

  /** The run of a dead session, with that stored. */
  async function recordDeath(state: RunState): Promise<Result<RunState>> {
    if (state.phase !== 'running') return ok(state);
    const { run } = state.start;
    const data = { run, session: state.session, reason: 'died' } as const;
    const stored = await journal.append([toNewEvent(run, { type: 'workflow.interrupted', data })]);
    return stored.ok ? ok(foldOnto(state, stored.value)) : stored;
  }
}

function foldOnto(before: RunState, events: readonly StoredEvent[]): RunState {
  return events.reduce<RunState>((state, event) => {
    const own = asRunEvent(event);
    return (own && evolve(state, own)) ?? state;
  }, before);
}
