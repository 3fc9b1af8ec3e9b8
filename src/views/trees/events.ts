import type { ActivityView, Decision } from '../../contract/activities.ts';
import type { Board } from '../../contract/board.ts';
import { eventWords } from '../../contract/event-words.ts';
import type { StoredEvent } from '../../contract/events.ts';
import { DECISION_LOOKS, countWords } from '../../contract/words.ts';
import { decisionWords, mainDecision } from './activities.ts';
import { cutName, drawnBoard, joined, treeNode, type TreeNode } from './node.ts';
import type { FolderFacts } from '../../extension/folder-facts.ts';
import type { Scene } from '../../extension/scene.ts';
import { writerOf } from './origins.ts';

/** Raw events shown under one activity; the rest is counted. */
const RAW_SHOWN = 200;

export interface EventsOptions extends Scene {
  /** Events of the newest sessions, newest first. */
  readonly events: readonly StoredEvent[];
  /** Words looked for in type, file, writer; empty shows all. */
  readonly filter: string;
}

/** Sessions, newest first → activities and runs → events. */
export function eventsTree(folder: FolderFacts, { events, filter, ...scene }: EventsOptions): readonly TreeNode[] {
  const board = drawnBoard(folder);
  if (board === null || events.length === 0) return [];
  const wanted = events.filter((event) => matches(event, filter));
  if (wanted.length === 0) return [nothingMatches(folder)];
  const startedBy = activityOfRuns(events);
  const stored = storedOf(events);
  const sessions = [...Map.groupBy(wanted, ({ sessionid }) => sessionid)].sort(
    ([, a], [, b]) => epochOf(b) - epochOf(a),
  );
  return sessions.map(([session, own], index) =>
    sessionNode(
      { folder, board, session, events: own, stored: stored.get(session) ?? 0, startedBy, open: index === 0 },
      scene,
    ),
  );
}

/** By session. Events are numbered without a gap from 1: the newest one's number is how many there are. */
function storedOf(events: readonly StoredEvent[]): ReadonlyMap<string, number> {
  const stored = new Map<string, number>();
  for (const { sessionid, sequence } of events) stored.set(sessionid, Math.max(sequence, stored.get(sessionid) ?? 0));
  return stored;
}

const epochOf = (events: readonly StoredEvent[]): number => events[0]?.epoch ?? 0;

function matches(event: StoredEvent, filter: string): boolean {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const text = `${event.type} ${eventWords(event)} ${event.subject ?? ''} ${event.origin}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

const nothingMatches = (folder: FolderFacts): TreeNode =>
  treeNode({
    id: `${folder.uri}/nothing`,
    label: 'Nothing matches the filter',
    description: 'Clear Filter',
    icon: { name: 'filter', tone: null },
    context: 'nothing',
    command: { kind: 'run', command: 'savepoint.clearEventsFilter' },
    target: { folder: folder.uri },
  });

interface Session {
  readonly folder: FolderFacts;
  readonly board: Board;
  readonly session: string;
  /** Newest first. */
  readonly events: readonly StoredEvent[];
  /** How many the session has, with those that the filter hides. */
  readonly stored: number;
  /** Id of a run → the activity that started it. */
  readonly startedBy: ReadonlyMap<string, string>;
  readonly open: boolean;
}

function sessionNode({ folder, board, session, events, stored, startedBy, open }: Session, scene: Scene): TreeNode {
  const newest = events[0];
  const oldest = events.at(-1);
  const from = oldest === undefined ? '' : scene.times.short(oldest.time, scene.now);
  const to = newest === undefined ? '' : scene.times.short(newest.time, scene.now);
  const isOwn = session === board.session;
  const id = `${folder.uri}/${session}`;
  const groups = groupsOf(events, startedBy);
  return treeNode({
    id,
    label: isOwn ? 'This session' : from === to ? from : `${from} to ${to}`,
    description: joined(isOwn && oldest?.sequence === 1 ? `since ${from}` : '', countWords(stored, 'event')),
    icon: { name: isOwn ? 'record' : 'history', tone: null },
    tooltip: [isOwn ? 'This session' : 'A session', `${session} · ${oldest?.time ?? ''}`],
    context: 'session',
    collapsible: open ? 'expanded' : 'collapsed',
    children: groups.flatMap((group) => groupNodes({ folder, board, id }, group, scene)),
    target: { folder: folder.uri },
  });
}

interface Group {
  readonly kind: 'activity' | 'run' | 'none';
  readonly key: string;
  /** Newest first. */
  readonly events: readonly StoredEvent[];
}

/** Events about one activity together, with those of the runs it started; then those of runs by hand; the rest one by one. */
function groupsOf(events: readonly StoredEvent[], startedBy: ReadonlyMap<string, string>): readonly Group[] {
  const groups = Map.groupBy(events, (event) => {
    const run = text(event.data['run']);
    const activity = activityOf(event) ?? (run === null ? undefined : startedBy.get(run));
    if (activity !== undefined) return `activity ${activity}`;
    return run === null ? `none ${event.id}` : `run ${run}`;
  });
  return [...groups].map(([name, own]) => {
    const [kind = '', key = ''] = name.split(' ');
    return { kind: kind === 'activity' || kind === 'run' ? kind : 'none', key, events: own };
  });
}

/** Of all events, those that the filter hides too. */
function activityOfRuns(events: readonly StoredEvent[]): ReadonlyMap<string, string> {
  const startedBy = new Map<string, string>();
  for (const { type, data } of events) {
    const run = text(data['run']);
    const [first] = activitiesOf(data['trigger']);
    if (type === 'workflow.started' && run !== null && first !== undefined) startedBy.set(run, first);
  }
  return startedBy;
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function activitiesOf(trigger: unknown): readonly string[] {
  if (typeof trigger !== 'object' || trigger === null || !('activities' in trigger)) return [];
  return Array.isArray(trigger.activities) ? trigger.activities.filter((id) => typeof id === 'string') : [];
}

function activityOf({ type, data }: StoredEvent): string | undefined {
  if (type === 'activity.settled') return text(data['id']) ?? undefined;
  const { activity } = data;
  if (Array.isArray(activity)) return activity.map(text).find((id) => id !== null);
  return text(activity) ?? undefined;
}

interface Place {
  readonly folder: FolderFacts;
  readonly board: Board;
  /** Of the row above. */
  readonly id: string;
}

function groupNodes(place: Place, group: Group, scene: Scene): readonly TreeNode[] {
  switch (group.kind) {
    case 'activity':
      return [activityNode(place, group, scene)];
    case 'run':
      return [runNode(place, group, scene)];
    case 'none':
      return group.events.map((event) => rawNode(place, event, scene));
  }
}

function activityNode(place: Place, { key, events }: Group, scene: Scene): TreeNode {
  const { folder, board } = place;
  const view = board.activities.find(({ id }) => id === key);
  const decisions = view?.decisions ?? decisionsOf(events);
  const look = DECISION_LOOKS[mainDecision(decisions)?.decision ?? 'waiting'];
  const origin = view?.origin ?? events.find(({ type }) => type.startsWith('file.'))?.origin ?? 'unknown';
  const id = `${place.id}/${key}`;
  return treeNode({
    id,
    label: activityLabel(view, events),
    description: joined(writerOf(origin, board).name, startedWords(decisions) ?? look.word),
    icon: { name: look.icon, tone: look.tone },
    tooltip: [activityLabel(view, events), ...(view?.decisions ?? []).slice(0, 9).map(decisionWords), key],
    context: 'activity',
    children: rawNodes({ ...place, id }, events, scene),
    target: { folder: folder.uri, activity: key },
  });
}

/** "started run 41", "2 runs"; null where something else is the main thing. */
function startedWords(decisions: readonly Decision[]): string | null {
  if (mainDecision(decisions)?.decision !== 'started') return null;
  const started = decisions.filter(({ decision }) => decision === 'started');
  const number = started[0]?.number ?? null;
  if (started.length > 1) return countWords(started.length, 'run');
  return number === null ? null : `started run ${number}`;
}

/** Of an activity that the board has no more. */
function decisionsOf(events: readonly StoredEvent[]): readonly Decision[] {
  const decided = events.find(({ type }) => type === 'activity.decided')?.data['decisions'];
  return Array.isArray(decided) ? decided.filter(isDecision) : [];
}

const isDecision = (value: unknown): value is Decision =>
  typeof value === 'object' &&
  value !== null &&
  'decision' in value &&
  typeof value.decision === 'string' &&
  value.decision in DECISION_LOOKS;

function activityLabel(view: ActivityView | undefined, events: readonly StoredEvent[]): string {
  if (view !== undefined && view.label !== '') return cutName(view.label);
  const subjects = new Set(events.filter(({ type }) => type.startsWith('file.')).map(({ subject }) => subject ?? ''));
  const names = view?.files.map(({ path }) => path) ?? [...subjects];
  const [only] = names;
  const total = view?.total ?? names.length;
  return total === 1 && only !== undefined ? cutName(only.slice(only.lastIndexOf('/') + 1)) : countWords(total, 'file');
}

function runNode(place: Place, { key, events }: Group, scene: Scene): TreeNode {
  const { folder, board } = place;
  const run = board.runs.find((row) => row.run === key);
  const id = `${place.id}/${key}`;
  return treeNode({
    id,
    label: run ? `Run ${run.number}` : 'A run',
    description: joined(run?.workflow ?? '', countWords(events.length, 'event')),
    icon: { name: 'play-circle', tone: null },
    tooltip: [run ? `Run ${run.number}, ${run.workflow}` : 'A run', key],
    context: 'run',
    children: rawNodes({ ...place, id }, events, scene),
    target: { folder: folder.uri, run: key },
  });
}

function rawNodes(place: Place, events: readonly StoredEvent[], scene: Scene): readonly TreeNode[] {
  const left = events.length - RAW_SHOWN;
  const target = { folder: place.folder.uri };
  return [
    ...events.slice(0, RAW_SHOWN).map((event) => rawNode(place, event, scene)),
    ...(left > 0 ? [treeNode({ id: `${place.id}/more`, label: countWords(left, 'more event'), target })] : []),
  ];
}

/** Of runs and activities: no words for people, and their rows stand under them. */
const isId = ({ subject, data }: StoredEvent): boolean =>
  subject === undefined || subject === data['run'] || subject === data['id'];

function rawNode({ folder, id }: Place, event: StoredEvent, { times }: Scene): TreeNode {
  const subject = isId(event) ? (text(event.data['step']) ?? '') : (event.subject ?? '');
  return treeNode({
    id: `${id}/${event.id}`,
    label: eventWords(event),
    description: joined(cutName(subject), times.exact(event.time)),
    tooltip: [
      eventWords(event),
      ...(subject === '' ? [] : [subject]),
      `${event.type} · ${event.origin} · ${event.time}`,
    ],
    context: 'event',
    target: { folder: folder.uri, event: event.id },
  });
}
