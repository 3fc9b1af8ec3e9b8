import type { StoredEvent } from '../../contract/events.ts';
import type { Env } from '../env.ts';
import type { EventQuery } from './journal.ts';
import { codeOf, type Layout } from './layout.ts';
import { matcherOf, newestOf } from './query.ts';
import type { SessionFacts } from './session-facts.ts';
import type { Position } from './session-scan.ts';

/** How often files are looked at where the system's hint does not come. */
const POLL_MS = 250;

export interface SessionsAsTheyAre {
  /** Looks again; oldest first. */
  contexts(): readonly SessionFacts[];
  /** As of the last look. */
  isLive(session: string): boolean;
  read(request: ReadRequest): Iterable<StoredEvent>;
}

export interface ReadRequest {
  readonly session: string;
  readonly from?: Position | undefined;
  /** Told, at the end, how far it came. */
  readonly onPosition?: (position: Position) => void;
}

/**
 * Stored events of the query, then new ones of any session until the signal aborts. Each session's events come in order; of
 * sessions that write at the same time, by epoch within one look.
 */
export async function* followSessions(deps: {
  readonly env: Env;
  readonly layout: Layout;
  readonly query: EventQuery;
  readonly signal: AbortSignal;
  readonly sessions: SessionsAsTheyAre;
}): AsyncGenerator<StoredEvent, void, undefined> {
  const { query, signal, sessions } = deps;
  const matches = matcherOf(query);
  const isMatch = (event: StoredEvent): boolean => matches.event(event);
  const positions = new Map<string, Position>();
  /** Dead, and read to the end. */
  const finished = new Set<string>();
  const changes = watchChanges(deps);

  function* look(): Generator<StoredEvent, void, undefined> {
    for (const facts of sessions.contexts()) {
      const { session } = facts;
      const live = sessions.isLive(session);
      if (finished.has(session)) continue;
      if (live || positions.has(session) || matches.session(facts, live)) {
        const onPosition = (position: Position): void => void positions.set(session, position);
        yield* Iterator.from(sessions.read({ session, from: positions.get(session), onPosition })).filter(isMatch);
      }
      if (!live) finished.add(session);
    }
  }

  try {
    for (let first = true; !signal.aborted; first = false) {
      const changed = changes.next();
      const found = look();
      for (const event of first && query.limit !== undefined ? newestOf(found, query.limit) : found) {
        yield event;
        if (signal.aborted) return;
      }
      await changed;
    }
  } finally {
    changes.stop();
  }
}

/** `next` resolves at the next hint, after the poll time, or when the signal aborts; a hint before it is awaited counts. */
function watchChanges(deps: { readonly env: Env; readonly layout: Layout; readonly signal: AbortSignal }): {
  next(): Promise<void>;
  stop(): void;
} {
  let wake = (): void => undefined;
  const unwatch = watchIfPossible(deps.env, deps.layout.sessions, () => wake());
  const onAbort = (): void => wake();
  deps.signal.addEventListener('abort', onAbort);
  return {
    next() {
      return new Promise((resolve) => {
        const cancel = deps.env.clock.timer(POLL_MS, () => wake(), { keepAlive: true });
        wake = () => {
          cancel();
          resolve();
        };
      });
    },
    stop() {
      wake();
      unwatch();
      deps.signal.removeEventListener('abort', onAbort);
    },
  };
}

/** The folder may not be there yet, or the system may be out of watches: then polling has to do. */
function watchIfPossible(env: Env, dir: string, changed: () => void): () => void {
  try {
    return env.files.watch(dir, changed);
  } catch (error) {
    if (codeOf(error) === null) throw error;
    return () => undefined;
  }
}
