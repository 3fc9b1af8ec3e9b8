import type { ActivityView } from '../../contract/activities.ts';
import type { Origin } from '../../contract/events.ts';
import type { RunView } from '../../contract/runs.ts';
import { countWords, durationWords } from '../../contract/words.ts';

/** Sentences on who wrote what, and what came of it. Pure. */

/** "you", "an agent (claude)", "run …", "git". */
export function writerWords(origin: Origin): string {
  const [kind = '', ...name] = origin.split(':');
  if (kind === 'human') return 'you';
  if (kind === 'git') return 'git';
  if (kind === 'run') return `a run (${name.join(':')})`;
  if (kind === 'agent' || kind === 'tool') return `${kind === 'agent' ? 'an agent' : 'a tool'} (${name.join(':')})`;
  return 'another program';
}

const NAMED = 3;

/** Who wrote which files, when, and how long it then waited. */
export function activityWords(activity: ActivityView): string {
  const { origin, files, total, startedAt, lastAt, settledAt, label } = activity;
  if (label !== '') return `${label}: what git does starts nothing.`;
  const names = files.slice(0, NAMED).map(({ path }) => path);
  const more = total > names.length ? [`${total - names.length} more`] : [];
  const waited =
    settledAt === null
      ? ''
      : ` It waited ${durationWords(Math.max(0, Date.parse(settledAt) - Date.parse(lastAt)))} until the edits had stopped.`;
  const what = total === 0 ? 'nothing in sum' : `${countWords(total, 'file')} (${[...names, ...more].join(', ')})`;
  const until = lastAt === startedAt ? '' : `, until ${timeWords(lastAt)}`;
  return `At ${timeWords(startedAt)}${until}, ${writerWords(origin)} changed ${what}.${waited}`;
}

/** How a person started a run: "started by hand at 14:03:12". */
export function manualWords({ startedAt, retryOf }: RunView): string {
  return `started by hand at ${timeWords(startedAt)}${retryOf === null ? '' : ', as a retry'}`;
}

function timeWords(iso: string): string {
  return new Date(iso).toTimeString().slice(0, 8);
}
