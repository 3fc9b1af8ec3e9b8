import { isRunEnd, type StoredEvent } from '../../contract/events.ts';
import type { Json, JsonObject } from '../../contract/json.ts';
import { SNAPSHOT_TASK, SNAPSHOT_TYPE } from './carried.ts';
import type { Fold } from './projection.ts';

/** What the session index knows of a session (SYSTEMS D6: its context). */
export interface SessionFacts {
  readonly session: string;
  epoch: number;
  /** ISO times of its first and last event. */
  startedAt: string;
  lastAt: string;
  events: number;
  runs: RunFact[];
  /** The highest number of a run that started in it, or that it stands for as a snapshot; 0 without. */
  highestRun: number;
  /** At most MAX_FILES; `filesModified` counts events, not files. */
  files: string[];
  filesModified: number;
  agents: string[];
  workflows: string[];
  /** Damage that has been reported by an event. */
  alerts: { readonly file: string; readonly lost: Json; readonly keptAside: string | null }[];
}

export interface RunFact {
  readonly run: string;
  /** Null where the run was started in another session. */
  readonly number: number | null;
  /** Whether it waited for a person when this session last told; missing where the session tells neither. */
  waits?: boolean;
}

export type SessionIndex = Record<string, SessionFacts>;

const MAX_FILES = 200;

export const sessionIndexFold: Fold<SessionIndex> = {
  initial: () => ({}),
  forget: (index, session) => void delete index[session],
  apply(index, event) {
    const facts = (index[event.sessionid] ??= newFacts(event));
    facts.events++;
    facts.lastAt = event.time;
    const { run } = event.data;
    if (typeof run === 'string') noteRun(facts, run, event);
    noteKind(facts, event);
  },
};

function newFacts(event: StoredEvent): SessionFacts {
  return {
    session: event.sessionid,
    epoch: event.epoch,
    startedAt: event.time,
    lastAt: event.time,
    events: 0,
    runs: [],
    highestRun: 0,
    files: [],
    filesModified: 0,
    agents: [],
    workflows: [],
    alerts: [],
  };
}

function noteRun(facts: SessionFacts, run: string, event: StoredEvent): void {
  // Events of one run mostly follow each other, so the search from the end is short.
  let known = facts.runs.findLast((fact) => fact.run === run);
  if (known === undefined) {
    const number = event.type === 'workflow.started' ? event.data['number'] : null;
    known = { run, number: typeof number === 'number' ? number : null };
    facts.runs.push(known);
  }
  if (event.type === 'workflow.waiting') known.waits = true;
  else if (event.type === 'workflow.resumed' || isRunEnd(event.type)) known.waits = false;
}

function noteKind(facts: SessionFacts, { type, data, subject }: StoredEvent): void {
  if (type === 'agent.invoked') addOnce(facts.agents, data['agent']);
  else if (type === 'workflow.started') {
    addOnce(facts.workflows, data['workflow']);
    noteNumber(facts, data['number']);
  } else if (type === SNAPSHOT_TYPE && data['task'] === SNAPSHOT_TASK) noteNumber(facts, highestOf(data['carried']));
  else if (type === 'file.modified') {
    facts.filesModified++;
    if (facts.files.length < MAX_FILES) addOnce(facts.files, data['file'] ?? subject);
  } else if (type === 'system.alert' && data['problem'] === 'journal-repaired') noteAlert(facts, data);
}

function noteNumber(facts: SessionFacts, number: Json | undefined): void {
  if (typeof number === 'number') facts.highestRun = Math.max(facts.highestRun, number);
}

function highestOf(carried: Json | undefined): Json | undefined {
  return typeof carried === 'object' && carried !== null && 'highestRun' in carried ? carried.highestRun : undefined;
}

function noteAlert(facts: SessionFacts, { file, lost, keptAside }: JsonObject): void {
  if (typeof file !== 'string' || lost === undefined) return;
  facts.alerts.push({ file, lost, keptAside: typeof keptAside === 'string' ? keptAside : null });
}

function addOnce(list: string[], value: Json | undefined): void {
  if (typeof value === 'string' && !list.includes(value)) list.push(value);
}
