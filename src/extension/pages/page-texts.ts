import type { JsonObject, Json } from '../../contract/json.ts';
import { countWords } from '../../contract/words.ts';
import type { Problem } from '../../orchestrator/definitions/problem.ts';
import { lines } from './lines.ts';
import { pieces, unapprovedOf } from '../commands/unapproved.ts';
import type { Scene } from '../scene.ts';

/** What a command gave: its `--json` lines, its words for people, and how it failed. */
export interface Gathered {
  readonly lines: readonly JsonObject[];
  readonly notes: readonly string[];
  readonly failure: string | null;
}

/** Width of pages, characters. */
const COLUMNS = 92;
const MARKS = { ok: '✔', note: '·', warning: '!', error: '✖' } as const;

export function doctorText(gathered: Gathered): string {
  const checks = gathered.lines.filter(({ kind }) => kind === 'check');
  const bad = checks.filter(({ status }) => status === 'warning' || status === 'error').length;
  const looked = checks.length > 0 && gathered.failure === null;
  const title =
    bad > 0
      ? `${countWords(bad, 'thing needs', 'things need')} a look`
      : looked
        ? 'Everything works'
        : 'Not everything could be looked at';
  const rows = checks.flatMap((check) => {
    const mark = MARKS[text(check['status']) as keyof typeof MARKS] ?? '·';
    return lines(text(check['message']), COLUMNS - 24).map((line, index) =>
      index === 0 ? `${mark} ${text(check['name']).padEnd(21)} ${line}` : `${' '.repeat(24)}${line}`,
    );
  });
  return page(title, rows, gathered);
}

export function eventsText(gathered: Gathered): string {
  const rows = gathered.lines
    .filter(({ kind }) => kind === 'event')
    .map((event) => {
      const data = event['data'];
      const { step, path: file, run } = isObject(data) ? data : {};
      const subject = text(file) || text(event['subject']);
      const about = [text(step), ...(subject === text(run) ? [] : [subject])].filter((one) => one !== '').join(' ');
      return `${text(event['time']).slice(0, 19).replace('T', ' ')}  ${text(event['type']).padEnd(32)} ${text(event['origin']).slice(0, 17).padEnd(18)} ${about}`.trimEnd();
    });
  return page(countWords(rows.length, 'event') + ', oldest first, times in UTC', rows, gathered);
}

export function sessionsText(gathered: Gathered, scene: Scene): string {
  const rows = gathered.lines
    .filter(({ kind }) => kind === 'session')
    .map((session) => {
      const runs = Array.isArray(session['runs']) ? session['runs'].length : 0;
      const ended = session['endedAt'] === null ? 'open' : 'ended';
      return `${String(Number(session['epoch'])).padStart(5)}  ${scene.times.short(text(session['startedAt']), scene.now).padEnd(18)} ${ended.padEnd(7)} ${countWords(Number(session['events']), 'event')}, ${countWords(runs, 'run')}`;
    });
  return page(countWords(rows.length, 'session'), rows, gathered);
}

export function contextText(gathered: Gathered): string {
  const bundle = gathered.lines.find(({ kind }) => kind === 'context');
  const head = bundle
    ? `${countWords(Number(bundle['tokens']), 'token')} of ${String(Number(bundle['budget']))}`
    : 'Nothing was collected';
  return page(head, bundle ? [text(bundle['text'])] : [], gathered);
}

/** Narrow enough that the minimap covers nothing of a command. */
const COMMAND_COLUMNS = 68;

/** Commands that wait for approval, whole: these by their hashes, or all. What is too long for a line goes on in the next. */
export function commandsText(gathered: Gathered, hashes: readonly string[]): string {
  const open = unapprovedOf(gathered.lines).filter(({ hash }) => hashes.length === 0 || hashes.includes(hash));
  const title =
    open.length === 0
      ? 'No command of this folder waits for your approval'
      : `${countWords(open.length, 'command')} of this folder, not started so far`;
  const rows = open.flatMap(({ command, file, about }) => [
    '',
    ...pieces(about, COMMAND_COLUMNS),
    file,
    '',
    ...pieces(command, COMMAND_COLUMNS).map((piece) => `    ${piece}`),
  ]);
  // The question stands over the first lines.
  const head = open.length === 0 ? [] : lines(APPROVAL, COMMAND_COLUMNS);
  return page(title, [...head, ...rows], { ...gathered, notes: [] });
}

const APPROVAL =
  'Once approved it starts by itself, with your rights, until the command, its file or a file that it starts changes.';

/** What is wrong in workflow and agent files, of the lines that `validate` gives. */
export function problemsOf({ lines: given }: Gathered): readonly Problem[] {
  return given.flatMap((line) => {
    const range = line['range'];
    if (line['kind'] !== 'problem' || !isObject(range)) return [];
    const { start, end } = range;
    if (!isObject(start) || !isObject(end)) return [];
    return [
      {
        file: text(line['file']),
        range: {
          start: { line: Number(start['line']), character: Number(start['character']) },
          end: { line: Number(end['line']), character: Number(end['character']) },
        },
        message: text(line['message']),
      },
    ];
  });
}

function page(title: string, rows: readonly string[], { notes, failure }: Gathered): string {
  const said = [...notes, ...(failure === null ? [] : [failure])].flatMap((note) => lines(note, COLUMNS));
  return [title, '', ...rows, ...(said.length === 0 ? [] : ['', ...said]), ''].join('\n');
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
