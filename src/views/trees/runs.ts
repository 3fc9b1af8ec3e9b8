import type { Board, RunRow } from '../../contract/board.ts';
import {
  hasResult,
  isAlive,
  lookOfResult,
  resultWords,
  failedStepOf,
  standingFailures,
} from '../../contract/run-words.ts';
import type { RunStatus } from '../../contract/runs.ts';
import { STATES, countWords, durationWords, numberWords, scopeWords } from '../../contract/words.ts';
import { cutName, drawnBoard, joined, treeNode, type TreeNode } from './node.ts';
import type { FolderFacts } from '../../extension/folder-facts.ts';
import type { Scene } from '../../extension/scene.ts';
import { stepNodes } from './steps.ts';

export interface RunsOptions extends Scene {
  /** Ids of runs that a person took out of Failed. */
  readonly dismissed: ReadonlySet<string>;
  /** All runs that are kept, newest first, once somebody asked for those beyond the board's. */
  readonly older: readonly OlderRun[] | null;
}

/** A run of which no more is known than that it was. */
export interface OlderRun {
  readonly run: string;
  readonly number: number;
  readonly workflow: string;
  readonly status: RunStatus;
  readonly startedAt: string;
}

/** Groups Now, Failed, History; empty ones are not shown. */
export function runsTree(folder: FolderFacts, options: RunsOptions): readonly TreeNode[] {
  const board = drawnBoard(folder);
  if (board === null || board.runs.length === 0) return [];
  const { now, failed, history } = groupsOf(board, options.dismissed);
  const draw = (group: string, rows: readonly RunRow[], open: boolean): readonly TreeNode[] =>
    rows.map((run) => runNode({ folder, run, group, open, options }));
  const alone = now.length === 0 && failed.length === 0;
  const groups: readonly [name: string, rows: readonly TreeNode[], open: boolean, count: number][] = [
    ['Now', draw('now', now, true), true, now.length],
    ['Failed', draw('failed', failed, now.length === 0 && failed.length === 1), true, failed.length],
    [
      'History',
      [...draw('history', history, false), ...olderNodes(folder, board, options)],
      alone,
      history.length + board.olderRuns,
    ],
  ];
  return groups
    .filter(([, rows]) => rows.length > 0)
    .map(([label, children, open, count]) =>
      treeNode({
        id: `${folder.uri}/${label}`,
        label,
        description: numberWords(count),
        context: 'group',
        collapsible: open ? 'expanded' : 'collapsed',
        children,
        aria: `${label}, ${countWords(count, 'run')}`,
        target: { folder: folder.uri },
      }),
    );
}

/** Runs of the groups, each in one of them. A run that was cut off and that a later result has overtaken is history. */
function groupsOf(board: Board, dismissed: ReadonlySet<string>) {
  const { runs } = board;
  const overtaken = (run: RunRow): boolean =>
    run.status === 'interrupted' &&
    runs.some((other) => other.number > run.number && other.workflow === run.workflow && hasResult(other));
  const now = runs.filter(
    (run) => (isAlive(run) || run.status === 'waiting' || run.status === 'interrupted') && !overtaken(run),
  );
  const failed = standingFailures(runs).filter(({ run }) => !dismissed.has(run));
  const shown = new Set([...now, ...failed]);
  return { now, failed, history: runs.filter((run) => !shown.has(run)) };
}

interface Drawn {
  readonly folder: FolderFacts;
  readonly run: RunRow;
  readonly group: string;
  readonly open: boolean;
  readonly options: RunsOptions;
}

function runNode({ folder, run, group, open, options }: Drawn): TreeNode {
  const look = lookOfResult(run);
  const id = `${folder.uri}/${group}/${run.run}`;
  const words = runWords(run, folder, options);
  const time = options.times.short(run.startedAt, options.now);
  const children = stepNodes({ id, folder, run, open }, options);
  return treeNode({
    id,
    label: cutName(run.workflow),
    description: joined(words, group === 'now' ? '' : time),
    icon: { name: look.icon, tone: look.tone },
    tooltip: runTooltip(run, words, options),
    context: `run:${actionOf(run, folder)}${group === 'failed' ? ':standing' : ''}`,
    collapsible: children.length === 0 ? 'none' : open ? 'expanded' : 'collapsed',
    children,
    command: { kind: 'run-page', number: run.number },
    aria: `${run.workflow}, ${run.status === 'failed' || run.status === 'compensated' ? 'failed ' : ''}${words}, ${time}`,
    target: { folder: folder.uri, run: run.run, workflow: run.workflow },
  });
}

/** What its inline button does; none while the worker is away. */
function actionOf(run: RunRow, { state }: FolderFacts): 'stop' | 'retry' | 'resume' | 'again' | 'none' {
  if (state.kind !== 'ready') return 'none';
  switch (run.status) {
    case 'running':
    case 'retrying':
    case 'compensating':
      return 'stop';
    case 'failed':
    case 'compensated':
    case 'cancelled':
      return 'retry';
    case 'waiting':
    case 'interrupted':
      return 'resume';
    case 'completed':
    case 'superseded':
      return 'again';
  }
}

/** The outcome in a row: "2 of 6 steps done", "at bug-hunting", "12 tests pass". */
function runWords(run: RunRow, { state, board }: FolderFacts, { times }: RunsOptions): string {
  const failed = failedStepOf(run);
  switch (run.status) {
    case 'running':
      return `${run.steps.filter(({ status }) => status === 'completed' || status === 'cached').length} of ${countWords(run.steps.length, 'step')} done`;
    case 'retrying': {
      const next = run.steps.map(({ nextTryAt }) => nextTryAt).find((at) => at !== null);
      return next == null ? STATES.retrying.word : `tries again ${times.exact(next)}`;
    }
    case 'interrupted':
      if (state.kind !== 'restarting') return STATES.interrupted.word;
      return run.session === board?.session ? 'cut off, goes on by itself' : `was at work ${times.exact(state.since)}`;
    case 'completed':
      return lookOfResult(run) === STATES.cached ? joined(resultWords(run), STATES.cached.word) : resultWords(run);
    case 'failed':
      return failed ? `at ${failed.id}` : STATES.failed.word;
    case 'compensated':
      return failed ? `at ${failed.id}, undone` : STATES.compensated.word;
    case 'superseded':
      return run.replacedBy === null ? STATES.superseded.word : `${STATES.superseded.word}, run ${run.replacedBy}`;
    case 'waiting':
    case 'compensating':
    case 'cancelled':
      return STATES[run.status].word;
  }
}

const TRIGGER_WORDS = {
  manual: 'by hand',
  save: 'after a save',
  activity: 'after edits',
  commit: 'after a commit',
  schedule: 'on schedule',
} as const satisfies Record<RunRow['trigger']['kind'], string>;

/** At most twelve lines; the last has what only people who look for it need. */
function runTooltip(run: RunRow, words: string, { times, now }: RunsOptions): readonly string[] {
  const took = run.endedAt === null ? '' : durationWords(Date.parse(run.endedAt) - Date.parse(run.startedAt));
  const left = run.notChecked.length - 2;
  return [
    `${run.name}, run ${run.number}`,
    joined(words, scopeWords(run.scope), took),
    `Started ${TRIGGER_WORDS[run.trigger.kind]}, ${times.short(run.startedAt, now)}`,
    ...(run.needsDecision === null ? [] : [run.needsDecision.question]),
    ...run.failing.slice(0, 3),
    ...run.notChecked.slice(0, 2).map((text) => `Not checked: ${text}`),
    ...(left > 0 ? [`${left} more not checked`] : []),
    `${run.status} · ${run.run} · ${run.startedAt}`,
  ];
}

function olderNodes(folder: FolderFacts, board: Board, { older, now, times }: RunsOptions): readonly TreeNode[] {
  const count = board.olderRuns;
  if (count === 0) return [];
  const target = { folder: folder.uri };
  if (older === null) {
    const label = `Show ${countWords(count, 'older run')}`;
    const command = { kind: 'run', command: 'savepoint.showOlderRuns' } as const;
    return [treeNode({ id: `${folder.uri}/older`, label, context: 'older', command, target })];
  }
  // Which ones the board holds changes with every run.
  const shown = new Set(board.runs.map(({ run }) => run));
  const beyond = older.filter(({ run }) => !shown.has(run));
  return beyond.map((run) =>
    treeNode({
      id: `${folder.uri}/older/${run.run}`,
      label: cutName(run.workflow),
      description: joined(STATES[run.status].word, times.short(run.startedAt, now)),
      icon: { name: STATES[run.status].icon, tone: 'muted' },
      context: 'run:none',
      command: { kind: 'run-page', number: run.number },
      target: { folder: folder.uri, run: run.run, number: run.number, workflow: run.workflow },
    }),
  );
}
