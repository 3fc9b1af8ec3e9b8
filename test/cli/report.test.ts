import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Finding } from '../../src/contract/findings.ts';
import { RUN_STATUSES, STEP_STATUSES, type RunView } from '../../src/contract/runs.ts';
import { reportLines } from '../../src/orchestrator/host/cli/report.ts';
import { stepRows } from '../../src/orchestrator/host/cli/step-rows.ts';
import { paint, widthOf } from '../../src/orchestrator/host/cli/terminal.ts';
import { runView, stepView } from '../support/views.ts';

const NOW = Date.parse('2026-11-18T14:30:00.000Z');
const look = { unicode: true, colour: false };

const textOf = (view: RunView, columns = 120, unicode = true): string[] =>
  reportLines(view, { columns, unicode, now: NOW, where: '' }).map((line) =>
    paint(line, { unicode, colour: false }, columns),
  );

const finding = (over: Partial<Finding> = {}): Finding => ({
  agent: 'security-auditor',
  rule: 'secret.stripe-live',
  severity: 'error',
  confidence: 'certain',
  message: 'Looks like a live Stripe key. Move it to the environment and revoke it.',
  file: 'src/auth/session.ts',
  range: { start: { line: 11, character: 18 }, end: { line: 11, character: 40 } },
  fingerprint: 'f',
  ...over,
});

const failedRun = runView({
  status: 'failed',
  steps: [
    stepView('security-pre-check', { status: 'cached', cached: 'r40', cachedNumber: 40, durationMs: 200 }),
    stepView('test-design', { needs: ['security-pre-check'], durationMs: 38_000, summary: '41 tests pass' }),
    stepView('bug-hunting', {
      needs: ['test-design'],
      status: 'failed',
      attempts: 3,
      durationMs: 27_000,
      error: {
        code: 'exit',
        exitCode: 2,
        message: 'eslint ended with exit code 2',
        command: ['npx', 'eslint', 'a b.ts'],
        lastLines: ['Error: no plugin'],
      },
      changedSince: {
        run: 'r38',
        number: 38,
        at: '2026-11-18T13:41:00.000Z',
        inputs: ['eslint.config.js', 'package.json'],
        total: 2,
      },
    }),
    stepView('performance-analysis', { needs: ['test-design'], durationMs: 52_000, summary: 'no slowdown' }),
    stepView('context-optimization', { needs: ['bug-hunting', 'performance-analysis'], status: 'skipped' }),
  ],
  findings: [finding()],
  older: 14,
  tests: { passed: 41, failed: 0, skipped: 0, selected: 41, total: 212, verdict: 'passed', cases: [] },
});

describe('the report of a run', () => {
  it('names what to do next, but not where nobody types commands', () => {
    const inEditor = reportLines(failedRun, { columns: 120, unicode: true, now: NOW, where: null });
    const text = inEditor.map((line) => paint(line, look, 120));
    assert.ok(textOf(failedRun).some((line) => /^Next +savepoint retry/.test(line)));
    assert.deepEqual(
      text.filter((line) => line.includes('savepoint ')),
      [],
    );
    assert.deepEqual(text, textOf(failedRun).slice(0, text.length));
  });

  it('says what failed, what changed since, what was found, and what to do, in that order', () => {
    const lines = textOf(failedRun);
    const at = (part: string): number => {
      const index = lines.findIndex((line) => line.includes(part));
      assert.notEqual(index, -1, `${part} is missing in\n${lines.join('\n')}`);
      return index;
    };
    const places = [
      at('✖ tsddr-2.0 failed at bug-hunting'),
      at('= security-pre-check      0.2 s  from cache, run 40'),
      at('✔ test-design              38 s  41 tests pass'),
      at('├ ✖ bug-hunting            27 s  exit code 2, 3 tries'),
      at('└ ✔ performance-analysis   52 s  no slowdown'),
      at('- context-optimization           did not run'),
      at('What failed'),
      at("$ npx eslint 'a b.ts'"),
      at('│ Error: no plugin'),
      at('Changed since it last passed  run 38'),
      at('eslint.config.js'),
      at('Findings  1 error on changed lines; 14 older ones not shown'),
      at('12:19  error    Looks like a live Stripe key.'),
      at('Tests     41 pass (41 of 212: those that reach the changed files)'),
      at('Undone    nothing to undo'),
      at('Next      savepoint retry 41 --from bug-hunting'),
    ];
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
  });

  it('offers the answers where going on needs one, and plain resuming only where it does not', () => {
    const resuming = (over: Partial<RunView>): readonly string[] =>
      textOf(runView(over)).flatMap((line) => /savepoint resume 41(?: --\w+)?/.exec(line)?.[0] ?? []);
    const answers = ['again', 'done', 'fail'].map((answer) => `savepoint resume 41 --${answer}`);
    const needsDecision = { step: 's', question: 'It is not known whether s had an effect.' };
    assert.deepEqual(resuming({ status: 'waiting', needsDecision }), answers);
    assert.deepEqual(resuming({ status: 'interrupted', needsDecision }), answers);
    assert.deepEqual(resuming({ status: 'interrupted' }), ['savepoint resume 41']);
    assert.deepEqual(resuming({ status: 'completed' }), []);
  });

  it('starts every line of a message in one column, wherever the finding is', () => {
    const message = 'word '.repeat(60).trim();
    for (const line of [0, 11, 123_455]) {
      const range = { start: { line, character: 18 }, end: { line, character: 40 } };
      const lines = textOf(runView({ findings: [finding({ message, range })] }), 80).filter((one) =>
        one.includes('word'),
      );
      assert.equal(new Set(lines.map((one) => one.indexOf('word'))).size, 1, lines.join('\n'));
    }
  });

  it('never calls a part of the tests all, nor nothing checked finished well', () => {
    const vacuous = runView({ steps: [stepView('tests', { nothingChecked: true, summary: 'not checked' })] });
    assert.match(textOf(vacuous)[0] ?? '', /but nothing was checked/);
    const none = runView({
      tests: { passed: 0, failed: 0, skipped: 0, selected: 0, total: 0, verdict: 'vacuous', cases: [] },
    });
    assert.ok(textOf(none).includes('Tests     No tests ran.'));
    assert.match(textOf(none)[0] ?? '', /^- tsddr-2.0 finished, but no tests ran/);
    const tests = {
      passed: 0,
      failed: 0,
      skipped: 0,
      selected: 0,
      total: null,
      verdict: 'not-run',
      cases: [],
    } as const;
    const code = stepView('code', { summary: 'nothing found' });
    const missing = stepView('tests', { nothingChecked: true, summary: 'no tests could run' });
    const untested = textOf(runView({ steps: [code, missing], tests: { ...tests, verdict: 'vacuous' } }));
    assert.match(untested[0] ?? '', /^- tsddr-2.0 finished, but no tests ran/);
    assert.ok(
      untested.some((line) => /^ {2}- tests .*no tests could run/.test(line)),
      untested.join('\n'),
    );
    const noRunner = stepView('tests', { nothingChecked: true, summary: 'no test runner found' });
    const without = textOf(runView({ steps: [code, noRunner], tests }));
    assert.match(without[0] ?? '', /^✔ tsddr-2.0 finished {2}run/, 'a project without tests is no alarm');
    assert.ok(
      without.some((line) => /^ {2}- tests .*no test runner found/.test(line)),
      without.join('\n'),
    );
    assert.match(textOf(runView({ steps: [code], tests }))[0] ?? '', /^✔ tsddr-2.0 finished {2}run/);
    const unfinished = runView({ steps: [code, stepView('tests', { status: 'failed' })], findings: [finding({})] });
    assert.match(textOf(unfinished)[0] ?? '', /^✖ tsddr-2.0 finished with 1 finding, but tests could not finish/);
    const red = runView({
      tests: {
        passed: 3,
        failed: 1,
        skipped: 0,
        selected: 4,
        total: 4,
        verdict: 'failed',
        cases: [{ name: 'adds', file: 't.ts', status: 'failed', message: 'expected 2\ngot 3' }],
      },
    });
    assert.match(textOf(red)[0] ?? '', /^✖ tsddr-2.0 finished with 1 failing test/);
    assert.ok(textOf(red).some((line) => line.includes('✖ adds  t.ts')));
  });

  it('uses plain letters where the locale has no others', () => {
    const lines = textOf(failedRun, 80, false);
    assert.ok(lines.includes('  FAIL  bug-hunting              27 s  exit code 2, 3 tries'), lines.join('\n'));
    assert.ok(lines.includes('  same  security-pre-check      0.2 s  from cache, run 40'));
    assert.ok(
      lines.every((line) => /^[\u0020-\u007e]*$/.test(line)),
      lines.join('\n'),
    );
  });

  it('keeps its width and lets no control character through, whatever agents write', () => {
    const nasty = fc.string({
      unit: fc.constantFrom(
        '\u001b[2J',
        '\u001b]0;x\u0007',
        '\n',
        '\r',
        '\u202e',
        '表',
        'é',
        '👩',
        'a',
        ' ',
        'longer-word',
      ),
    });
    fc.assert(
      fc.property(
        fc.record({ message: nasty, summary: nasty, name: nasty, last: nasty }),
        fc.integer({ min: 40, max: 200 }),
        fc.record({ status: fc.constantFrom(...RUN_STATUSES), stepStatus: fc.constantFrom(...STEP_STATUSES) }),
        (text, columns, { status, stepStatus }) => {
          const view = runView({
            status,
            findings: [finding({ message: text.message, file: text.name })],
            steps: [
              stepView('one', {
                status: stepStatus,
                summary: text.summary,
                error: { code: 'exit', message: text.message, lastLines: [text.last], command: [text.name] },
              }),
            ],
            tests: {
              passed: 0,
              failed: 1,
              skipped: 0,
              selected: 1,
              total: 1,
              verdict: 'failed',
              cases: [{ name: text.name, file: 'f', status: 'failed', message: text.last }],
            },
          });
          for (const line of textOf(view, columns)) {
            assert.ok(widthOf(line) <= columns, `${widthOf(line)} > ${columns}: ${line}`);
            assert.ok(!/[\u0000-\u001f\u007f-\u009f\u202e]/.test(line), JSON.stringify(line));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the rows of a live tree', () => {
  const running = runView({
    status: 'running',
    endedAt: null,
    steps: [
      stepView('tests', { status: 'running', startedAt: new Date(NOW - 31_000).toISOString() }),
      stepView('bugs', { needs: ['tests'], status: 'pending' }),
      stepView('perf', {
        needs: ['tests'],
        status: 'retrying',
        nextTryAt: new Date(NOW).toISOString(),
        error: { code: 'timeout', message: 'it took longer than 20 s' },
      }),
      stepView('last', { needs: ['bugs', 'perf'], status: 'pending' }),
    ],
  });
  const progress = new Map([['tests', { message: '118 of 190 files', fraction: 0.5, findings: 2 }]]);
  const rows = (columns: number): string[] =>
    stepRows(running, { columns, unicode: true, now: NOW, progress }).map((line) => paint(line, look, columns));

  it('shows how far a step is, when it tries again, and what the others wait for', () => {
    const wide = rows(120).join('\n');
    assert.match(wide, /tests {20}31 s {2}118 of 190 files {2}━{13}─{13} {2}50 % {3}2 findings/);
    assert.match(wide, /├ · bugs/);
    assert.match(wide, /└ ↻ perf .*tries again at \d\d:\d\d:\d\d, try 2 of 3: it took longer than 20 s/);
    assert.match(wide, /waits for bugs and perf/);
  });

  it('gives up durations first, then the bar, where the terminal is narrow', () => {
    assert.match(rows(80).join('\n'), /━{6}─{6}/);
    assert.match(rows(80).join('\n'), /waits for 2 steps/);
    assert.doesNotMatch(rows(58).join('\n'), /31 s|━/);
  });
});
