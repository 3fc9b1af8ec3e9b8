import path from 'node:path';
import type { StoredEvent } from '../../contract/events.ts';
import { breathe } from '../breath.ts';
import type { Env } from '../env.ts';
import { createCheckpoint } from './checkpoint.ts';
import { listSessions, lockName, segmentName, type Layout, type SessionFiles } from './layout.ts';
import { createSessionScan, type Damage, type Position, type WriterState } from './session-scan.ts';

/** A fold over all sessions, each read once: `state` must not depend on the order in which sessions are read. */
export interface Fold<S> {
  readonly initial: () => S;
  /** Changes `state` in place: a copy for each of a million events would cost more than reading them. */
  readonly apply: (state: S, event: StoredEvent) => void;
  /** The session is gone, or is about to be read again from its start. */
  readonly forget: (state: S, session: string) => void;
}

export interface Projection<S> {
  /** Reads what is new in every session, and returns the state, which the next call goes on changing. */
  refresh(): S;
  /** The same, with breaths. Until it has ended nothing else may be asked of this projection. */
  refreshInPieces(): Promise<S>;
  /** As of the last refresh. */
  writerState(session: string): WriterState;
  /** Files of the sessions, as of the last refresh. */
  sessions(): ReadonlyMap<string, SessionFiles>;
}

interface Cursor extends Position {
  /** Size and time of each segment when it was last read to its end; null while its writer lives. */
  readonly stamp: string | null;
}

interface Saved<S> {
  cursors: Record<string, Cursor>;
  state: S;
}

/** Events read anew that make it worth to write the checkpoint again. */
const SAVE_AFTER_EVENTS = 500;

export function createProjection<S>(deps: {
  readonly env: Env;
  readonly layout: Layout;
  /** File name of the checkpoint in the state folder. */
  readonly name: string;
  readonly fold: Fold<S>;
  readonly onDamage: (session: string, damage: Damage) => void;
}): Projection<S> {
  const { env, layout, fold } = deps;
  const checkpoint = createCheckpoint<Saved<S>>(deps);
  let saved: Saved<S> | null = null;
  let unsaved = 0;
  let live: ReadonlySet<string> = new Set();
  let sessions: ReadonlyMap<string, SessionFiles> = new Map();

  return { refresh, refreshInPieces, writerState, sessions: () => sessions };

  function refresh(): S {
    for (const reading = pieces(); ;) {
      const { done, value } = reading.next();
      if (done) return value;
    }
  }

  async function refreshInPieces(): Promise<S> {
    for (const reading = pieces(); ;) {
      const { done, value } = reading.next();
      if (done) return value;
      const pause = breathe();
      if (pause) await pause;
    }
  }

  function* pieces(): Generator<void, S> {
    saved ??= checkpoint.read() ?? { cursors: {}, state: fold.initial() };
    sessions = listSessions(env, layout);
    live = new Set([...sessions.values()].filter(isLive).map(({ session }) => session));
    forgetGone(saved);
    for (const found of sessions.values()) yield* readSession(saved, found);
    if (unsaved >= SAVE_AFTER_EVENTS) {
      checkpoint.write(saved);
      unsaved = 0;
    }
    return saved.state;
  }

  function isLive({ session, locked }: SessionFiles): boolean {
    return locked && env.locks.isHeld(path.join(layout.sessions, lockName(session)));
  }

  function writerState(session: string): WriterState {
    if (live.has(session)) return 'live';
    return sessions.get(session)?.locked ? 'died' : 'closed';
  }

  function forgetGone({ cursors, state }: Saved<S>): void {
    for (const session of Object.keys(cursors)) {
      if (sessions.has(session)) continue;
      fold.forget(state, session);
      delete cursors[session];
    }
  }

  function* readSession(into: Saved<S>, found: SessionFiles): Generator<void> {
    const { session, segments } = found;
    const stamp = live.has(session) ? null : stampOf(found);
    let cursor: Position | undefined = into.cursors[session];
    if (stamp !== null && into.cursors[session]?.stamp === stamp) return;
    if (cursor !== undefined && into.cursors[session]?.stamp != null) {
      fold.forget(into.state, session);
      cursor = undefined;
    }
    const scan = createSessionScan({ env, layout }, { session, segments, from: cursor, writer: writerState(session) });
    for (const event of scan.events()) {
      fold.apply(into.state, event);
      unsaved++;
      yield;
    }
    for (const damage of scan.damages()) deps.onDamage(session, damage);
    into.cursors[session] = { ...scan.position(), stamp };
    // A session read to its end for good is worth a checkpoint however short it is.
    if (stamp !== null) unsaved += SAVE_AFTER_EVENTS;
  }

  function stampOf({ session, segments }: SessionFiles): string {
    const stamps = segments.map((segment) => {
      const stat = env.files.stat(path.join(layout.sessions, segmentName(session, segment)));
      return stat ? `${segment}:${stat.size}:${stat.mtimeMs}` : `${segment}`;
    });
    return stamps.join(' ');
  }
}
