import type { ActivityView, Decision } from '../../contract/activities.ts';
import type { Clock } from '../env.ts';
import type { JournalReader } from '../journal/journal.ts';
import { decidedOf, OPEN_FOR_MS, settledOf } from './activity-fold.ts';
import type { SettledBurst } from './api.ts';
import { onSteadyClock } from './budget.ts';
import { dropOldest } from './drop-oldest.ts';
import { readPast } from './read-past.ts';

export interface Recovered {
  /** When automatic runs of any window started in the last hour, on the clock that never goes back; oldest first. */
  readonly startedAt: readonly number[];
  /** What was settled by a leader that died before it decided. */
  readonly undecided: readonly SettledBurst[];
  /** What was decided, and held, by a leader before. */
  readonly held: readonly { readonly burst: SettledBurst; readonly verdicts: readonly Decision[] }[];
}

const HOUR_MS = 3_600_000;
/** Older edits are nobody's expectation any more. */
const UNDECIDED_MS = HOUR_MS;
/** Activities that are remembered as held; the oldest are forgotten. */
const MAX_HELD = 500;

/**
 * What the last hour holds, for whoever leads from now on; where something is paused, which has held edits for longer, the last day.
 * Reads the sessions of that time only.
 */
export async function recoverTriggers(deps: {
  readonly clock: Clock;
  readonly reader: JournalReader;
  readonly paused: boolean;
}): Promise<Recovered> {
  const { clock } = deps;
  const at = { now: clock.now(), monotonic: clock.monotonic() };
  const since = new Date(at.now - (deps.paused ? OPEN_FOR_MS : HOUR_MS)).toISOString();
  const startedAt: number[] = [];
  const undecided = new Map<string, { readonly view: ActivityView; readonly settledAt: number }>();
  const held = new Map<string, HeldActivity>();
  for await (const { type, data, time } of readPast(deps, { since })) {
    const when = Date.parse(time);
    if (type === 'workflow.started') {
      if (when > at.now - HOUR_MS && isAutomatic(data['trigger'])) startedAt.push(onSteadyClock(when, at));
    } else if (type === 'activity.settled') {
      const { view } = settledOf(data);
      if (mayTrigger(view)) undecided.set(view.id, { view, settledAt: when });
    } else if (type === 'activity.decided') {
      const { ids, decisions } = decidedOf(data);
      for (const id of ids) {
        const view = undecided.get(id)?.view ?? held.get(id)?.view;
        undecided.delete(id);
        if (view !== undefined) keepHeld(held, view, decisions);
      }
    }
  }
  const left = [...undecided.values()].filter(({ settledAt }) => settledAt > at.now - UNDECIDED_MS);
  return {
    startedAt: startedAt.sort((a, b) => a - b),
    undecided: left.map(({ view }) => burstOf(view)),
    held: [...held.values()].map(({ view, by }) => ({ burst: burstOf(view), verdicts: [...by.values()] })),
  };
}

interface HeldActivity {
  readonly view: ActivityView;
  /** Workflow, or null for all → the newest decision on it, where that holds the activity. */
  readonly by: ReadonlyMap<string | null, Decision>;
}

/** As the board tells it (activity-fold.ts): a newer decision takes the place of that on the same workflow, and of one on all. */
function keepHeld(held: Map<string, HeldActivity>, view: ActivityView, decisions: readonly Decision[]): void {
  const by = new Map(held.get(view.id)?.by);
  by.delete(null);
  for (const decision of decisions) {
    if (decision.held === true) by.set(decision.workflow, decision);
    else by.delete(decision.workflow);
  }
  if (by.size > 0) held.set(view.id, { view, by });
  else held.delete(view.id);
  dropOldest(held, MAX_HELD);
}

function burstOf(view: ActivityView): SettledBurst {
  return { activities: [view], files: view.files, everything: view.total > view.files.length, lineage: null };
}

function isAutomatic(trigger: unknown): boolean {
  return typeof trigger === 'object' && trigger !== null && 'kind' in trigger && trigger.kind !== 'manual';
}

/** Of a run's own writes nobody knows any more what led to them. */
function mayTrigger({ origin, files }: ActivityView): boolean {
  return origin !== 'git' && !origin.startsWith('run:') && files.length > 0;
}
