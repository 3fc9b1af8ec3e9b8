import type { TestCase } from '../../contract/findings.ts';
import type { RunView } from '../../contract/runs.ts';

/** JUnit XML as CI servers read it: one suite per test file, times in seconds. */
export function junitOf(view: RunView): string {
  const suites = [...Map.groupBy(view.tests.cases, ({ file }) => file)].map(([file, cases]) =>
    suiteOf(file, cases, view.startedAt),
  );
  const { cases } = view.tests;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeXml(view.workflow)}" ${countsOf(cases)}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteOf(file: string, cases: readonly TestCase[], timestamp: string): string {
  const rows = cases.map(({ name, status, durationMs, message }) => {
    const open = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(file)}" time="${seconds(durationMs ?? 0)}"`;
    if (status === 'skipped') return `${open}><skipped/></testcase>`;
    if (status === 'passed') return `${open}/>`;
    const text = message ?? '';
    return `${open}><failure message="${escapeXml(text.split('\n')[0] ?? '')}">${escapeXml(text)}</failure></testcase>`;
  });
  return [
    `  <testsuite name="${escapeXml(file)}" timestamp="${timestamp}" ${countsOf(cases)}>`,
    ...rows,
    '  </testsuite>',
  ].join('\n');
}

function countsOf(cases: readonly TestCase[]): string {
  const count = (status: TestCase['status']): number => cases.filter((test) => test.status === status).length;
  const time = cases.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0);
  return `tests="${cases.length}" failures="${count('failed')}" errors="0" skipped="${count('skipped')}" time="${seconds(time)}"`;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

const ENTITIES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** XML 1.0 has no place for most control characters and lone surrogates: they are left out. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000d-\u001f\ufffe\uffff]/g, '')
    .replace(/[<>&"\n\t]/g, (character) => ENTITIES[character] ?? character);
}
