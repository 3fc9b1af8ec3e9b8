import type { StoredEvent } from '../../../contract/events.ts';
import type { Json } from '../../../contract/json.ts';
import { lookOfRun, outcomeWords, runFacts } from '../../../contract/run-words.ts';
import type { RunView } from '../../../contract/runs.ts';
import { countWords, durationWords } from '../../../contract/words.ts';
import type { Item } from '../../commands/handler.ts';
import type { Repair } from '../../journal/journal.ts';
import type { LiveProgress } from './step-rows.ts';
import { createLiveView, type LiveOptions, type LiveView } from './live.ts';
import { reportLines } from './report.ts';
import { shellWords } from '../../../contract/shell-words.ts';
import { clockTime } from './step-rows.ts';
import { paint, printable, wrap, type Line, type Terminal } from './terminal.ts';

export interface HumanOptions extends Omit<LiveOptions, 'terminal'> {
  /** Standard output: what was asked for. */
  readonly out: Terminal;
  /** Standard error: the live tree, notes and failures. */
  readonly err: Terminal;
  readonly command: string;
}

export interface HumanOutput {
  show(item: Item): void;
  /** Says that the journal was found damaged, whatever else is shown. */
  repaired(repair: Repair): void;
  /** Somebody asked it to stop: says so, and how to go on. */
  stopping(): void;
  close(): void;
}

/** Shows items to a person: what moves on standard error, what stays on standard output. */
export function createHumanOutput(options: HumanOptions): HumanOutput {
  const { out, err, now, command } = options;
  const running = command === 'run' || command === 'resume' || command === 'retry';
  const progress = new Map<string, LiveProgress>();
  let live: LiveView | null = null;
  let number: number | null = null;

  const print = (...lines: readonly Line[]): void => {
    for (const line of lines) out.write(`${paint(line, out, out.live ? out.columns() : 1000)}\n`);
  };
  const say = (text: string): void => (live ? live.note(text) : err.write(`${printable(text)}\n`));
  const close = (): void => {
    live?.close();
    live = null;
  };

  const show = (item: Item): void => {
    switch (item.kind) {
      case 'event':
        if (!running) print(eventLine(item.event));
        return;
      case 'watch': {
        const view = item.view();
        live ??= createLiveView({ ...options, terminal: err });
        if (view) live.update(view);
        number = view?.number ?? number;
        return;
      }
      case 'message': {
        const next = progressAfter(progress.get(item.step), item.message);
        if (!next) return;
        progress.set(item.step, next);
        live?.progress(item.step, next);
        return;
      }
      case 'result':
        close();
        print(
          ...reportLines(item.view, { columns: out.columns(), unicode: out.unicode, now: now(), where: options.where }),
        );
        return;
      case 'run':
        if (command !== 'show') print(runRow(item.view));
        return;
      case 'session':
        print(sessionRow(item.session));
        return;
      case 'problem':
        print([
          {
            text: `${printable(item.file)}:${item.range.start.line + 1}:${item.range.start.character + 1}`,
            style: 'bold',
          },
          { text: `  ${printable(item.message)}` },
        ]);
        return;
      case 'check':
        print(...checkLines(item, out.columns()));
        return;
      case 'command':
        print([
          { text: item.approved ? 'approved  ' : 'not yet   ', style: item.approved ? 'passed' : 'attention' },
          { text: printable(item.agent).padEnd(20) },
          { text: ` ${printable(shellWords(item.command))}` },
          { text: `  ${printable(item.file)}`, style: 'dim' },
          { text: item.replacesBuiltIn ? ', in place of the built-in agent' : '', style: 'attention' },
        ]);
        return;
      case 'decision':
        print(decisionRow(item));
        return;
      case 'context':
        out.write(item.text.endsWith('\n') ? item.text : `${item.text}\n`);
        return;
      case 'note':
        // Of `why` the sentences are the answer.
        if (command === 'why') print([{ text: printable(item.text) }]);
        else say(item.text);
        return;
      case 'error':
        close();
        for (const line of wrap(printable(item.failure.message), Math.max(40, err.columns()))) err.write(`${line}\n`);
    }
  };
  return {
    show,
    repaired: (repair) => say(repairWords(repair)),
    stopping: () =>
      say(
        number === null
          ? 'Stopping…'
          : `Stopping… run ${number} can go on with: savepoint resume ${number}${options.where}`,
      ),
    close,
  };
}

function progressAfter(
  before: LiveProgress | undefined,
  message: (Item & { readonly kind: 'message' })['message'],
): LiveProgress | null {
  const last = before ?? { message: 'running', fraction: null, findings: 0 };
  if (message.kind === 'progress') return { ...last, message: message.message, fraction: message.fraction ?? null };
  if (message.kind === 'finding') return { ...last, findings: last.findings + 1 };
  return null;
}

/** As much of a run's id as tells it from the others. */
const SHORT_ID = 13;

function eventLine({ time, type, origin, data }: StoredEvent): Line {
  const run = typeof data['run'] === 'string' ? data['run'] : null;
  const step = typeof data['step'] === 'string' ? ` ${data['step']}` : '';
  const subject = run === null ? '' : ` ${run.slice(0, SHORT_ID)}`;
  const error = errorMessage(data['error']);
  return [
    { text: `${clockTime(time)}  `, style: 'dim' },
    { text: type.padEnd(30) },
    { text: printable(`${step}${subject}`) },
    ...(error === null ? [] : [{ text: `  ${printable(error)}`, style: 'failed' } as const]),
    ...(origin === `run:${run}` ? [] : [{ text: `  ${printable(origin)}`, style: 'dim' } as const]),
  ];
}

/** The first line of what went wrong, where an event tells of it. */
function errorMessage(error: Json | undefined): string | null {
  if (typeof error !== 'object' || error === null || !('message' in error)) return null;
  return typeof error.message === 'string' ? (error.message.split('\n')[0] ?? null) : null;
}

function repairWords({ file, keptAside }: Repair): string {
  const kept = keptAside === null ? '' : ` The damaged part is kept in ${keptAside}.`;
  return `The journal was repaired: ${file}.${kept} savepoint doctor has the details.`;
}

function runRow(view: RunView): Line {
  const facts = runFacts(view);
  const look = lookOfRun(facts);
  const took = view.endedAt === null ? '' : durationWords(Date.parse(view.endedAt) - Date.parse(view.startedAt));
  return [
    { text: `${String(view.number).padStart(5)}  ` },
    { text: `${look.symbol} `, style: look.tone },
    { text: view.workflow.padEnd(20) },
    { text: ` ${outcomeWords(facts)}` },
    {
      text: `  ${new Date(view.startedAt).toLocaleString('sv-SE').slice(0, 16)}${took === '' ? '' : ` · ${took}`}`,
      style: 'dim',
    },
  ];
}

function sessionRow({
  session,
  epoch,
  startedAt,
  endedAt,
  events,
  runs,
}: (Item & { readonly kind: 'session' })['session']): Line {
  return [
    { text: `${String(epoch).padStart(5)}  ` },
    { text: new Date(startedAt).toLocaleString('sv-SE').slice(0, 16) },
    { text: `  ${endedAt === null ? 'live' : 'ended'}`.padEnd(9) },
    { text: `${countWords(events, 'event')}, ${countWords(runs.length, 'run')}` },
    { text: `  ${session}`, style: 'dim' },
  ];
}

function decisionRow({ at, workflow, why, files }: Item & { readonly kind: 'decision' }): Line {
  const [first, ...others] = files;
  const named = first === undefined ? '' : `  ${first}${others.length > 0 ? ` and ${others.length} more` : ''}`;
  return [
    { text: `${new Date(at).toLocaleString('sv-SE')}  `, style: 'dim' },
    { text: (workflow ?? 'all workflows').padEnd(20) },
    { text: ` ${printable(why)}` },
    { text: printable(named), style: 'dim' },
  ];
}

const CHECK_LOOK = {
  ok: { text: 'ok', style: 'passed' },
  note: { text: 'note', style: 'running' },
  warning: { text: 'warning', style: 'attention' },
  error: { text: 'error', style: 'failed' },
} as const;

function checkLines({ name, status, message }: Item & { readonly kind: 'check' }, columns: number): readonly Line[] {
  const { text, style } = CHECK_LOOK[status];
  const lines = wrap(printable(message), Math.max(30, columns - 30));
  return lines.map((line, index): Line =>
    index === 0
      ? [{ text: text.padEnd(9), style }, { text: name.padEnd(20), style: 'bold' }, { text: line }]
      : [{ text: `${' '.repeat(29)}${line}` }],
  );
}
