import type { StoredEvent } from '../../contract/events.ts';
import { fail, ok, type Result } from '../../contract/failures.ts';
import type { Locks } from '../env.ts';
import type { Claims, OnlyRetry } from '../journal/claims.ts';
import type { Journal, JournalReader, SessionInfo } from '../journal/journal.ts';
import { toNewEvent } from './new-event.ts';
import type { OpenRuns } from './open-runs.ts';
import { asRunEvent, type RunStart } from './run-events.ts';
import { evolve, foldState, type RunState } from './run-state.ts';

/** What is stored of runs, and what must be stored before this session may go on with one of a dead session. */
export interface StoredRuns {
  /** Null when nothing of it is stored. */
  stateOf(run: string): RunState | null;
  /**
   * Makes a dead session's run this session's, and gives it as it then stands, with the death stored: who looked before may have
   * seen less. `run-live` when somebody else has it, or another one is the only retry.
   */
  takeOver(start: RunStart, only?: OnlyRetry): Promise<Result<RunState>>;
  /** Completed steps of which the effect was undone, or began to be, by a later run that had taken them over. */
  undoneSince(state: RunState): ReadonlySet<string>;
  /** Stores the death for every run that dead sessions left open. */
  recordDeaths(): Promise<Result<null>>;
}

export function createStoredRuns(deps: {
  readonly journal: Journal;
  readonly reader: JournalReader;
  readonly claims: Claims;
  readonly openRuns: OpenRuns;
  readonly locks: Locks;
  /** Held while deaths are stored, so that each is told once. */
  readonly lockPath: string;
}): StoredRuns {
  const { journal, claims, openRuns } = deps;
  return { stateOf, takeOver, undoneSince, recordDeaths };

  function stateOf(run: string): RunState | null {
    return foldState(runEvents(run));
  }

  function* runEvents(run: string): Generator<NonNullable<ReturnType<typeof asRunEvent>>> {
    for (const event of deps.reader.events({ run, types: ['workflow.*'] })) {
      const own = asRunEvent(event);
      if (own) yield own;
    }
  }

  async function takeOver({ run, number }: RunStart, only?: OnlyRetry): Promise<Result<RunState>> {
    if (isNewer(run))
      return fail(
        'run-live',
        `Run ${number} was last worked on by a newer window or terminal. Resume it in a new one.`,
      );
    const claimed = claims.claim(run, only);
    if (!claimed.ok) return claimed;
    // It was meant for an owner that is gone.
    openRuns.takeStopRequest(run);
    const state = stateOf(run);
    if (!state) throw new Error(`run ${run} lost its start`);
    return recordDeath(state);
  }

  function undoneSince({ start, steps }: RunState): ReadonlySet<string> {
    const undone = new Set<string>();
    // Reads the whole history, which what never wrote need not cost.
    if (!steps.values().some(({ plan, result }) => plan.mayWrite && result !== null)) return undone;
    const takers = new Set<string>();
    const types = ['workflow.step.completed', 'workflow.compensation.started'];
    for (const event of deps.reader.events({ types })) {
      const own = asRunEvent(event);
      if (own?.type === 'workflow.step.completed') {
        const { run, step, takenOver, cached } = own.data;
        if (takenOver && cached === (steps.get(step)?.cached ?? start.run)) takers.add(`${run} ${step}`);
      } else if (own?.type === 'workflow.compensation.started') {
        const { run, step } = own.data;
        if (takers.has(`${run} ${step}`)) undone.add(step);
      }
    }
    return undone;
  }

  /** Events of a run are ordered by the number of their session, so only a newer session may go on with it. */
  function isNewer(run: string): boolean {
    return [...deps.reader.events({ run, limit: 1 })].some(({ epoch }) => epoch > journal.epoch);
  }

  async function recordDeaths(): Promise<Result<null>> {
    if (deadSessions().length === 0) return ok(null);
    const lock = deps.locks.acquire(deps.lockPath);
    // Another process is storing them.
    if (lock === null) return ok(null);
    try {
      for (const { session, runs } of deadSessions()) {
        for (const run of runs) {
          const state = stateOf(run);
          if (state?.session !== session || isNewer(run)) continue;
          if (state.phase === 'running' && state.host === 'editor') openRuns.leave(run);
          const stored = await recordDeath(state);
          if (!stored.ok) return stored;
        }
        // Only now: who dies before it leaves the mark to the next one.
        openRuns.closed(session);
      }
      return ok(null);
    } finally {
      lock.release();
    }
  }

  /** Dead sessions that had runs at work, of which this session may tell. */
  function deadSessions(): readonly SessionInfo[] {
    const marked = openRuns.sessions().filter((session) => session !== journal.session);
    if (marked.length === 0) return [];
    return deps.reader
      .sessions()
      .filter(({ session, live, epoch }) => marked.includes(session) && !live && epoch <= journal.epoch);
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
