import type { RunRow } from '../../contract/board.ts';
import type { StoredEvent } from '../../contract/events.ts';
import { isOnNamedFiles, standingFailures } from '../../contract/run-words.ts';
import { leftOpenBy, type LeftOpen } from '../activity/left-open.ts';
import { asRunEvent, type PinnedScope } from '../workflow/run-events.ts';
import { evolve, type RunState } from '../workflow/run-state.ts';
import { viewRun } from '../workflow/run-view.ts';
import { rowOf, type Progress } from './run-row.ts';

/** Ended runs that are shown, beside every live one and those under Failed. */
export const SHOWN_RUNS = 50;

/** The runs of the board. Changed in place. */
export interface RunFold {
  readonly runs: Map<string, Entry>;
  /** Runs that are kept in all, shown or not. */
  total: number;
}

interface Entry {
  readonly number: number;
  /** What it looks at. */
  readonly kind: PinnedScope['kind'];
  /** Of a run that may go on; null once it ended. */
  state: RunState | null;
  /** Of a run that ended: its last. */
  row: RunRow | null;
  /** Of a run that came to a result. */
  open: LeftOpen | null;
  /** Its last event: an event that comes by two ways counts once. */
  epoch: number;
  sequence: number;
}

export interface RunFacts {
  /** Sessions whose owner lives. */
  readonly live: ReadonlySet<string>;
  /** Of this window's runs: what their steps said last. */
  readonly progress: ReadonlyMap<string, Progress>;
}

export const emptyRuns = (): RunFold => ({ runs: new Map(), total: 0 });

/** What became of an event: `unknown` where its run's start is not on the board and must be read first. */
export type Applied = 'done' | 'other' | 'unknown';

export function applyToRuns(fold: RunFold, event: StoredEvent): Applied {
  const own = asRunEvent(event);
  if (own === null) return 'other';
  const entry = fold.runs.get(own.data.run);
  if (entry === undefined && own.type !== 'workflow.started') return 'unknown';
  if (entry !== undefined && !isNewer(event, entry)) return 'done';
  if (entry?.row) return 'done';
  const state = evolve(entry?.state ?? null, own);
  if (state === null) return 'done';
  const next: Entry = entry ?? newEntry(fold, state);
  next.epoch = event.epoch;
  next.sequence = event.sequence;
  next.state = state;
  if (state.phase === 'ended') {
    const view = viewRun(state, { session: state.session, live: true });
    next.row = rowOf(view, {});
    next.open = leftOpenBy(view, state.start);
    next.state = null;
  }
  return 'done';
}

function newEntry(fold: RunFold, { start }: RunState): Entry {
  const { number, scope } = start;
  const entry: Entry = { number, kind: scope.kind, state: null, row: null, open: null, epoch: 0, sequence: 0 };
  fold.runs.set(start.run, entry);
  fold.total++;
  return entry;
}

const isNewer = (event: StoredEvent, { epoch, sequence }: Entry): boolean =>
  event.epoch > epoch || (event.epoch === epoch && event.sequence > sequence);

/** The state of a run that may go on. */
export const stateOf = (fold: RunFold, run: string): RunState | null => fold.runs.get(run)?.state ?? null;

/** What names a run's look at files; undefined for a run that is not on the board. */
export const lookOf = (fold: RunFold, run: string): Pick<Entry, 'number' | 'kind'> | undefined => fold.runs.get(run);

/** What the newest result of the workflow left open, and, where that looked at files by name only, what older ones did. */
export function leftOpenOf({ runs }: RunFold, workflow: string): LeftOpen {
  const files = new Set<string>();
  let everything = false;
  for (const { row, open } of [...runs.values()].sort((a, b) => b.number - a.number)) {
    if (row?.workflow !== workflow || open === null) continue;
    for (const file of open.files) files.add(file);
    everything ||= open.everything;
    if (!isOnNamedFiles(row)) break;
  }
  return { files: [...files].sort(), everything };
}

/** Sessions that the board's unended runs belong to. */
export function ownersOf(fold: RunFold): ReadonlySet<string> {
  return new Set([...fold.runs.values()].flatMap(({ state }) => (state === null ? [] : [state.session])));
}

/** Newest first; forgets what is not shown any more. */
export function runRows(fold: RunFold, { live, progress }: RunFacts): readonly RunRow[] {
  const newestFirst = [...fold.runs].sort(([, a], [, b]) => b.number - a.number);
  const failed = new Set(standingFailures(newestFirst.flatMap(([, { row }]) => row ?? [])));
  const rows: RunRow[] = [];
  let ended = 0;
  for (const [run, entry] of newestFirst) {
    const row = entry.row ?? viewOf(entry.state, { live, progress: progress.get(run) ?? {} });
    if (row === null) continue;
    const isOpen = entry.row === null && row.status !== 'interrupted';
    if (!isOpen && ++ended > SHOWN_RUNS && !failed.has(row)) fold.runs.delete(run);
    else rows.push(row);
  }
  return rows;
}

function viewOf(
  state: RunState | null,
  { live, progress }: { readonly live: ReadonlySet<string>; readonly progress: Progress },
): RunRow | null {
  if (state === null) return null;
  return rowOf(viewRun(state, { session: state.session, live: live.has(state.session) }), progress);
}

/** Of each workflow the newest run that ended. */
export function lastRuns(
  rows: readonly RunRow[],
): ReadonlyMap<string, { readonly run: string; readonly number: number }> {
  const last = new Map<string, { readonly run: string; readonly number: number }>();
  for (const { workflow, endedAt, run, number } of rows)
    if (endedAt !== null && !last.has(workflow)) last.set(workflow, { run, number });
  return last;
}
