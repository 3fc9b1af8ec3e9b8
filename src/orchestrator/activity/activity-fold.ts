import type { ActivityView, Decision } from '../../contract/activities.ts';
import type { StoredEvent } from '../../contract/events.ts';
import type { JsonObject } from '../../contract/json.ts';
import { dropOldest } from './drop-oldest.ts';
import { writeOf, type FileWrite } from './file-write.ts';
import { addWrite, openActivity, viewOf, type OpenActivity } from './open-activity.ts';

/**
 * Activities as the journal tells them: the open ones write by write, the others as they were settled. Events of several sessions
 * may come in any order as long as each session's own keep theirs.
 */
export interface Activities {
  readonly open: Map<string, OpenActivity>;
  /** The newest that settled, oldest first. */
  readonly settled: Map<string, ActivityView>;
  /** Ids of those that settled, longer than they are kept. */
  readonly ended: Set<string>;
  /** Session → the last of its saves that a settled activity holds. */
  readonly taken: Map<string, number>;
  /** Saves of windows that do not lead, until an activity that is settled says that it holds them. */
  readonly unassigned: (Told & { readonly into: string })[];
}

/** What was left open longer ago (milliseconds) is nobody's expectation any more: no leader goes on with it. */
export const OPEN_FOR_MS = 24 * 3_600_000;
/** Settled activities that are kept, and ids of such. */
const MAX_SETTLED = 50;
const MAX_ENDED = 2000;
const MAX_UNASSIGNED = 10_000;

export function newActivities(): Activities {
  return { open: new Map(), settled: new Map(), ended: new Set(), taken: new Map(), unassigned: [] };
}

/** Takes one event in; says whether any view differs. */
export function applyActivity(activities: Activities, event: StoredEvent): boolean {
  const write = writeOf(event);
  if (write !== null) return applyWrite(activities, write, event);
  if (event.type === 'activity.settled') return applySettled(activities, event);
  return event.type === 'activity.decided' && applyDecided(activities, event);
}

/** Forgets what was left open before then (ISO time). */
export function forgetOpen({ open, unassigned }: Activities, before: string): void {
  for (const { id, lastAt } of [...open.values()]) if (lastAt < before) open.delete(id);
  unassigned.splice(0, unassigned.length, ...unassigned.filter(({ into }) => open.has(into)));
}

/**
 * Newest first, at most 50, open ones among them: with the decision that they wait. Those of which nothing is left are not told: all
 * writes part of another, or every file as it was before.
 */
export function viewActivities(activities: Activities): readonly ActivityView[] {
  const open = [...activities.open.values()].map((activity) => {
    const view = viewOf(activity, null);
    return { ...view, decisions: [waiting(view.lastAt)] };
  });
  const left = [...activities.settled.values(), ...open].filter(({ total, label }) => total > 0 || label !== '');
  return left.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1)).slice(0, MAX_SETTLED);
}

function waiting(at: string): Decision {
  return { workflow: null, decision: 'waiting', why: 'waits until the edits stop', run: null, number: null, at };
}

function applyWrite(activities: Activities, write: FileWrite, event: StoredEvent): boolean {
  if (write.ignored) return false;
  if (write.activity !== null) {
    if (activities.ended.has(write.activity)) return false;
    addTo(activities, write.activity, { write, event });
    return true;
  }
  // A run's writes get their activity from the leader, and are seen when it is settled.
  if (write.origin !== 'human' || activities.unassigned.length >= MAX_UNASSIGNED) return false;
  if (isTaken(activities, event)) return false;
  join(activities, { write, event });
  return true;
}

interface Told {
  readonly write: FileWrite;
  readonly event: StoredEvent;
}

function isTaken({ taken }: Activities, event: StoredEvent): boolean {
  return (taken.get(event.sessionid) ?? 0) >= event.sequence;
}

/** As the leader will: into what the person has open, else it opens one by its own id. */
function join(activities: Activities, told: Told): void {
  const own = [...activities.open.values()].find(({ origin }) => origin === 'human');
  const into = own?.id ?? told.event.id;
  activities.unassigned.push({ ...told, into });
  addTo(activities, into, told);
}

function addTo(activities: Activities, id: string, { write, event }: Told): void {
  let activity = activities.open.get(id);
  if (activity === undefined) {
    activity = openActivity({ id, origin: write.origin, at: event.time });
    activities.open.set(id, activity);
  }
  addWrite(activity, write, event.time);
}

function applySettled(activities: Activities, event: StoredEvent): boolean {
  const { open, settled, ended, taken } = activities;
  const { view, upTo } = settledOf(event.data);
  open.delete(view.id);
  settled.set(view.id, view);
  ended.add(view.id);
  dropOldest(settled, MAX_SETTLED);
  dropOldest(ended, MAX_ENDED);
  for (const [session, sequence] of Object.entries(upTo))
    taken.set(session, Math.max(taken.get(session) ?? 0, Number(sequence)));
  regroup(activities, view.id);
  return true;
}

/**
 * Saves that a settled activity holds are done with, whatever was shown for them; those that it does not hold go on in one of their
 * own.
 */
function regroup(activities: Activities, settled: string): void {
  const { open, unassigned } = activities;
  const before = unassigned.splice(0);
  const again = new Set([settled]);
  for (const id of new Set(before.map(({ into }) => into))) {
    const parts = before.filter(({ into }) => into === id);
    const onlyThese = open.get(id)?.writes === parts.length;
    if (!onlyThese || !parts.some(({ event }) => isTaken(activities, event))) continue;
    open.delete(id);
    again.add(id);
  }
  for (const told of before) {
    if (isTaken(activities, told.event)) continue;
    if (again.has(told.into)) join(activities, told);
    else unassigned.push(told);
  }
}

/** What an `activity.decided` tells: of which activities, none for what is no activity's. */
export function decidedOf(data: JsonObject): {
  readonly ids: readonly string[];
  readonly decisions: readonly Decision[];
} {
  const ids = Array.isArray(data['activity']) ? data['activity'].filter((id) => typeof id === 'string') : [];
  // Written by the decision log in this shape; the record's checksum holds.
  return { ids, decisions: (data['decisions'] ?? []) as unknown as readonly Decision[] };
}

function applyDecided({ settled }: Activities, { data }: StoredEvent): boolean {
  const { ids, decisions } = decidedOf(data);
  let changed = false;
  for (const id of ids) {
    const view = settled.get(id);
    if (view === undefined) continue;
    // What was held for all workflows is decided anew, one by one.
    const isPast = ({ workflow, held }: Decision): boolean =>
      (workflow === null && held === true) || decisions.some((one) => one.workflow === workflow);
    const others = view.decisions.filter((one) => !isPast(one));
    settled.set(view.id, { ...view, decisions: [...others, ...decisions] });
    changed = true;
  }
  return changed;
}

/** What `activity.settled` holds: the view, and up to which event of each other session the leader had taken saves in. */
export function settledData(view: ActivityView, upTo: ReadonlyMap<string, number>): JsonObject {
  const { decisions: _, ...rest } = view;
  return { ...(rest as unknown as JsonObject), upTo: Object.fromEntries(upTo) };
}

export function settledOf(data: JsonObject): { readonly view: ActivityView; readonly upTo: JsonObject } {
  const { upTo = {}, ...view } = data;
  // Written by `settledData`; the record's checksum holds.
  return { view: { ...(view as unknown as Omit<ActivityView, 'decisions'>), decisions: [] }, upTo: upTo as JsonObject };
}
