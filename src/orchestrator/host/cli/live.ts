import { failureWords, lookOfStep } from '../../../contract/run-words.ts';
import type { RunView, StepView } from '../../../contract/runs.ts';
import { STATES, countWords, durationWords, scopeWords } from '../../../contract/words.ts';
import { clockTime, stepRows, type LiveProgress } from './step-rows.ts';
import { paint, printable, type Line, type Terminal } from './terminal.ts';

/** Shows a run while it goes on. `close` leaves nothing of a live tree behind: the report follows. */
export interface LiveView {
  update(view: RunView): void;
  progress(step: string, progress: LiveProgress): void;
  /** One line that stays, above the tree. */
  note(text: string): void;
  close(): void;
}

export interface LiveOptions {
  readonly terminal: Terminal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls back every so many milliseconds until the returned function is called. */
  readonly every: (ms: number, callback: () => void) => () => void;
  /** "harbor-api on feat/invoice-credit". */
  readonly place: string;
  /** What a command needs to be about this workspace: ` --workspace DIR`, or nothing in its own folder. */
  readonly where: string;
  /** Durations of earlier completed runs of this workflow, newest first, milliseconds. */
  readonly earlier: readonly number[];
}

/** At most ten redraws a second: the eye follows no more, and a slow terminal keeps up. */
const REDRAW_MS = 100;

export const createLiveView = (options: LiveOptions): LiveView =>
  options.terminal.live ? treeView(options) : plainView(options);

const changedFiles = ({ scope }: RunView): string =>
  scope.kind === 'files' ? countWords(scope.files, 'named file') : scopeWords(scope, 'changed file');

function treeView({ terminal, now, every, place, where, earlier }: LiveOptions): LiveView {
  const progress = new Map<string, LiveProgress>();
  let view: RunView | null = null;
  let drawn = 0;

  const erase = (): void => {
    if (drawn > 0) terminal.write(`\r\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  const draw = (): void => {
    if (!view) return;
    const columns = terminal.columns() - 1;
    const lines = [
      ...treeHead(view, place),
      ...stepRows(view, { columns, unicode: terminal.unicode, now: now(), progress }),
      ...treeFoot(view, now(), { earlier, where }),
    ];
    const text = lines.map((line) => `${paint(line, terminal, columns)}\n`).join('');
    erase();
    terminal.write(text);
    drawn = lines.length;
  };
  const stop = every(REDRAW_MS, draw);
  return {
    update(next) {
      const first = view === null;
      view = next;
      if (first) draw();
    },
    progress: (step, value) => void progress.set(step, value),
    note(text) {
      erase();
      terminal.write(`${printable(text)}\n`);
      draw();
    },
    close() {
      stop();
      erase();
    },
  };
}

const treeHead = (view: RunView, place: string): readonly Line[] => [
  [
    { text: printable(view.name), style: 'bold' },
    {
      text: `  run ${view.number} · ${changedFiles(view)}${place === '' ? '' : ` · ${printable(place)}`}`,
      style: 'dim',
    },
  ],
  [],
];

function treeFoot(
  view: RunView,
  now: number,
  { earlier, where }: Pick<LiveOptions, 'earlier' | 'where'>,
): readonly Line[] {
  const three = earlier.slice(0, 3);
  const shortest = durationWords(Math.min(...three));
  const longest = durationWords(Math.max(...three));
  // No estimate without three like runs, and then a range.
  const range =
    three.length < 3 ? '' : ` · the last three took ${shortest === longest ? shortest : `${shortest} to ${longest}`}`;
  const elapsed = Math.floor(Math.max(0, now - Date.parse(view.startedAt)) / 1000) * 1000;
  return [
    [],
    [{ text: `  ${durationWords(elapsed)}${range}`, style: 'dim' }],
    [
      { text: '  Ctrl+C stops it; go on later with ', style: 'dim' },
      { text: `savepoint resume ${view.number}${where}` },
    ],
  ];
}

/** Without a terminal: one line per change, with its time. */
function plainView({ terminal, now }: LiveOptions): LiveView {
  let before: RunView | null = null;
  const say = (name: string, words: string): void => {
    const text = `${clockTime(now())}  ${name.padEnd(21)} ${words}`;
    terminal.write(`${paint([{ text: printable(text) }], { colour: false, unicode: terminal.unicode }, 400)}\n`);
  };
  return {
    update(view) {
      if (!before) terminal.write(`${printable(view.workflow)}  run ${view.number}, ${changedFiles(view)}\n`);
      for (const step of view.steps) {
        const old = before?.steps.find(({ id }) => id === step.id);
        const words = changeWords(step, old);
        if (words !== null) say(step.id, words);
      }
      before = view;
    },
    progress: () => undefined,
    note: (text) => terminal.write(`${printable(text)}\n`),
    close: () => undefined,
  };
}

function changeWords(step: StepView, old: StepView | undefined): string | null {
  if (step.status === 'pending' || (old?.status === step.status && old.attempts === step.attempts)) return null;
  const { plain, word } = STATES[step.status];
  switch (step.status) {
    case 'running':
      return step.attempts > 1 ? `started, try ${step.attempts}` : 'started';
    case 'retrying':
      return `${failureWords({ ...step, attempts: 1 })}, tries again at ${step.nextTryAt === null ? '?' : clockTime(step.nextTryAt)}`;
    case 'cached':
      return `${plain}, from cache, run ${step.cachedNumber ?? '?'}`;
    case 'completed':
      return `${lookOfStep(step).plain}, ${step.summary}, ${durationWords(step.durationMs)}`;
    case 'failed':
      return `${plain}ED, ${failureWords(step)}`;
    default:
      return word;
  }
}
