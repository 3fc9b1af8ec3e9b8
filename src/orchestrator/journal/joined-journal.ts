import type { StoredEvent } from '../../contract/events.ts';
import type { Journal } from './journal.ts';

/** Sessions of one process as one journal: what they store is heard in one place, and they are closed together. */
export interface JoinedJournal<Opened extends Journal> {
  /** Appends to the first one. */
  readonly journal: Opened;
  /** One more session, for events that must come after those of other, newer sessions. */
  add(journal: Journal): void;
}

export function joinJournal<Opened extends Journal>(first: Opened): JoinedJournal<Opened> {
  const sessions: Journal[] = [first];
  const listeners = new Map<(event: StoredEvent) => void, (() => void)[]>();
  return {
    journal: {
      ...first,
      owns: (session) => sessions.some((one) => one.owns(session)),
      subscribe(listener) {
        // Each subscription counts for itself, also where a listener is given twice.
        const own = (event: StoredEvent): void => listener(event);
        listeners.set(
          own,
          sessions.map((session) => session.subscribe(own)),
        );
        return () => {
          for (const stop of listeners.get(own) ?? []) stop();
          listeners.delete(own);
        };
      },
      async close() {
        await Promise.all(sessions.map((session) => session.close()));
      },
    },
    add(journal) {
      sessions.push(journal);
      for (const [listener, stops] of listeners) stops.push(journal.subscribe(listener));
    },
  };
}
