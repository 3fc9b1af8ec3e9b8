import type { Finding } from '../../../contract/findings.ts';
import { SEVERITIES, type Severity } from '../../../contract/severities.ts';
import { failedStepOf, lookOfRun, runFacts, withOutcome } from '../../../contract/run-words.ts';
import type { RunView, StepView, TimeSplit } from '../../../contract/runs.ts';
import { SEVERITY_WORDS, STATES, countWords, durationWords, type Tone } from '../../../contract/words.ts';
import { shellWords } from '../../../contract/shell-words.ts';
import { stepRows } from './step-rows.ts';
import { printable, widthOf, wrap, type Line, type Span } from './terminal.ts';

export interface ReportOptions {
  readonly columns: number;
  readonly unicode: boolean;
  /** Milliseconds since 1970: "today 13:41". */
  readonly now: number;
  /** What a command needs to be about this workspace: ` --workspace DIR`, or nothing in its own folder. Null: no commands are named. */
  readonly where: string | null;
}

const SEVERITY_TONE = { error: 'failed', warning: 'attention', info: 'running' } as const satisfies Record<
  Severity,
  Tone
>;
/** A person reads so many; the rest is counted, and `--json` has all. */
const FINDINGS_SHOWN = 60;
/** Notes give way to what is wrong. */
const NOTES_SHOWN = 10;
const FAILED_TESTS_SHOWN = 20;

/** The report of a run: sections in the order of UX.md §13, left out when empty. */
export function reportLines(view: RunView, options: ReportOptions): readonly Line[] {
  const sections = [
    [headline(view, options)],
    stepRows(view, { columns: options.columns, unicode: options.unicode, now: null }),
    whatFailed(view, options),
    changedSince(view, options),
    findings(view, options),
    notChecked(view, options),
    summary(view, options),
  ];
  return sections
    .filter((section) => section.length > 0)
    .flatMap((section, index) => (index === 0 ? section : [[], ...section]));
}

const ENDINGS = {
  running: 'is running',
  retrying: 'waits to try again',
  waiting: 'needs you',
  interrupted: 'was cut off',
  compensating: 'is undoing what it did',
  completed: 'finished',
  failed: 'failed',
  compensated: 'failed',
  cancelled: 'was stopped',
  superseded: 'was replaced by newer edits',
} as const;

function headline(view: RunView, { now, unicode }: ReportOptions): Line {
  const facts = runFacts(view);
  const look = lookOfRun(facts);
  const step = view.steps.find(({ status }) => status === 'failed' || status === 'compensated');
  const failedAt = failedStepOf(view) ?? step;
  const at = (view.status === 'failed' || view.status === 'compensated') && failedAt ? ` at ${failedAt.id}` : '';
  const undone = view.status === 'compensated' ? ', and undone' : '';
  const took = (view.endedAt === null ? now : Date.parse(view.endedAt)) - Date.parse(view.startedAt);
  const mark = unicode
    ? `${look.symbol} `
    : view.status === 'failed' || view.status === 'compensated'
      ? 'FAILED  '
      : '';
  const words =
    unicode || mark === ''
      ? `${view.workflow} ${ENDINGS[view.status]}${at}${undone}`
      : `${view.workflow}${at}${undone}`;
  return [
    { text: mark, style: look.tone },
    { text: words, style: 'bold' },
    { text: `${withOutcome(facts)}  run ${view.number} · ${durationWords(Math.max(0, took))}`, style: 'dim' },
  ];
}

const title = (text: string, after = ''): Line => [
  { text, style: 'bold' },
  { text: after === '' ? '' : `  ${after}`, style: 'dim' },
];

function whatFailed(view: RunView, options: ReportOptions): readonly Line[] {
  const failed = view.steps.filter(
    ({ status, error }) => error !== null && (status === 'failed' || status === 'interrupted' || status === 'waiting'),
  );
  const asked: Line[] =
    view.needsDecision === null
      ? []
      : wrap(printable(view.needsDecision.question), options.columns - 4).map((text) => [{ text: `  ${text}` }]);
  if (failed.length === 0) return asked.length === 0 ? [] : [title('Needs you'), ...asked];
  return [title('What failed'), ...failed.flatMap((step) => failureLines(step, options)), ...asked];
}

function failureLines(step: StepView, { columns }: ReportOptions): readonly Line[] {
  const error = step.error;
  if (error === null) return [];
  const sentence = `${step.id}: ${printable(error.message)}`;
  const tries = step.attempts > 1 ? ` (${step.attempts} tries)` : '';
  return [
    ...wrap(`${sentence}${tries}`, columns - 4).map((text): Line => [{ text: `  ${text}` }]),
    ...(error.command && error.command.length > 0
      ? [[{ text: '  $ ', style: 'dim' }, { text: printable(shellWords(error.command)) }] as Line]
      : []),
    ...(error.lastLines ?? [])
      .slice(-5)
      .map((text): Line => [{ text: '  │ ', style: 'dim' }, { text: printable(text) }]),
  ];
}

function changedSince(view: RunView, options: ReportOptions): readonly Line[] {
  const step = view.steps.find(({ status, changedSince: since }) => status === 'failed' && since !== null);
  const since = step?.changedSince;
  if (!since) return [];
  const shown = since.inputs.slice(0, 3);
  const more = since.total - shown.length;
  return [
    title('Changed since it last passed', `run ${since.number}, ${dayTime(since.at, options.now)}`),
    ...shown.map((name, index): Line => [
      { text: `  ${printable(name).padEnd(28)}` },
      ...(index === 0 ? [{ text: '  first input that differs', style: 'attention' } as Span] : []),
    ]),
    ...(more > 0
      ? [[{ text: `  ${countWords(more, 'more input')}: savepoint show ${view.number} --json`, style: 'dim' }] as Line]
      : []),
    ...(since.total === 0 ? [[{ text: '  Nothing: the inputs are the same.' }] as Line] : []),
  ];
}

/** "today 13:41", "yesterday 13:41", "18 Nov 13:41". */
function dayTime(iso: string, now: number): string {
  const date = new Date(iso);
  const time = `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  if (date.getTime() >= midnight) return `today ${time}`;
  if (date.getTime() >= midnight - 86_400_000) return `yesterday ${time}`;
  return `${date.getDate()} ${date.toLocaleString('en-GB', { month: 'short' })} ${time}`;
}

function findings(view: RunView, { columns }: ReportOptions): readonly Line[] {
  if (view.findings.length === 0) {
    return view.older > 0
      ? [title('Findings', `none on changed lines; ${countWords(view.older, 'older one')} not shown`)]
      : [];
  }
  const counts = SEVERITIES.map(
    (severity) => [severity, view.findings.filter((finding) => finding.severity === severity).length] as const,
  )
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => countWords(count, SEVERITY_WORDS[severity]));
  const where = view.scope.kind === 'changed' ? ' on changed lines' : '';
  const older = view.older > 0 ? `; ${countWords(view.older, 'older one')} not shown` : '';
  const sorted = view.findings.toSorted(byPlace);
  const wrong = sorted.filter(({ severity }) => severity !== 'info').slice(0, FINDINGS_SHOWN);
  const notes = sorted.filter(({ severity }) => severity === 'info').slice(0, NOTES_SHOWN);
  const shown = [...wrong, ...notes].sort(byPlace);
  const byFile = Map.groupBy(shown, ({ file }) => file);
  const rest = view.findings.length - shown.length;
  return [
    [
      { text: 'Findings', style: 'bold' },
      { text: `  ${counts.join(', ')}` },
      { text: `${where}${older}`, style: 'dim' },
    ],
    ...[...byFile].flatMap(([file, group]): readonly Line[] => [
      [{ text: `  ${printable(file)}` }],
      ...group.flatMap((finding) => findingLines(finding, columns)),
    ]),
    ...(rest > 0
      ? [
          [
            { text: `  ${countWords(rest, 'more finding')}: savepoint show ${view.number} --json`, style: 'dim' },
          ] as Line,
        ]
      : []),
  ];
}

function byPlace(a: Finding, b: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character;
}

function findingLines(finding: Finding, columns: number): readonly Line[] {
  const place = `${finding.range.start.line + 1}:${finding.range.start.character + 1}`;
  const indent = 4 + Math.max(6, place.length) + 10;
  const rule = printable(finding.rule);
  const room = Math.max(24, columns - indent);
  const lines = wrap(printable(finding.message), room);
  const last = lines.at(-1) ?? '';
  const onLastLine = widthOf(last) + 2 + widthOf(rule) <= room;
  const lead: Span[] = [
    { text: `    ${place.padEnd(6)} `, style: 'dim' },
    { text: SEVERITY_WORDS[finding.severity].padEnd(9), style: SEVERITY_TONE[finding.severity] },
  ];
  const body = lines.map((text, index): Line => {
    const start: Line = index === 0 ? lead : [{ text: ' '.repeat(indent) }];
    const tail: Line = index === lines.length - 1 && onLastLine ? [{ text: `  ${rule}`, style: 'dim' }] : [];
    return [...start, { text }, ...tail];
  });
  return onLastLine ? body : [...body, [{ text: `${' '.repeat(indent)}${rule}`, style: 'dim' }]];
}

const NOT_CHECKED_SHOWN = 12;

function notChecked(view: RunView, { columns }: ReportOptions): readonly Line[] {
  // Two steps of one agent may say the same.
  const all = [...new Set(view.notChecked.map(({ what, why }) => `${printable(what)}: ${printable(why)}`))];
  if (all.length === 0) return [];
  const lines = all
    .slice(0, NOT_CHECKED_SHOWN)
    .flatMap((text) =>
      wrap(text, columns - 4).map((part, index): Line => [
        { text: `${index === 0 ? '  ' : '    '}${part}`, style: 'dim' },
      ]),
    );
  const rest = all.length - NOT_CHECKED_SHOWN;
  const more: Line = [{ text: `  ${rest} more: savepoint show ${view.number} --json`, style: 'dim' }];
  return [title('Not checked'), ...lines, ...(rest > 0 ? [more] : [])];
}

const LABEL = 10;
const label = (name: string): Span => ({ text: name.padEnd(LABEL), style: 'bold' });

function summary(view: RunView, options: ReportOptions): readonly Line[] {
  const { where } = options;
  const next = where === null ? [] : nextSteps(view).map(([command, why]) => [`${command}${where}`, why] as const);
  return [
    ...testLines(view, options),
    ...timeLines(view, options),
    ...undoLines(view),
    ...(view.written.length > 0
      ? [
          [
            label('Written'),
            {
              text: `by tools, in your workspace: ${view.written.slice(0, 5).map(printable).join(', ')}${view.written.length > 5 ? ` and ${view.written.length - 5} more` : ''}`,
            },
          ] as Line,
        ]
      : []),
    ...next.map(([command, why], index): Line => [
      index === 0 ? label('Next') : { text: ' '.repeat(10) },
      { text: command.padEnd(Math.min(40, Math.max(...next.map(([text]) => text.length)))) },
      { text: options.columns >= 70 && why !== '' ? `   ${why}` : '', style: 'dim' },
    ]),
  ];
}

function testLines(view: RunView, { unicode }: ReportOptions): readonly Line[] {
  const { passed, failed, skipped, selected, total, verdict, cases } = view.tests;
  if (verdict === 'not-run') return [];
  if (verdict === 'vacuous') return [[label('Tests'), { text: 'No tests ran.' }]];
  const counts = [
    ...(failed > 0 ? [countWords(failed, 'fails', 'fail')] : []),
    ...(passed > 0 || failed === 0 ? [`${passed} pass`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(', ');
  const those = 'those that reach the changed files';
  const part = total === null ? `(${those})` : selected < total ? `(${selected} of ${total}: ${those})` : '';
  const failures = cases.filter(({ status }) => status === 'failed');
  return [
    [label('Tests'), { text: counts }, { text: part === '' ? '' : ` ${part}`, style: 'dim' }],
    ...failures.slice(0, FAILED_TESTS_SHOWN).flatMap(({ name, file, message }): readonly Line[] => [
      [
        { text: ' '.repeat(10) },
        { text: unicode ? STATES.failed.symbol : STATES.failed.plain, style: 'failed' },
        { text: ` ${printable(name)}` },
        { text: `  ${printable(file)}`, style: 'dim' },
      ],
      ...(message ?? '')
        .split('\n')
        .filter((text) => text.trim() !== '')
        .slice(0, 4)
        .map((text): Line => [{ text: `${' '.repeat(12)}│ `, style: 'dim' }, { text: printable(text) }]),
    ]),
  ];
}

const TIME_WORDS = {
  tool: 'tools',
  start: 'starting',
  wait: 'waiting',
  disk: 'disk',
  queue: 'queue',
} as const satisfies Record<keyof TimeSplit, string>;

function timeLines(view: RunView, { columns }: ReportOptions): readonly Line[] {
  const totals = (Object.keys(TIME_WORDS) as (keyof TimeSplit)[]).map(
    (key) => [key, view.steps.reduce((sum, { timeMs }) => sum + timeMs[key], 0)] as const,
  );
  const all = totals.reduce((sum, [, ms]) => sum + ms, 0);
  if (all < 50) return [];
  const parts = totals
    .filter(([, ms]) => ms >= 50)
    .map(
      ([key, ms]) =>
        `${TIME_WORDS[key]} ${durationWords(ms)}${key === 'tool' ? ` (${Math.round((100 * ms) / all)} %)` : ''}`,
    );
  const slowest = view.steps.reduce((a, b) => (b.durationMs > a.durationMs ? b : a));
  const words = parts.join(', ');
  const longest = view.steps.length > 1 ? `; longest: ${slowest.id} ${durationWords(slowest.durationMs)}` : '';
  const fits = LABEL + words.length + longest.length <= columns;
  return [[label('Time'), { text: words }, { text: fits ? longest : '', style: 'dim' }]];
}

function undoLines(view: RunView): readonly Line[] {
  if (view.status !== 'failed' && view.status !== 'compensated' && view.status !== 'cancelled') return [];
  const undone = view.steps.filter(({ status }) => status === 'compensated').map(({ id }) => id);
  const cannot = view.cannotUndo.length > 0 ? `cannot be undone: ${view.cannotUndo.map(printable).join(', ')}` : '';
  if (undone.length === 0) {
    return [
      [
        label('Undone'),
        { text: cannot === '' ? 'nothing to undo: no step wrote in your workspace' : `nothing; ${cannot}` },
      ],
    ];
  }
  return [[label('Undone'), { text: `${undone.join(', ')}${cannot === '' ? '' : `; ${cannot}`}` }]];
}

/** At most three commands that can be pasted, each from a fact. */
function nextSteps(view: RunView): readonly (readonly [command: string, why: string])[] {
  const { number, status } = view;
  const finished = view.steps.filter((step) => step.status === 'completed' || step.status === 'cached').length;
  const steps: (readonly [string, string])[] = [];
  // Without an answer, resuming what asks for one is refused.
  if (status === 'waiting' || view.needsDecision !== null) {
    steps.push([`savepoint resume ${number} --again`, 'runs that step once more']);
    steps.push([`savepoint resume ${number} --done`, 'takes it as done']);
    steps.push([`savepoint resume ${number} --fail`, 'takes it as failed']);
  } else if (status === 'interrupted') steps.push([`savepoint resume ${number}`, 'goes on where it was cut off']);
  if (status === 'failed' || status === 'compensated' || status === 'cancelled') {
    const from = view.steps.find((step) => step.status === 'failed');
    const keeps = finished === 0 ? 'starts over' : `keeps the ${countWords(finished, 'finished step')}`;
    steps.push([`savepoint retry ${number}${from ? ` --from ${from.id}` : ''}`, keeps]);
  }
  if (status === 'completed' && view.scope.kind === 'changed' && view.older > 0)
    steps.push([`savepoint run ${view.workflow} --all`, 'shows older findings too']);
  if (status === 'completed' || status === 'failed')
    steps.push([`savepoint show ${number} --json`, 'everything, for scripts']);
  return steps.slice(0, 3);
}
