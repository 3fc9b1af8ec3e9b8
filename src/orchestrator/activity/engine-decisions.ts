import type { ActivityFile, ActivityView, Decision } from '../../contract/activities.ts';
import type { NewEvent } from '../../contract/events.ts';
import type { JsonObject } from '../../contract/json.ts';
import { settledData } from './activity-fold.ts';
import { LISTED_FILES } from './open-activity.ts';

/** Events of the engine's own that no trigger is asked about, each with why nothing starts. Pure. */

const SOURCE = 'savepoint/activity';

/** A save of a file that .gitignore names. */
export function ignoredSave(of: { readonly path: string; readonly event: string; readonly at: string }): NewEvent {
  return decided({ activity: [], event: of.event, why: `${of.path} is ignored by .gitignore`, at: of.at });
}

export function settledEvent(view: ActivityView, upTo: ReadonlyMap<string, number>): NewEvent {
  return {
    ...{ source: SOURCE, type: 'activity.settled', subject: view.id },
    data: settledData(view, upTo),
    origin: view.origin,
  };
}

/** An activity of which nothing is left: each of its writes turned out to be part of another. */
export function nothingLeft(view: ActivityView, at: string): NewEvent {
  return decided({ activity: [view.id], event: null, why: 'its writes turned out to be part of another activity', at });
}

/** What git wrote in one go, as one activity that starts nothing. */
export function gitActivity(of: {
  readonly id: string;
  readonly at: string;
  readonly label: string;
  readonly files: readonly ActivityFile[];
}): readonly NewEvent[] {
  const { id, at, label, files } = of;
  const view: ActivityView = {
    ...{ id, origin: 'git', startedAt: at, lastAt: at, settledAt: at, label, decisions: [] },
    files: files.slice(0, LISTED_FILES),
    ...{ total: files.length, writes: files.length },
  };
  return [
    settledEvent(view, new Map()),
    decided({ activity: [id], event: null, why: 'git wrote it, not a person', leftOut: true, at }),
  ];
}

export function gitCommit(of: {
  readonly head: string;
  readonly before: string | null;
  readonly message: string;
  readonly files: number;
  readonly id: string;
}): NewEvent {
  const { id, ...data } = of;
  return { ...{ id, source: SOURCE, type: 'git.commit', subject: of.head, origin: 'git' as const }, data };
}

export function gitSwitched(data: {
  readonly head: string | null;
  readonly before: string | null;
  readonly label: string;
  readonly files: number;
}): NewEvent {
  return { source: SOURCE, type: 'git.switched', data, origin: 'git' };
}

function decided(of: {
  readonly activity: readonly string[];
  readonly event: string | null;
  readonly why: string;
  readonly leftOut?: true;
  readonly at: string;
}): NewEvent {
  const { activity, event, ...rest } = of;
  const decision: Decision = { workflow: null, decision: 'filtered', run: null, number: null, ...rest };
  const data: JsonObject = {
    activity,
    decisions: [decision as unknown as JsonObject],
    ...(event === null ? {} : { event }),
  };
  return { source: SOURCE, type: 'activity.decided', data };
}
