import type { StoredEvent } from '../../contract/events.ts';
import type { Clock } from '../env.ts';
import type { JournalReader } from '../journal/journal.ts';
import { applyActivity, newActivities, OPEN_FOR_MS } from './activity-fold.ts';
import { writeOf, type Content } from './file-write.ts';
import type { OpenActivity } from './open-activity.ts';
import { readPast } from './read-past.ts';

/** What the journal tells whoever begins to lead. */
export interface Recovered {
  /** Activities that nobody ended. */
  readonly open: readonly OpenActivity[];
  /** What files held after the last event about them. */
  readonly contents: ReadonlyMap<string, Content>;
  /** Session → the last event of it that was read. */
  readonly read: ReadonlyMap<string, number>;
  /** Session → the last save of it that an open activity holds. */
  readonly upTo: ReadonlyMap<string, number>;
}

const MAX_CONTENTS = 20_000;

/** `note` sees every event: who follows runs reads along. */
export async function recover(deps: {
  readonly reader: JournalReader;
  readonly clock: Clock;
  readonly note: (event: StoredEvent) => void;
}): Promise<Recovered> {
  const activities = newActivities();
  const contents = new Map<string, Content>();
  const writtenAt = new Map<string, string>();
  const read = new Map<string, number>();
  const since = new Date(deps.clock.now() - OPEN_FOR_MS).toISOString();
  for await (const event of readPast(deps, { since })) {
    deps.note(event);
    applyActivity(activities, event);
    read.set(event.sessionid, event.sequence);
    const write = writeOf(event);
    if (write === null || (contents.size >= MAX_CONTENTS && !contents.has(write.path))) continue;
    // Windows write beside each other, and are read one after another.
    if (event.time < (writtenAt.get(write.path) ?? '')) continue;
    contents.set(write.path, write.after);
    writtenAt.set(write.path, event.time);
  }
  const upTo = new Map<string, number>();
  for (const { event } of activities.unassigned) upTo.set(event.sessionid, event.sequence);
  return { open: [...activities.open.values()], contents, read, upTo };
}
