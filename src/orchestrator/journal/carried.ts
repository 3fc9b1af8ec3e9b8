import { isRunEnd, type StoredEvent } from '../../contract/events.ts';
import type { Json, JsonObject } from '../../contract/json.ts';
import type { History, TestSample } from '../agents/agent.ts';
import type { Fold } from './projection.ts';

type StepSample = History['steps'][string][number];

/** Facts that outlive the history: see README. Merging is idempotent and does not depend on the order of sessions. */
export interface Carried {
  highestRun: number;
  tests: Record<string, TestSample[]>;
  steps: Record<string, StepSample[]>;
  /** Run → its workflow, until the run ends: a resumed run's steps come in another session than its start. */
  workflows: Record<string, string>;
}

const SAMPLES = 32;
/** The snapshot's event type and task. */
export const SNAPSHOT_TYPE = 'system.maintenance';
export const SNAPSHOT_TASK = 'history-carried';

export const carriedFold: Fold<Carried> = {
  initial: () => ({ highestRun: 0, tests: {}, steps: {}, workflows: {} }),
  // What was carried stays: that is what it is for.
  forget: () => undefined,
  apply(state, event) {
    const { data, type } = event;
    if (type === 'workflow.started') applyStarted(state, data);
    else if (type === 'workflow.step.completed') applyStep(state, data);
    else if (isRunEnd(type)) delete state.workflows[text(data['run'])];
    else if (type === SNAPSHOT_TYPE && data['task'] === SNAPSHOT_TASK) applySnapshot(state, event);
  },
};

function applyStarted(state: Carried, data: JsonObject): void {
  const number = data['number'];
  if (typeof number === 'number') state.highestRun = Math.max(state.highestRun, number);
  state.workflows[text(data['run'])] = text(data['workflow']);
}

/** Only what ran says anything about durations and flakiness. */
function applyStep(state: Carried, data: JsonObject): void {
  if (data['cached'] !== null || typeof data['inputHash'] !== 'string') return;
  const run = text(data['run']);
  const workflow = state.workflows[run];
  if (workflow !== undefined)
    addSample(state.steps, `${workflow}/${text(data['step'])}`, { run, durationMs: workMs(data['timeMs']) });
  const result = data['result'];
  if (!isObject(result) || !Array.isArray(result['cases'])) return;
  for (const testCase of result['cases'] as readonly Json[]) {
    if (isObject(testCase)) addTest(state, testCase, { run, contentId: data['inputHash'] });
  }
}

function addTest(state: Carried, testCase: JsonObject, of: { readonly run: string; readonly contentId: string }): void {
  const { status, durationMs } = testCase;
  if (status !== 'passed' && status !== 'failed' && status !== 'skipped') return;
  const key = `${text(testCase['file'])} > ${text(testCase['name'])}`;
  addSample(state.tests, key, { ...of, status, durationMs: typeof durationMs === 'number' ? durationMs : 0 });
}

/** Starting the tool and its work; waiting in queues is not the step's own. */
function workMs(timeMs: Json | undefined): number {
  if (!isObject(timeMs)) return 0;
  return (
    (typeof timeMs['start'] === 'number' ? timeMs['start'] : 0) +
    (typeof timeMs['tool'] === 'number' ? timeMs['tool'] : 0)
  );
}

/** Newest first by run id, which sorts by time; one sample of a run. */
function addSample<T extends { readonly run: string }>(into: Record<string, T[]>, key: string, sample: T): void {
  const samples = (into[key] ??= []);
  const at = samples.findIndex(({ run }) => run <= sample.run);
  if (at < 0) samples.push(sample);
  else samples.splice(at, samples[at]?.run === sample.run ? 1 : 0, sample);
  if (samples.length > SAMPLES) samples.length = SAMPLES;
}

function applySnapshot(state: Carried, event: StoredEvent): void {
  // Written by `snapshotParts` of this file; the record's checksum holds.
  const part = event.data['carried'] as unknown as Partial<Carried>;
  state.highestRun = Math.max(state.highestRun, part.highestRun ?? 0);
  for (const [key, samples] of Object.entries(part.tests ?? {}))
    for (const sample of samples) addSample(state.tests, key, sample);
  for (const [key, samples] of Object.entries(part.steps ?? {}))
    for (const sample of samples) addSample(state.steps, key, sample);
  Object.assign(state.workflows, part.workflows);
}

/** Keys of one part: at some 3 KB of samples each, well below the largest event. */
const PART_KEYS = 500;

/** The data of the events that carry these facts on, in order. */
export function snapshotParts(carried: Carried): readonly JsonObject[] {
  const tests = partsOf(carried.tests);
  const steps = partsOf(carried.steps);
  const parts: Partial<Carried>[] = [
    { highestRun: carried.highestRun, workflows: carried.workflows },
    ...tests.map((part) => ({ tests: part })),
    ...steps.map((part) => ({ steps: part })),
  ];
  return parts.map((part) => ({ task: SNAPSHOT_TASK, carried: part as unknown as JsonObject }));
}

function partsOf<T>(record: Record<string, T>): Record<string, T>[] {
  const entries = Object.entries(record);
  const parts: Record<string, T>[] = [];
  for (let at = 0; at < entries.length; at += PART_KEYS)
    parts.push(Object.fromEntries(entries.slice(at, at + PART_KEYS)));
  return parts;
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
