import type { ActivityFile, ActivityView, Decision } from '../../contract/activities.ts';
import type { StoredEvent } from '../../contract/events.ts';
import type { Json, JsonObject } from '../../contract/json.ts';

const SHOWN_ACTIVITIES = 50;
const MAX_FILES = 200;

/** Activities, open and settled. Changed in place. */
export interface ActivityFold {
  /** Oldest first. */
  readonly activities: Map<string, ActivityView>;
  /** Files that nothing has checked or is going to, since the newest automatic run began → the activity they are of. */
  readonly unchecked: Set<string>;
}

export const emptyActivities = (): ActivityFold => ({ activities: new Map(), unchecked: new Set() });

const FILE_CHANGES: Readonly<Record<string, ActivityFile['change']>> = {
  'file.created': 'created',
  'file.modified': 'modified',
  'file.deleted': 'deleted',
};

/** Returns whether the event was of an activity. `paused`: nothing starts by itself now. */
export function applyToActivities(fold: ActivityFold, event: StoredEvent, paused: boolean): boolean {
  const { data } = event;
  if (event.type === 'activity.settled') {
    const settled = asActivity(data);
    if (settled === null) return false;
    keep(fold, { ...settled, decisions: fold.activities.get(settled.id)?.decisions ?? settled.decisions });
    return true;
  }
  if (event.type === 'activity.decided') {
    decided(fold, { ids: strings(data['activity']), decisions: asDecisions(data['decisions']), paused });
    return true;
  }
  const change = FILE_CHANGES[event.type];
  const path = event.subject ?? data['path'];
  if (change === undefined || typeof path !== 'string' || typeof data['activity'] !== 'string') return false;
  written(fold, event, { id: data['activity'], path, change });
  return true;
}

/** A burst as it grows: its net change is only known once it is over. */
function written(
  fold: ActivityFold,
  event: StoredEvent,
  { id, path, change }: { readonly id: string } & ActivityFile,
): void {
  const before = fold.activities.get(id);
  if (before !== undefined && before.settledAt !== null) return;
  const others = before?.files.filter((file) => file.path !== path) ?? [];
  const isNew = others.length === (before?.files.length ?? 0);
  const files = others.length < MAX_FILES ? [...others, { path, change }] : others;
  keep(fold, {
    id,
    origin: event.origin,
    startedAt: before?.startedAt ?? event.time,
    lastAt: event.time,
    settledAt: null,
    files,
    total: (before?.total ?? 0) + (isNew ? 1 : 0),
    writes: (before?.writes ?? 0) + 1,
    label: '',
    decisions: before?.decisions ?? [],
  });
}

function keep({ activities }: ActivityFold, activity: ActivityView): void {
  activities.set(activity.id, activity);
  for (const oldest of activities.keys()) {
    if (activities.size <= SHOWN_ACTIVITIES) break;
    activities.delete(oldest);
  }
}

/** A decision for a workflow takes the place of the one before it ("waiting", then "started"). */
function decided(
  fold: ActivityFold,
  {
    ids,
    decisions,
    paused,
  }: {
    readonly ids: readonly string[];
    readonly decisions: readonly Decision[];
    readonly paused: boolean;
  },
): void {
  for (const id of ids) {
    const activity = fold.activities.get(id);
    if (activity === undefined) continue;
    const replaced = new Set(decisions.map(({ workflow }) => workflow));
    const all = [...activity.decisions.filter(({ workflow }) => !replaced.has(workflow)), ...decisions];
    fold.activities.set(id, { ...activity, decisions: all });
    const isUnchecked = isLeftUnchecked(all, paused);
    for (const { path } of activity.files)
      if (isUnchecked) fold.unchecked.add(path);
      else fold.unchecked.delete(path);
  }
}

/** Nothing looks at it, although something would have. */
function isLeftUnchecked(decisions: readonly Decision[], paused: boolean): boolean {
  const has = (...kinds: readonly Decision['decision'][]): boolean =>
    decisions.some(({ decision }) => kinds.includes(decision));
  if (has('started', 'joined', 'waiting', 'cached', 'superseded')) return false;
  return has('over-budget', 'untrusted') || (paused && has('filtered'));
}

/** An automatic run looks at what differs from HEAD: what was left unchecked before it counts no more. */
export const automaticRunBegan = (fold: ActivityFold): void => fold.unchecked.clear();

/** Newest first. */
export const activityViews = ({ activities }: ActivityFold): readonly ActivityView[] =>
  [...activities.values()].toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));

/** The journal's checksum proves that it is what this product wrote; only the parts that matter here are looked at. */
function asActivity(data: JsonObject): ActivityView | null {
  const { id, files } = data;
  if (typeof id !== 'string' || !Array.isArray(files)) return null;
  return { ...(data as unknown as Omit<ActivityView, 'decisions'>), decisions: asDecisions(data['decisions']) };
}

const asDecisions = (value: Json | undefined): readonly Decision[] =>
  Array.isArray(value) ? (value as unknown as readonly Decision[]) : [];

const strings = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
