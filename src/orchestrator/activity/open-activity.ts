import type { ActivityFile, ActivityView } from '../../contract/activities.ts';
import type { Origin } from '../../contract/events.ts';
import type { Content, FileWrite } from './file-write.ts';

/** An activity of which no end is stored. Its owner changes it in place: a burst may hold thousands of writes. */
export interface OpenActivity {
  readonly id: string;
  origin: Origin;
  readonly startedAt: string;
  lastAt: string;
  writes: number;
  /** At most MAX_PATHS; what each was before the first write, and is after the last. */
  readonly paths: Map<string, { readonly before: Content; readonly after: Content }>;
  /** Writes to paths that found no place any more: they are counted. */
  beyond: number;
  /** Runs that wrote, or may have written, all of it so far; empty as soon as one write cannot be theirs. */
  runs: ReadonlySet<string>;
}

/** RELIABILITY, Load. */
export const MAX_PATHS = 10_000;
/** Files that a view lists. */
export const LISTED_FILES = 200;

export function openActivity(first: {
  readonly id: string;
  readonly origin: Origin;
  readonly at: string;
}): OpenActivity {
  const { id, origin, at } = first;
  return { id, origin, startedAt: at, lastAt: at, writes: 0, paths: new Map(), beyond: 0, runs: new Set() };
}

export function addWrite(activity: OpenActivity, write: FileWrite, at: string): void {
  const runs = write.origin.startsWith('run:') ? [write.origin.slice('run:'.length)] : write.runs;
  const stillTheirs = activity.writes === 0 || activity.runs.size > 0;
  activity.runs = new Set(stillTheirs && runs.length > 0 ? [...activity.runs, ...runs] : []);
  activity.writes++;
  // Times of writes come from files and from clocks of other windows: an activity only grows.
  if (at > activity.lastAt) activity.lastAt = at;
  const known = activity.paths.get(write.path);
  if (known === undefined && activity.paths.size >= MAX_PATHS) activity.beyond++;
  else activity.paths.set(write.path, { before: known ? known.before : write.before, after: write.after });
}

/** What the activity changed in sum: a file that is back at its old content is not in it. Sorted by path. */
export function netChange(activities: readonly OpenActivity[]): readonly ActivityFile[] {
  const sum = new Map<string, { readonly before: Content; readonly after: Content }>();
  for (const { paths } of activities)
    for (const [path, { before, after }] of paths) {
      const known = sum.get(path);
      sum.set(path, known === undefined ? { before, after } : joined(known, { before, after }));
    }
  const files: ActivityFile[] = [];
  for (const path of [...sum.keys()].sort()) {
    const { before, after } = sum.get(path) ?? {};
    if (before === after && before !== undefined) continue;
    files.push({ path, change: after === null ? 'deleted' : before === null ? 'created' : 'modified' });
  }
  return files;
}

/** Two writers wrote the same file: whose old content is the other's new one came later. */
function joined(
  one: { readonly before: Content; readonly after: Content },
  other: { readonly before: Content; readonly after: Content },
): { readonly before: Content; readonly after: Content } {
  return one.before !== undefined && one.before === other.after
    ? { before: other.before, after: one.after }
    : { before: one.before, after: other.after };
}

/** Without decisions, which are stored beside it. `files`: its net change. */
export function viewOf(
  activity: OpenActivity,
  settledAt: string | null,
  files: readonly ActivityFile[] = netChange([activity]),
): ActivityView {
  const { id, origin, startedAt, lastAt, writes, beyond } = activity;
  return {
    ...{ id, origin, startedAt, lastAt, settledAt, writes },
    files: files.slice(0, LISTED_FILES),
    total: files.length + beyond,
    label: '',
    decisions: [],
  };
}
