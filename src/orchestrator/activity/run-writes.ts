import type { Lineage } from '../../contract/activities.ts';
import type { Origin, StoredEvent } from '../../contract/events.ts';
import type { Json, JsonObject } from '../../contract/json.ts';
import type { RunTrigger } from '../../contract/runs.ts';
import type { LiveRun } from './api.ts';
import { dropOldest } from './drop-oldest.ts';
import { writeOf } from './file-write.ts';
import { lineageOf } from './lineage.ts';

/** Who wrote a file that was seen to change: `held` until the step ends, which says what it wrote. */
export type Writer =
  | { readonly kind: 'known'; readonly origin: Origin; readonly runs: readonly string[] }
  | { readonly kind: 'held'; readonly runs: readonly string[] };

/** What runs do to files, as far as their events and what is at work now tell. */
export interface RunWrites {
  /** Takes in an event of a run or of a file, of any session. */
  note(event: StoredEvent): void;
  /** Whose a write may be that nobody told of; `at`: when it was written, ISO time. */
  writerOf(path: string, at: string): Writer;
  /** Whether the run's own word that it wrote a file counts: its step may write. Else files only changed while it was at work. */
  proves(event: StoredEvent): boolean;
  /** Whether no step is at work any more that may write. */
  isQuiet(): boolean;
  /**
   * What led to writes of these runs. Where they only may be theirs (`sure` is false) nothing that led to them is kept from starting:
   * another program may have written beside them, and only the number of runs that follow from each other ends a loop.
   */
  lineageOf(runs: ReadonlySet<string>, sure: boolean): Lineage | null;
}

interface KnownRun {
  readonly workflow: string;
  readonly trigger: RunTrigger | undefined;
  /** Its steps by id; those that may write, and those at work in which code of the workspace runs. */
  readonly agents: ReadonlyMap<string, string>;
  readonly writers: ReadonlySet<string>;
  readonly atWork: Set<string>;
  /** ISO times: since when such a step was at work, null before the first; until when, null while one is. */
  since: string | null;
  until: string | null;
}

/** These agents read: no code of the workspace runs in them that would write. */
const READERS: ReadonlySet<string> = new Set(['security-auditor', 'bug-hunter', 'context-optimizer']);
/**
 * A file that changed during so many runs of a workflow, and never without one, is what that workflow writes. As many as may follow
 * from each other: fewer, and an agent that edits while checks run would not be looked at.
 */
const LEARNED_AFTER = 3;
const MAX_RUNS = 500;
const MAX_PATHS = 5000;
/** File systems keep times in steps of up to 10 ms, and of their own clock. */
const CLOCKS_MS = 50;

export function createRunWrites(deps: { readonly live: () => readonly LiveRun[] }): RunWrites {
  const runs = new Map<string, KnownRun>();
  /** `<workflow> <path>` → runs during which it changed. */
  const outputs = new Map<string, Set<string>>();
  /** Files that somebody wrote while no run can have. */
  const elsewhere = new Set<string>();

  function note(event: StoredEvent): void {
    const { type, data } = event;
    const write = writeOf(event);
    if (write !== null) {
      const own = typeof data['run'] === 'string' && typeof data['step'] === 'string' ? [data['run']] : write.runs;
      if (write.origin === 'unknown' || write.origin === 'human') noteWrite(write.path, own);
      else if (own[0] !== undefined && !isReader(own[0], data['step'])) noteWrite(write.path, own);
    } else if (type === 'workflow.started') noteStart(event);
    else if (type.startsWith('workflow.') && typeof data['run'] === 'string') noteStep(data['run'], event);
  }

  function noteStart({ data }: StoredEvent): void {
    const steps = itemsOf(objectOf(data['plan'])['steps']).map(objectOf);
    runs.set(textOf(data['run']), {
      workflow: textOf(data['workflow']),
      // Written by the runner in this shape; the record's checksum holds.
      trigger: data['trigger'] as unknown as RunTrigger | undefined,
      agents: new Map(steps.map((step) => [textOf(step['id']), textOf(step['agent'])])),
      writers: new Set(steps.filter((step) => step['mayWrite'] === true).map((step) => textOf(step['id']))),
      ...{ atWork: new Set(), since: null, until: null },
    });
    dropOldest(runs, MAX_RUNS);
  }

  function noteWrite(path: string, by: readonly string[]): void {
    if (by.length === 0) elsewhere.add(path);
    for (const run of by) {
      const key = `${workflowOf(run)} ${path}`;
      outputs.set(key, (outputs.get(key) ?? new Set()).add(run));
    }
    dropOldest(elsewhere, MAX_PATHS);
    dropOldest(outputs, MAX_PATHS);
  }

  function isReader(run: string, step: Json | undefined): boolean {
    const known = runs.get(run);
    const id = textOf(step);
    return known !== undefined && READERS.has(known.agents.get(id) ?? '') && !known.writers.has(id);
  }

  function noteStep(id: string, { type, data, time }: StoredEvent): void {
    const run = runs.get(id);
    if (run === undefined) return;
    const step = textOf(data['step']);
    if (type.endsWith('.started')) {
      if (isReader(id, step)) return;
      run.atWork.add(step);
      run.since ??= time;
      run.until = null;
      return;
    }
    if (run.atWork.size === 0) return;
    if (/^workflow\.(?:step|compensation)\./.test(type)) run.atWork.delete(step);
    else run.atWork.clear();
    if (run.atWork.size === 0) run.until = time;
  }

  /** Runs of which a step was at work, when the file was written, that may have. */
  function atWork(at: string): readonly string[] {
    const early = new Date(Date.parse(at) - CLOCKS_MS).toISOString();
    const late = new Date(Date.parse(at) + CLOCKS_MS).toISOString();
    const told = [...runs].filter(
      ([, { since, until }]) => since !== null && since <= late && (until === null || until >= early),
    );
    const live = deps.live().filter(({ run, steps }) => !runs.has(run) && steps.length > 0);
    return [...told.map(([run]) => run), ...live.map(({ run }) => run)];
  }

  /** Live runs with a step at work that may write. */
  function writing(): readonly string[] {
    return deps.live().flatMap(({ run, steps }) => (steps.some(({ mayWrite }) => mayWrite) ? [run] : []));
  }

  function workflowOf(run: string): string {
    return runs.get(run)?.workflow ?? deps.live().find((live) => live.run === run)?.workflow ?? '';
  }

  function triggerOf(run: string): RunTrigger | undefined {
    const live = deps.live().find((one) => one.run === run);
    const ofLive = live && { kind: 'activity' as const, activities: [], lineage: live.lineage, beside: [] };
    return runs.get(run)?.trigger ?? ofLive;
  }

  function isOutput(run: string, path: string): boolean {
    const known = outputs.get(`${workflowOf(run)} ${path}`);
    return known !== undefined && new Set([...known, run]).size >= LEARNED_AFTER && !elsewhere.has(path);
  }

  return {
    note,
    writerOf(path, at) {
      const candidates = atWork(at);
      const holders = writing().filter((run) => candidates.includes(run));
      if (holders.length > 0) return { kind: 'held', runs: holders };
      const own = candidates.find((run) => isOutput(run, path));
      if (own !== undefined) return { kind: 'known', origin: `run:${own}`, runs: [] };
      return { kind: 'known', origin: 'unknown', runs: elsewhere.has(path) ? [] : candidates };
    },
    proves({ data }) {
      const run = runs.get(textOf(data['run']));
      return run === undefined ? false : run.writers.has(textOf(data['step']));
    },
    isQuiet: () => writing().length === 0,
    lineageOf(ids, sure) {
      const last = [...ids].sort().at(-1);
      if (last === undefined) return null;
      const all = [...ids].map((run) => lineageOf({ run, workflow: workflowOf(run), trigger: triggerOf(run) }));
      const ancestors = new Set(sure ? all.flatMap((one) => one.ancestors) : []);
      return { run: last, ancestors: [...ancestors], hops: Math.max(...all.map(({ hops }) => hops)) };
    },
  };
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function itemsOf(value: Json | undefined): readonly Json[] {
  const items: unknown = value;
  return Array.isArray(items) ? (items as readonly Json[]) : [];
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
