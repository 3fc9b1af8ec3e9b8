import type { StoredEvent } from '../../contract/events.ts';
import type { Env } from '../env.ts';
import { followSessions, type ReadRequest } from './follow.ts';
import type { EventQuery, JournalReader, Repair, SessionInfo } from './journal.ts';
import { layoutOf, segmentName } from './layout.ts';
import { createProjection } from './projection.ts';
import { matcherOf, newestOf } from './query.ts';
import { sessionIndexFold, type SessionFacts } from './session-facts.ts';
import { createSessionScan, type Damage } from './session-scan.ts';

/** What a reader knows beyond the port: the context of sessions, and what numbers of runs are taken. */
export interface HistoryReader extends JournalReader {
  /** Oldest first; files modified, agents used and workflows executed of each session. */
  contexts(): readonly SessionFacts[];
  /** The damage behind `repairs`, session by session. */
  damages(): readonly DamagedSession[];
  /** The highest number of any run whose events are kept; 0 without any. */
  highestRun(): number;
}

export interface DamagedSession {
  readonly session: string;
  readonly damage: Damage;
  readonly repair: Repair;
  /** An event tells of it already. */
  readonly known: boolean;
}

/** The file of the session index: a cache in lowdb, made again from the sessions whenever it is missing, stale or damaged. */
export const SESSION_INDEX = 'sessions.json';

export function createJournalReader(deps: { readonly env: Env; readonly stateDir: string }): HistoryReader {
  const { env } = deps;
  const layout = layoutOf(deps.stateDir);
  const damages = new Map<string, DamagedSession>();
  const index = createProjection({ env, layout, name: SESSION_INDEX, fold: sessionIndexFold, onDamage });

  return {
    sessions,
    contexts,
    events,
    follow: (query, signal) => followSessions({ env, layout, query, signal, sessions: { contexts, isLive, read } }),
    repairs: () => damaged().map(({ repair }) => repair),
    damages: damaged,
    highestRun: () => Math.max(0, ...contexts().map((facts) => facts.highestRun)),
  };

  function contexts(): readonly SessionFacts[] {
    return Object.values(index.refresh()).sort((a, b) => a.epoch - b.epoch);
  }

  function sessions(): readonly SessionInfo[] {
    return contexts().map((facts) => {
      const live = isLive(facts.session);
      const { session, epoch, startedAt, events } = facts;
      return {
        session,
        epoch,
        startedAt,
        endedAt: live ? null : facts.lastAt,
        live,
        events,
        runs: facts.runs.map(({ run }) => run),
      };
    });
  }

  function* events(query: EventQuery): Generator<StoredEvent, void, undefined> {
    const matches = matcherOf(query);
    const isMatch = (event: StoredEvent): boolean => matches.event(event);
    const candidates = contexts().filter((facts) => matches.session(facts, isLive(facts.session)));
    if (query.limit === undefined) {
      for (const { session } of candidates) yield* read({ session }).filter(isMatch);
      return;
    }
    const newest: (readonly StoredEvent[])[] = [];
    let missing = query.limit;
    for (const { session } of candidates.toReversed()) {
      if (missing <= 0) break;
      const found = newestOf(read({ session }).filter(isMatch), missing);
      missing -= found.length;
      newest.unshift(found);
    }
    for (const found of newest) yield* found;
  }

  function isLive(session: string): boolean {
    return index.writerState(session) === 'live';
  }

  function* read(request: ReadRequest): Generator<StoredEvent, void, undefined> {
    const { session, from } = request;
    const segments = index.sessions().get(session)?.segments ?? [];
    const scan = createSessionScan({ env, layout }, { session, segments, from, writer: index.writerState(session) });
    yield* scan.events();
    request.onPosition?.(scan.position());
    for (const damage of scan.damages()) onDamage(session, damage);
  }

  function onDamage(session: string, damage: Damage): void {
    const file = `sessions/${segmentName(session, damage.segment)}`;
    const repair = { file, lost: damage.lost, keptAside: null };
    damages.set(JSON.stringify([file, damage.lost, damage.bytes]), { session, damage, repair, known: false });
  }

  /** Says where a writer kept the damaged bytes, if one has. */
  function damaged(): readonly DamagedSession[] {
    if (damages.size === 0) return [];
    const alerts = contexts().flatMap((facts) => facts.alerts);
    return [...damages.values()].map((found) => {
      const lost = JSON.stringify(found.repair.lost);
      const alert = alerts.find((known) => known.file === found.repair.file && JSON.stringify(known.lost) === lost);
      return alert ? { ...found, known: true, repair: { ...found.repair, keptAside: alert.keptAside } } : found;
    });
  }
}
