import { byLevel, failureWords, lookOfStep, openNeeds } from '../../../contract/run-words.ts';
import type { RunView, StepView } from '../../../contract/runs.ts';
import { STATES, countWords, shortDurationWords } from '../../../contract/words.ts';
import { printable, widthOf, type Line, type Span } from './terminal.ts';

/** What is known of a running step beyond its events: shown, never stored. */
export interface LiveProgress {
  readonly message: string;
  readonly fraction: number | null;
  readonly findings: number;
}

export interface RowOptions {
  readonly columns: number;
  readonly unicode: boolean;
  /** Milliseconds since 1970, for running steps; null draws a report, where nothing turns. */
  readonly now: number | null;
  readonly progress?: ReadonlyMap<string, LiveProgress>;
}

/** Columns of the name: more where a name needs it, up to a bound. */
const NAME = { least: 23, most: 32 } as const;
const DURATION = 6;
const TURNING = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

/** Steps with the tree's branch in front of those that run side by side. */
function branchedSteps(view: RunView): readonly { readonly step: StepView; readonly branch: '' | '├ ' | '└ ' }[] {
  const sorted = byLevel(view.steps);
  return sorted.map(({ step, level }, index) => {
    const last = sorted[index + 1]?.level !== level;
    const alone = last && sorted[index - 1]?.level !== level;
    return { step, branch: alone || level === 0 ? '' : last ? '└ ' : '├ ' };
  });
}

/** One line per step: symbol, name, duration, words. Below 60 columns without durations, then without the bar. */
export function stepRows(view: RunView, options: RowOptions): readonly Line[] {
  const rows = branchedSteps(view);
  const longest = Math.max(0, ...rows.map(({ step, branch }) => branch.length + step.id.length + 1));
  const nameColumns = Math.min(NAME.most, Math.max(NAME.least, longest));
  return rows.map(({ step, branch }) => stepRow({ view, step, branch, nameColumns, options }));
}

interface Row {
  readonly view: RunView;
  readonly step: StepView;
  readonly branch: string;
  readonly nameColumns: number;
  readonly options: RowOptions;
}

function stepRow(row: Row): Line {
  const { step, branch, nameColumns, options } = row;
  const look = lookOfStep(step);
  const quiet = look.tone === 'muted';
  const turning = step.status === 'running' && options.now !== null;
  const symbol = turning
    ? (TURNING[Math.floor((options.now ?? 0) / 100) % TURNING.length] ?? look.symbol)
    : look.symbol;
  const branchText = options.unicode ? branch : '';
  const mark = options.unicode ? `${symbol} ` : `${look.plain.padEnd(4)}  `;
  const name = fit(step.id, nameColumns - branchText.length);
  const words: Span[] = stepWords(row);
  return [
    { text: `  ${branchText}`, style: 'dim' },
    { text: mark, style: look.tone },
    quiet ? { text: name, style: 'dim' } : { text: name },
    ...(options.columns >= 60 ? [{ text: durationText(step, options).padStart(DURATION), style: 'dim' } as const] : []),
    { text: '  ' },
    ...words,
  ];
}

const fit = (text: string, columns: number): string =>
  text.length > columns ? `${text.slice(0, columns - 2)}… ` : text.padEnd(columns);

function durationText(step: StepView, { now }: RowOptions): string {
  if (step.status === 'running' && now !== null && step.startedAt !== null) {
    return shortDurationWords(Math.floor(Math.max(0, now - Date.parse(step.startedAt)) / 1000) * 1000);
  }
  const ended =
    step.status === 'completed' ||
    step.status === 'cached' ||
    step.status === 'failed' ||
    step.status === 'compensated';
  return ended ? shortDurationWords(step.durationMs) : '';
}

function stepWords(row: Row): Span[] {
  const { step, options } = row;
  switch (step.status) {
    case 'pending':
      return [{ text: waitsFor(row), style: 'dim' }];
    case 'running':
      return runningWords(step, options);
    case 'retrying':
      return [{ text: retryWords(step) }];
    case 'cached':
      return [
        {
          text: `from cache, run ${step.cachedNumber ?? '?'}${step.summary === '' ? '' : `: ${printable(step.summary)}`}`,
          style: 'dim',
        },
      ];
    case 'completed':
      return [
        { text: `${printable(step.summary)}${step.stale ? ' · out of date: files changed while it ran' : ''}` },
        { text: step.missedBecause === null ? '' : ` · ran because of ${printable(step.missedBecause)}`, style: 'dim' },
      ];
    case 'failed':
      return [{ text: failureWords(step) }];
    case 'compensating':
    case 'compensated':
    case 'waiting':
    case 'interrupted':
      return [{ text: STATES[step.status].word }];
    case 'skipped':
    case 'cancelled':
      return [{ text: STATES[step.status].word, style: 'dim' }];
  }
}

function waitsFor({ view, step, nameColumns, options }: Row): string {
  const open = openNeeds(step, view.steps);
  if (open.length === 0) return 'waits for its turn';
  const named = `waits for ${open.length === 1 ? open[0] : `${open.slice(0, -1).join(', ')} and ${open.at(-1)}`}`;
  return nameColumns + DURATION + 6 + widthOf(named) <= options.columns && options.columns > 100
    ? named
    : `waits for ${countWords(open.length, 'step')}`;
}

function runningWords(step: StepView, { progress, columns, unicode }: RowOptions): Span[] {
  const live = progress?.get(step.id);
  if (!live) return [{ text: step.attempts > 1 ? `running, try ${step.attempts}` : 'running' }];
  const spans: Span[] = [{ text: printable(live.message) }];
  if (live.fraction !== null && columns >= 72) {
    const width = columns >= 110 ? 26 : 12;
    const filled = Math.round(live.fraction * width);
    spans.push(
      { text: '  ' },
      { text: '━'.repeat(filled) },
      { text: (unicode ? '─' : '.').repeat(width - filled), style: 'dim' },
    );
    spans.push({ text: `  ${Math.round(live.fraction * 100)} %` });
  }
  if (live.findings > 0) spans.push({ text: `   ${countWords(live.findings, 'finding')}` });
  return spans;
}

function retryWords(step: StepView): string {
  const at = step.nextTryAt === null ? 'soon' : `at ${clockTime(step.nextTryAt)}`;
  const why = step.error === null ? '' : `: ${printable(step.error.message)}`;
  return `tries again ${at}, try ${step.attempts + 1} of ${Math.max(step.retryMax + 1, step.attempts + 1)}${why}`;
}

/** `14:03:19` in local time. */
export function clockTime(iso: string | number): string {
  const date = new Date(iso);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
