// Writes docs/blind-sample.md: what tsddr-2.0 finds on a sample whose author had not seen the rules. Needs `npm run build`.
import { rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Finding } from '../../src/contract/findings.ts';
import { copySample } from '../samples/copy-sample.ts';
import { blindExpected } from '../samples/expected.ts';
import { createRig, type ResultLine } from '../support/rig.ts';

interface Place {
  readonly file: string;
  readonly line: number;
}

const { defects, lookalikes } = blindExpected();

async function review(variant: 'planted' | 'clean'): Promise<ResultLine> {
  const rig = createRig({ git: false, name: 'pigeonpost' });
  try {
    rmdirSync(rig.workspace);
    await copySample({ sample: 'blind', variant, into: rig.workspace });
    const done = await rig.run(['run', 'tsddr-2.0', '--fail-on', 'never']);
    return done.only('result');
  } finally {
    await rig.dispose();
  }
}

const covers = ({ file, range }: Finding, place: Place): boolean =>
  file === place.file && range.start.line <= place.line && place.line <= range.end.line;

const placesOf = (defect: (typeof defects)[number]): readonly Place[] => [
  ...[defect.line, ...defect.also].map((line) => ({ file: defect.file, line })),
  ...defect.alsoIn,
];

/** A note on what no test reaches is about tests, whatever stands on its line. */
const UNREACHED = 'test.unreached-export';
const judged = ({ findings }: ResultLine): readonly Finding[] => findings.filter(({ rule }) => rule !== UNREACHED);

const planted = await review('planted');
const plantedFindings = judged(planted);
const clean = await review('clean');
const cleanFindings = judged(clean);
const unreached = planted.findings.length - plantedFindings.length;
const failedIn = new Set(planted.tests.cases.filter(({ status }) => status === 'failed').map(({ file }) => file));

const isFound = (defect: (typeof defects)[number]): boolean =>
  defect.family === 'failing-test'
    ? failedIn.has(defect.file)
    : placesOf(defect).some((place) => plantedFindings.some((finding) => covers(finding, place)));
const isAlarm = ({ file, line }: (typeof lookalikes)[number]): boolean =>
  plantedFindings.some(
    (finding) =>
      covers(finding, { file, line }) && !defects.some((one) => placesOf(one).some((place) => covers(finding, place))),
  );
const others = plantedFindings.filter(
  (finding) =>
    !defects.some((one) => placesOf(one).some((place) => covers(finding, place))) &&
    !lookalikes.some(({ file, line }) => covers(finding, { file, line })),
);

const percent = (part: number, whole: number): string => (whole === 0 ? '' : `${Math.round((100 * part) / whole)} %`);
const families = [...new Set([...defects, ...lookalikes].map(({ family }) => family))].sort();
const rowOf = (name: string, fits: (family: string) => boolean): string => {
  const wrong = defects.filter(({ family }) => fits(family));
  const right = lookalikes.filter(({ family }) => fits(family));
  const found = wrong.filter(isFound).length;
  const alarms = right.filter(isAlarm).length;
  const cells = [
    wrong.length,
    found,
    percent(found, wrong.length),
    right.length,
    alarms,
    percent(alarms, right.length),
  ];
  return `| ${name} | ${cells.join(' | ')} |`;
};
const text = (words: string): string => words.replaceAll('|', '\\|').replaceAll('`', "'");
const item = ({ rule, file, range, message }: Finding): string =>
  `- \`${rule}\` ${file}:${range.start.line + 1}: ${text(message)}`;

const page = `# What is found on a sample written blind

Made by \`node test/e2e/blind-sample.ts\`; not edited by hand. The sample (\`test/samples/blind\`) is a small newsletter service. Whoever
wrote it had not seen the rules: ${defects.length} defects, and ${lookalikes.length} look-alikes, which are right as they stand. \`tsddr-2.0\` looked at the change
that brings them, as anybody would run it. A defect counts as found when a finding is on its line (for a failing test: when a test
of that file failed); a look-alike is a false alarm when a finding is on its line. Notes on exported functions that no test reaches
(\`${UNREACHED}\`, ${unreached} here: the sample has few tests) are not counted as either.

| family | defects | found | recall | look-alikes | false alarms | of them |
|---|--:|--:|--:|--:|--:|--:|
${families.map((family) => rowOf(family, (one) => one === family)).join('\n')}
${rowOf('**all**', () => true)}

Findings that are neither on a defect nor on a look-alike: ${others.length}. Findings on the clean twin (the same change without the defects):
${cleanFindings.length}. Tests there: ${clean.tests.passed} pass, ${clean.tests.failed} fail.

## Not found

${defects
  .filter((one) => !isFound(one))
  .map(({ family, file, line, note }) => `- ${family}, ${file}:${line + 1}: ${text(note)}`)
  .join('\n')}

## False alarms on look-alikes

${lookalikes
  .filter(isAlarm)
  .map(({ family, file, line, note }) => `- ${family}, ${file}:${line + 1}: ${text(note)}`)
  .join('\n')}

## Findings elsewhere

${others.map(item).join('\n')}

## Findings on the clean twin

${cleanFindings.map(item).join('\n')}

## Not checked

${planted.notChecked.map(({ step, what, why }) => `- ${step}: ${text(what)}: ${text(why)}`).join('\n')}
`;
const target = path.join(import.meta.dirname, '../../docs/blind-sample.md');
const filled = page.replaceAll(/(## [^\n]+\n)\n\n+(?=\n## |$)/g, '$1\nNone.\n');
writeFileSync(target, await format(filled, { ...(await resolveConfig(target)), filepath: target }));
process.stdout.write(`${rowOf('all', () => true)}\n`);
