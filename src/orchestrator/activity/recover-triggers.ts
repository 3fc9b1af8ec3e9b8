import type { ActivityView } from '../../contract/activities.ts';
import type { Clock } from '../env.ts';
import type { JournalReader } from '../journal/journal.ts';
import { settledOf } from './activity-fold.ts';
import type { SettledBurst } from './api.ts';
import { onSteadyClock } from './budget.ts';
import { readPast } from './read-past.ts';

export interface Recovered {
  /** When automatic runs of any window started in the last hour, on the clock that never goes back; oldest first. */
  readonly startedAt: readonly number[];
  /** What was settled by a leader that died before it decided. */
  readonly undecided: readonly SettledBurst[];
}

const HOUR_MS = 3_600_000;
/** Older edits are nobody's expectation any more. */
const UNDECIDED_MS = 600_000;

/** What the last hour holds, for whoever leads from now on. Reads the sessions of that time only. */
export async function recoverTriggers(deps: {
  readonly clock: Clock;
  readonly reader: JournalReader;
}): Promise<Recovered> {
  const { clock } = deps;
  const at = { now: clock.now(), monotonic: clock.monotonic() };
  const since = new Date(at.now - HOUR_MS).toISOString();
  const startedAt: number[] = [];
  const open = new Map<string, ActivityView>();
  for await (const { type, data, time } of readPast(deps, { since })) {
    if (type === 'workflow.started') {
      if (isAutomatic(data['trigger'])) startedAt.push(onSteadyClock(Date.parse(time), at));
    } else if (type === 'activity.settled') {
      const { view } = settledOf(data);
      if (Date.parse(time) > at.now - UNDECIDED_MS && mayTrigger(view)) open.set(view.id, view);
    } else if (type === 'activity.decided' && Array.isArray(data['activity']))
      for (const id of data['activity']) open.delete(String(id));
  }
  const undecided = [...open.values()].map((view) => ({ activities: [view], files: view.files, lineage: null }));
  return { startedAt: startedAt.sort((a, b) => a - b), undecided };
}

function isAutomatic(trigger: unknown): boolean {
  return typeof trigger === 'object' && trigger !== null && 'kind' in trigger && trigger.kind !== 'manual';
}

/** Of a run's own writes nobody knows any more what led to them. */
function mayTrigger({ origin, files }: ActivityView): boolean {
  return origin !== 'git' && !origin.startsWith('run:') && files.length > 0;
}
