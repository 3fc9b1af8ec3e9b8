import type { DecisionKind } from './activities.ts';
import type { RunStatus, RunView, StepStatus } from './runs.ts';
import type { Severity } from './severities.ts';

/** Contributed colours (`savepoint.<name>`), `muted` being the theme's own. */
export type Tone = 'passed' | 'failed' | 'attention' | 'running' | 'undone' | 'muted';

export interface Look {
  /** Product icon of VS Code. */
  readonly icon: string;
  readonly tone: Tone;
  /** A few words where nothing more is known. */
  readonly word: string;
}

export interface StateLook extends Look {
  /** Shape of the box in a graph: carries the state without colour. */
  readonly shape:
    | 'dotted'
    | 'bar-below'
    | 'second-sheet'
    | 'dashed'
    | 'bar-left'
    | 'solid'
    | 'thick'
    | 'no-fill'
    | 'hatched'
    | 'struck';
  /** Terminal symbol, and the plain letters where the locale is not UTF-8. `⠹` stands for the turning one. */
  readonly symbol: string;
  readonly plain: string;
}

/** The one table of states: trees, pages, terminal and tests take words, icons, colours and shapes from here. */
export const STATES = {
  pending: { icon: 'circle', tone: 'muted', shape: 'dotted', symbol: '·', plain: 'wait', word: 'waits' },
  running: { icon: 'loading~spin', tone: 'running', shape: 'bar-below', symbol: '⠹', plain: 'run', word: 'running' },
  retrying: { icon: 'clockface', tone: 'attention', shape: 'dashed', symbol: '↻', plain: 'wait', word: 'tries again' },
  waiting: { icon: 'account', tone: 'attention', shape: 'bar-left', symbol: '↻', plain: 'wait', word: 'needs you' },
  interrupted: {
    icon: 'debug-disconnect',
    tone: 'attention',
    shape: 'dashed',
    symbol: '↻',
    plain: 'cut',
    word: 'cut off, can resume',
  },
  completed: { icon: 'pass', tone: 'passed', shape: 'solid', symbol: '✔', plain: 'ok', word: 'finished' },
  cached: { icon: 'archive', tone: 'passed', shape: 'second-sheet', symbol: '=', plain: 'same', word: 'from cache' },
  failed: { icon: 'error', tone: 'failed', shape: 'thick', symbol: '✖', plain: 'FAIL', word: 'failed' },
  skipped: { icon: 'debug-step-over', tone: 'muted', shape: 'no-fill', symbol: '-', plain: '-', word: 'did not run' },
  cancelled: { icon: 'stop-circle', tone: 'muted', shape: 'no-fill', symbol: '-', plain: '-', word: 'stopped by you' },
  superseded: { icon: 'arrow-swap', tone: 'muted', shape: 'no-fill', symbol: '-', plain: '-', word: 'newer edits' },
  compensating: { icon: 'discard', tone: 'undone', shape: 'hatched', symbol: '↻', plain: 'undo', word: 'undoing' },
  compensated: { icon: 'discard', tone: 'undone', shape: 'struck', symbol: '↻', plain: 'undo', word: 'undone' },
} as const satisfies Record<RunStatus | StepStatus, StateLook>;

/** What is known of checks beyond the state of a run. */
export const OUTCOMES = {
  unchecked: { icon: 'circle', tone: 'muted', word: 'not checked yet' },
  vacuous: {
    icon: 'circle-slash',
    tone: 'attention',
    shape: 'no-fill',
    symbol: '-',
    plain: '-',
    word: 'no tests ran',
  },
  stale: { icon: 'history', tone: 'muted', word: 'out of date' },
} as const satisfies Record<'unchecked' | 'stale', Look> & Record<'vacuous', StateLook>;

/** What became of an activity. */
export const DECISION_LOOKS = {
  started: { icon: 'play', tone: 'muted', word: 'started a run' },
  joined: { icon: 'git-merge', tone: 'muted', word: 'joined a run' },
  waiting: { icon: 'clockface', tone: 'muted', word: 'waits for quiet' },
  filtered: { icon: 'filter', tone: 'muted', word: 'not asked for' },
  cached: { icon: 'archive', tone: 'muted', word: 'from cache' },
  superseded: { icon: 'arrow-swap', tone: 'muted', word: 'replaced' },
  'over-budget': { icon: 'dashboard', tone: 'attention', word: 'over budget' },
  untrusted: { icon: 'shield', tone: 'attention', word: 'folder not trusted' },
  'loop-stopped': { icon: 'sync-ignored', tone: 'attention', word: 'loop stopped' },
} as const satisfies Record<DecisionKind, Look>;

/** Severity → the word people read. */
export const SEVERITY_WORDS = { error: 'error', warning: 'warning', info: 'note' } as const satisfies Record<
  Severity,
  string
>;

/** `0.2 s`, `38 s`, `1 min 31 s`, `1 h 4 min`. */
export function durationWords(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1).replace(/\.0$/, '')} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** At most six columns, for tables: `0.2 s`, `91 s`, `31 min`, `2.1 h`. */
export function shortDurationWords(ms: number): string {
  if (ms < 9_950) return durationWords(ms);
  if (ms < 600_000) return `${Math.round(ms / 1000)} s`;
  return ms < 6_000_000 ? `${Math.round(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}

/** `1 test`, `2 tests`, `4,182 files`. */
export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${numberWords(count)} ${count === 1 ? one : many}`;
}

/** What a run looked at: `12 files`. A change of no file that is there has only removed some. `noun`: of a changed file. */
export function scopeWords({ kind, files }: Pick<RunView['scope'], 'kind' | 'files'>, noun = 'file'): string {
  if (kind !== 'changed') return countWords(files, 'file');
  return files === 0 ? 'removed files' : countWords(files, noun);
}

/** `4,182`. By hand: the first use of Intl costs a start some 20 ms. */
export const numberWords = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
