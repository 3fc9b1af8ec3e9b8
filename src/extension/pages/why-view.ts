import type { ActivityView, Decision } from '../../contract/activities.ts';
import type { RunRow } from '../../contract/board.ts';
import type { Finding } from '../../contract/findings.ts';
import type { Json } from '../../contract/json.ts';
import { countWords, DECISION_LOOKS, SEVERITY_WORDS } from '../../contract/words.ts';
import { lines } from './lines.ts';
import type { Gathered } from './page-texts.ts';
import type { Scene } from '../scene.ts';

const COLUMNS = 92;

/** Why something ran, or did not: what `savepoint why` says, as a page. */
export function whyText({ lines: given, notes, failure }: Gathered, title: string, scene: Scene): string {
  const rows = given.filter(({ kind }) => kind === 'decision').map((line) => decisionRow(line, scene));
  const story = [...notes, ...(failure === null ? [] : [failure])].flatMap((note) => lines(note, COLUMNS));
  return [title, '', ...story, ...(rows.length > 0 && story.length > 0 ? [''] : []), ...rows, ''].join('\n');
}

function decisionRow(line: Readonly<Record<string, Json>>, scene: Scene): string {
  const files = Array.isArray(line['files']) ? line['files'].filter((file) => typeof file === 'string') : [];
  const named =
    files.slice(0, 3).join(', ') + (files.length > 3 ? `, ${countWords(files.length - 3, 'more file')}` : '');
  const about = [text(line['workflow']) || 'every workflow', text(line['why'])].filter((one) => one !== '').join(': ');
  return `${scene.times.short(text(line['at']), scene.now).padEnd(18)} ${about}${named === '' ? '' : `  (${named})`}`;
}

/** Why a finding is told: the rule, who found it in which run, what started that run, and what it rests on. */
export function findingText(
  {
    finding,
    row,
    activities,
  }: {
    readonly finding: Finding & { readonly number: number; readonly at: string };
    readonly row: RunRow | undefined;
    readonly activities: readonly ActivityView[];
  },
  scene: Scene,
): string {
  const { start } = finding.range;
  const confidence = finding.confidence === 'certain' ? 'what it saw is certain' : 'it may be wrong here';
  const cause = activities.find(({ id }) => row?.activities.includes(id));
  const scope =
    row?.scope.kind === 'changed'
      ? `The line differs from the last commit, and the finding was not there before: older ones are only counted.`
      : 'The run looked at whole files, whether they changed or not.';
  const facts: readonly (readonly [string, string])[] = [
    ['Where', `${finding.file}:${start.line + 1}:${start.character + 1}`],
    ['Rule', `${finding.rule} (${SEVERITY_WORDS[finding.severity]}); ${confidence}`],
    ['Found by', `${finding.agent}, run ${finding.number} at ${scene.times.short(finding.at, scene.now)}`],
    [
      'Started by',
      cause
        ? causeWords(cause, scene)
        : row && row.activities.length === 0
          ? 'a person'
          : 'edits that are not listed any more',
    ],
    ['Why here', scope],
    ...(finding.fix === undefined ? [] : [['What to do', finding.fix] as const]),
    ...(finding.evidence === undefined ? [] : [['Rests on', finding.evidence] as const]),
    ...(finding.help === undefined ? [] : [['More', finding.help] as const]),
    [
      'Keep it quiet',
      `“Not a problem here” in its quick fixes, or a comment above the line: savepoint-ignore ${finding.rule}: why`,
    ],
  ];
  const rows = facts.flatMap(([name, words]) =>
    lines(words, COLUMNS - 15).map((line, index) => `${(index === 0 ? name : '').padEnd(15)}${line}`),
  );
  return [...lines(finding.message, COLUMNS), '', ...rows, ''].join('\n');
}

function causeWords({ origin, total, startedAt }: ActivityView, scene: Scene): string {
  const who =
    origin === 'human' ? 'you' : origin === 'unknown' ? 'something outside of the editor' : origin.replace(/^\w+:/, '');
  return `edits by ${who} in ${countWords(total, 'file')}, ${scene.times.short(startedAt, scene.now)}`;
}

/** A decision in a row of a list. */
export const decisionWords = ({ decision, why }: Decision): string =>
  why === '' ? DECISION_LOOKS[decision].word : why;

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
