import type { StoredEvent } from '../../contract/events.ts';
import type { Breath } from '../breath.ts';

/** Events that did not fit a queue. They are in the journal: only from where to where is kept here. */
export interface Backlog {
  isEmpty(): boolean;
  /** To be called in each session's order, as the journal has it. */
  add(event: StoredEvent): void;
  /** Reads in order until `take` says that one does not fit; that one and what follows stay. To be called until it is empty. */
  drain(take: (event: StoredEvent) => boolean, breathe: Breath): Promise<void>;
  clear(): void;
}

interface Missed {
  from: number;
  to: number;
}

export function createBacklog(deps: {
  /** All stored events of a session, in order. */
  readonly read: (session: string) => Iterable<StoredEvent>;
  readonly matches: (event: StoredEvent) => boolean;
}): Backlog {
  const missed = new Map<string, Missed>();

  /** True when everything up to where the range now ends was taken: it may have grown meanwhile. */
  async function drainSession(
    session: string,
    range: Missed,
    how: { readonly take: (event: StoredEvent) => boolean; readonly breathe: Breath },
  ): Promise<boolean> {
    const end = range.to;
    for (const event of deps.read(session)) {
      if (event.sequence > end) break;
      if (event.sequence >= range.from && deps.matches(event)) {
        if (!how.take(event)) return false;
        range.from = event.sequence + 1;
      }
      const pause = how.breathe();
      if (pause) await pause;
    }
    range.from = end + 1;
    return range.from > range.to;
  }

  return {
    isEmpty: () => missed.size === 0,
    add({ sessionid, sequence }) {
      const range = missed.get(sessionid);
      if (range) range.to = sequence;
      else missed.set(sessionid, { from: sequence, to: sequence });
    },
    async drain(take, breathe) {
      for (const [session, range] of missed) {
        if (!(await drainSession(session, range, { take, breathe }))) return;
        missed.delete(session);
      }
    },
    clear: () => missed.clear(),
  };
}
