import type { StoredEvent } from '../../contract/events.ts';
import type { EventQuery } from './journal.ts';
import type { SessionFacts } from './session-facts.ts';

/** Whether a session may hold matching events, and whether an event matches. Times must be dates that Date can parse. */
export function matcherOf(query: EventQuery): {
  session(facts: SessionFacts, live: boolean): boolean;
  event(event: StoredEvent): boolean;
} {
  const since = canonical(query.since);
  const until = canonical(query.until);
  const exact = new Set(query.types?.filter((type) => !type.endsWith('.*')));
  const prefixes = (query.types ?? []).filter((type) => type.endsWith('.*')).map((type) => type.slice(0, -1));

  return {
    session(facts, live) {
      if (query.session !== undefined && facts.session !== query.session) return false;
      if (live) return true;
      if (query.run !== undefined && !facts.runs.some(({ run }) => run === query.run)) return false;
      // The clock may have been set back within a session, so its times say nothing about order: both ends count.
      return since === null || facts.lastAt >= since || facts.startedAt >= since;
    },
    event(event) {
      if (query.session !== undefined && event.sessionid !== query.session) return false;
      if (query.run !== undefined && event.data['run'] !== query.run) return false;
      if (
        query.types !== undefined &&
        !exact.has(event.type) &&
        !prefixes.some((prefix) => event.type.startsWith(prefix))
      )
        return false;
      return (since === null || event.time >= since) && (until === null || event.time < until);
    },
  };
}

/** As events write their time, so that texts compare as times do. */
function canonical(time: string | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}

/** The last `count` of what comes, in order. */
export function newestOf(events: Iterable<StoredEvent>, count: number): readonly StoredEvent[] {
  let kept: StoredEvent[] = [];
  for (const event of events) {
    kept.push(event);
    if (kept.length >= 2 * count + 1024) kept = kept.slice(-count);
  }
  return kept.slice(-count);
}
