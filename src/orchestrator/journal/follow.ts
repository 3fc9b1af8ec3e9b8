import path from 'node:path';
import type { StoredEvent } from '../../contract/events.ts';
import type { Env } from '../env.ts';
import type { EventQuery } from './journal.ts';
import { codeOf, namesIn, type Layout } from './layout.ts';
import { matcherOf, newestOf } from './query.ts';
import type { SessionFacts } from './session-facts.ts';
import type { Position } from './session-scan.ts';

/** How often files are looked at where the system tells nothing; and where it does, because its hints may be missed. */
const POLL_MS = 250;
const HINTED_POLL_MS = 1000;
/** One write gives several hints, and a busy session many writes: they are looked at together. */
const GATHER_MS = 20;
/** File systems keep times in steps of up to 10 ms. */
const RACY_MS = 100;

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
 * Stored events of the query (none where it asks for fresh ones), then new ones of any session until the signal aborts. Each
 * session's events come in order; of sessions that write at the same time, by epoch within one look.
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
  /** Dead, and read to the end; or left out. */
  const finished = new Set<string>(query.except === undefined ? [] : [query.except]);
  const changes = watchChanges(deps);
  let seen: string | null = null;

  /** What is stored already counts as told. */
  function passOver(): void {
    for (const { session } of sessions.contexts()) {
      if (!sessions.isLive(session)) finished.add(session);
      else Iterator.from(readOn(session)).forEach(() => undefined);
    }
  }

  function readOn(session: string): Iterable<StoredEvent> {
    const onPosition = (position: Position): void => void positions.set(session, position);
    return sessions.read({ session, from: positions.get(session), onPosition });
  }

  /** Locks and files are looked into only where something was written: most looks find nothing. */
  function* lookIfWritten(): Generator<StoredEvent, void, undefined> {
    const now = stampOf(deps, finished);
    if (now !== null && now === seen) return;
    yield* look();
    seen = now;
  }

  function* look(): Generator<StoredEvent, void, undefined> {
    for (const facts of sessions.contexts()) {
      const { session } = facts;
      const live = sessions.isLive(session);
      if (finished.has(session)) continue;
      if (live || positions.has(session) || matches.session(facts, live))
        yield* Iterator.from(readOn(session)).filter(isMatch);
      if (!live) finished.add(session);
    }
  }

  try {
    if (query.fresh === true) passOver();
    for (let first = true; !signal.aborted; first = false) {
      const changed = changes.next();
      const found = lookIfWritten();
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
  const { clock } = deps.env;
  let wake = (): void => undefined;
  let cancelGather: (() => void) | null = null;
  let unwatch: (() => void) | null = null;
  /** The folder comes with the first session. */
  const watch = (): void => void (unwatch ??= watchIfPossible(deps.env, deps.layout.sessions, onHint));
  watch();

  function onHint(): void {
    cancelGather ??= clock.timer(GATHER_MS, () => {
      cancelGather = null;
      wake();
    });
  }
  const onAbort = (): void => wake();
  deps.signal.addEventListener('abort', onAbort);
  return {
    next() {
      watch();
      return new Promise((resolve) => {
        const cancel = clock.timer(unwatch ? HINTED_POLL_MS : POLL_MS, () => wake(), { keepAlive: true });
        wake = () => {
          cancel();
          resolve();
        };
      });
    },
    stop() {
      wake();
      cancelGather?.();
      unwatch?.();
      deps.signal.removeEventListener('abort', onAbort);
    },
  };
}

/** The folder may not be there yet, or the system may be out of watches: then polling has to do. */
function watchIfPossible(env: Env, dir: string, changed: () => void): (() => void) | null {
  try {
    return env.files.watch(dir, changed);
  } catch (error) {
    if (codeOf(error) === null) throw error;
    return null;
  }
}

/**
 * Differs after every write of a session that is not finished, and when sessions come or end. Null while a file is so young that
 * the next write may leave it the same time.
 */
function stampOf(
  { env, layout }: { readonly env: Env; readonly layout: Layout },
  finished: ReadonlySet<string>,
): string | null {
  let youngest = 0;
  const stamps = namesIn(env, layout.sessions).map((name) => {
    if (finished.has(name.split('.')[0] ?? '')) return name;
    const stat = env.files.stat(path.join(layout.sessions, name));
    youngest = Math.max(youngest, stat?.mtimeMs ?? 0);
    return `${name}:${stat?.size}:${stat?.mtimeMs}`;
  });
  return env.clock.now() - youngest < RACY_MS ? null : stamps.sort().join(' ');
}
