import type { ActivityView, Decision } from '../../contract/activities.ts';
import type { Origin, StoredEvent } from '../../contract/events.ts';
import type { RunView } from '../../contract/runs.ts';
import type { JournalReader } from '../journal/journal.ts';
import { decidedOf, settledOf } from './activity-fold.ts';
import { writeOf } from './file-write.ts';
import { activityWords, manualWords, writerWords } from './why-words.ts';

/** Why something ran, or did not: read from the journal's files, without a lock. */
export interface Why {
  /** Sentences for people. */
  readonly story: readonly string[];
  /** Newest first. */
  readonly decisions: readonly ToldDecision[];
}

/** A decision with what it was about. */
export interface ToldDecision extends Decision {
  /** Id; null where it was for no activity (a save, a commit, the clock, a person). */
  readonly activity: string | null;
  /** Files of the activity, at most those that it lists. */
  readonly files: readonly string[];
  readonly origin: Origin | null;
}

/** A run by its view. */
export function whyRun(reader: JournalReader, view: RunView): Why {
  const { run, number, workflow, startedAt, trigger } = view;
  const replaced = view.replacedBy === null ? [] : [`Run ${view.replacedBy} replaced it.`];
  if (trigger.kind === 'manual') {
    const why = manualWords(view);
    const decision = { workflow, decision: 'started', why, run, number, at: startedAt } as const;
    const told = { ...decision, activity: null, files: [], origin: 'human' } as const;
    return { story: [`Run ${number} of ${workflow} was ${why}.`], decisions: [told] };
  }
  const told = tell(reader, { since: before(startedAt) }, (one) => one.run === run);
  const activities = told.activities.filter(({ id }) => trigger.activities.includes(id));
  const how = { save: 'a save', activity: 'edits that had stopped', commit: 'a commit', schedule: 'its schedule' };
  return {
    story: [
      `Run ${number} of ${workflow} was started by itself, after ${how[trigger.kind]}.`,
      ...activities.map(activityWords),
      ...replaced,
    ],
    decisions: told.decisions,
  };
}

/** The newest decisions on a workflow, at most `limit`; those on all workflows among them. */
export function whyWorkflow(reader: JournalReader, workflow: string, limit: number): Why {
  const newest = [...reader.events({ types: [DECIDED], limit: DECISIONS_READ })];
  const since = newest[0]?.time;
  if (since === undefined) return { story: [], decisions: [] };
  const told = tell(reader, { since: before(since) }, (one) => one.workflow === workflow || one.workflow === null);
  return { story: [], decisions: told.decisions.slice(0, limit) };
}

/** An activity, or an event: a save, a commit, an event of a run (then `run` is what to ask for). Null where there is neither. */
export function whyEvent(reader: JournalReader, id: string): Why | { readonly run: string } | null {
  const event = Iterator.from(reader.events({})).find(
    (one) => one.id === id || one.data['activity'] === id || one.data['id'] === id,
  );
  if (event === undefined) return null;
  const { run } = event.data;
  if (event.id === id && typeof run === 'string') return { run };
  const activity = event.id === id ? activityOf(reader, event) : id;
  const own = tell(reader, { since: before(event.time) }, () => true);
  const decisions = own.decisions.filter((one) => one.event === id || (activity !== null && one.activity === activity));
  const view = own.activities.find((one) => one.id === activity);
  const write = writeOf(event);
  const file = write && event.id === id ? [`${write.path} was written by ${writerWords(write.origin)}.`] : [];
  if (write?.ignored)
    return { story: file, decisions: [synthesized(event, { decision: 'filtered', why: 'ignored by .gitignore' })] };
  if (decisions.length === 0 && view === undefined && write)
    return { story: file, decisions: [synthesized(event, { decision: 'waiting', why: 'waits until the edits stop' })] };
  const nothing = decisions.length === 0 ? ['Nothing was started for it.'] : [];
  return { story: [...file, ...(view ? [activityWords(view)] : []), ...nothing], decisions };
}

/** What came of the newest write of a file, by its path below the root. Null where none is known. */
export function whyFile(reader: JournalReader, path: string): ReturnType<typeof whyEvent> {
  let newest: string | null = null;
  for (const { id, subject } of reader.events({ types: ['file.*'] })) if (subject === path) newest = id;
  return newest === null ? null : whyEvent(reader, newest);
}

const DECIDED = 'activity.decided';
const SETTLED = 'activity.settled';
/** Of these the newest decisions on one workflow are taken. */
const DECISIONS_READ = 2000;
/** An activity is settled at most 5 minutes after it began, and a decision is stored soon after. */
const BEFORE_MS = 600_000;

interface Told {
  readonly activities: readonly ActivityView[];
  readonly decisions: readonly (ToldDecision & { readonly event: string | null })[];
}

function tell(
  reader: JournalReader,
  { since }: { readonly since: string },
  matches: (decision: Decision) => boolean,
): Told {
  const activities = new Map<string, ActivityView>();
  const found: { readonly decision: Decision; readonly activity: string | null; readonly event: string | null }[] = [];
  for (const { type, data } of reader.events({ types: [DECIDED, SETTLED], since })) {
    if (type === SETTLED) {
      const { view } = settledOf(data);
      activities.set(view.id, view);
      continue;
    }
    const { ids, decisions } = decidedOf(data);
    const event = typeof data['event'] === 'string' ? data['event'] : null;
    for (const decision of decisions.filter(matches))
      for (const activity of ids.length === 0 ? [null] : ids) found.push({ decision, activity, event });
  }
  const decisions = found.map(({ decision, activity, event }) => {
    const view = activity === null ? undefined : activities.get(activity);
    const files = view?.files.map(({ path }) => path) ?? [];
    return { ...decision, activity, files, origin: view?.origin ?? null, event };
  });
  return { activities: [...activities.values()], decisions: decisions.reverse() };
}

/** The activity that a write went into; a write of a window that does not lead is taken in by the next that is settled. */
function activityOf(reader: JournalReader, { data, sessionid, sequence, time }: StoredEvent): string | null {
  if (typeof data['activity'] === 'string') return data['activity'];
  const settled = Iterator.from(reader.events({ types: [SETTLED], since: before(time) })).find(({ data: one }) => {
    const upTo = settledOf(one).upTo[sessionid];
    return typeof upTo === 'number' && upTo >= sequence;
  });
  return settled ? settledOf(settled.data).view.id : null;
}

function synthesized({ data, time, origin }: StoredEvent, what: Pick<Decision, 'decision' | 'why'>): ToldDecision {
  const activity = typeof data['activity'] === 'string' ? data['activity'] : null;
  const files = typeof data['path'] === 'string' ? [data['path']] : [];
  return { workflow: null, ...what, run: null, number: null, at: time, activity, files, origin };
}

function before(time: string): string {
  return new Date(Date.parse(time) - BEFORE_MS).toISOString();
}
