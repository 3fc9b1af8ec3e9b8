import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ProcessEnd } from '../../../src/orchestrator/process/processes.ts';
import type { TestSample } from '../../../src/orchestrator/agents/agent.ts';
import { caseMessage } from '../../../src/orchestrator/agents/test-executor/case-message.ts';
import { flakyHistory } from '../../../src/orchestrator/agents/test-executor/flaky.ts';
import { judge, summaryOf, verdictOf, type Whole } from '../../../src/orchestrator/agents/test-executor/outcome.ts';
import type { RunnerRun } from '../../../src/orchestrator/agents/test-executor/runner-process.ts';
import { proves } from '../../requirements.ts';

const END: ProcessEnd = {
  how: 'exit',
  exitCode: 0,
  signal: null,
  message: null,
  durationMs: 1,
  stdout: '',
  stdoutCut: false,
  lastLines: [],
};
const runOf = (run: Partial<RunnerRun>, end: Partial<ProcessEnd> = {}): RunnerRun => ({
  command: { argv: ['x'], cwd: '/w', extraEnv: {} },
  cases: [],
  files: new Map(),
  empty: [],
  ended: true,
  foundNone: false,
  leftOpen: false,
  startMs: null,
  ...run,
  end: { ...END, ...end },
});
const PASSED = { name: 'a', file: 'a.ts', status: 'passed' } as const;
const FAILED = { name: 'b', file: 'a.ts', status: 'failed' } as const;

describe(proves('A12', 'test executor: what the end of a runner means'), () => {
  const given: Readonly<Record<string, readonly [RunnerRun, string]>> = {
    'exit code 0 after tests': [runOf({ cases: [PASSED] }), 'looked'],
    'exit code 1 with a failing test': [runOf({ cases: [FAILED] }, { exitCode: 1 }), 'looked'],
    'exit code 1 although every test passed': [runOf({ cases: [PASSED] }, { exitCode: 1 }), 'looked and failed'],
    'a crash in the middle': [
      runOf({ cases: [PASSED], ended: false }, { exitCode: null, signal: 'SIGSEGV' }),
      'looked and failed',
    ],
    'a crash after a failing test': [runOf({ cases: [FAILED], ended: false }, { exitCode: 7 }), 'looked and failed'],
    'left open': [runOf({ cases: [PASSED], leftOpen: true }, { how: 'aborted', exitCode: null }), 'looked'],
    'exit code 0 without tests': [runOf({}), 'no-tests'],
    'no tests found': [
      runOf({ ended: false }, { exitCode: 1, lastLines: ['No tests found, exiting with code 1'] }),
      'no-tests',
    ],
    'a broken configuration': [runOf({ ended: false }, { exitCode: 1, lastLines: ['SyntaxError'] }), 'failed exit'],
    'not startable': [runOf({ ended: false }, { how: 'spawn', exitCode: null, message: 'ENOENT' }), 'failed spawn'],
    'stopped by us': [runOf({ cases: [PASSED], ended: false }, { how: 'aborted', exitCode: null }), 'failed cancelled'],
  };
  for (const [what, [run, expected]] of Object.entries(given)) {
    it(`${what}: ${expected}`, () => {
      const judgement = judge(run, 'vitest');
      const said =
        judgement.kind === 'failed'
          ? `failed ${judgement.error.code}`
          : judgement.kind === 'looked' && judgement.extra !== null
            ? 'looked and failed'
            : judgement.kind;
      assert.equal(said, expected);
    });
  }

  it('points at last lines only where there are some', () => {
    const messageOf = (lastLines: readonly string[]): string => {
      const judgement = judge(runOf({ ended: false }, { exitCode: 1, lastLines }), 'vitest');
      return judgement.kind === 'failed' ? judgement.error.message : '';
    };
    assert.match(messageOf(['', 'SyntaxError']), /its last lines say why$/);
    assert.match(messageOf(['', ' ']), /printed nothing/);
  });

  it('is green only with a test that passed and none that failed', () => {
    fc.assert(
      fc.property(fc.nat(5), fc.nat(5), fc.nat(5), (passed, failed, skipped) => {
        assert.equal(verdictOf({ passed, failed, skipped }) === 'passed', passed > 0 && failed === 0);
      }),
    );
  });

  it('says it in at most eight words, and never "all" of a part', () => {
    const counts = fc.record({ passed: fc.nat(9), failed: fc.nat(2), skipped: fc.nat(2) });
    const whole = fc.record({
      counts,
      broken: fc.nat(2),
      files: fc.record({ selected: fc.nat(9), total: fc.nat(99) }),
      everything: fc.boolean(),
      total: fc.option(fc.nat(99)),
      flaky: fc.nat(1),
      leftOpen: fc.boolean(),
    }) satisfies fc.Arbitrary<Whole>;
    fc.assert(
      fc.property(whole, (any) => {
        const one = { ...any, broken: Math.min(any.broken, any.counts.failed) };
        const summary = summaryOf(one);
        assert.ok(summary.split(' ').length <= 8, summary);
        assert.ok(!/\ball\b/.test(summary));
        if (!one.everything && one.counts.failed === 0 && one.counts.passed > 0 && one.flaky === 0)
          assert.match(summary, /selected/);
      }),
    );
  });
});

describe(proves('A12', 'test executor: words for what failed outside the tests'), () => {
  const whole = { files: { selected: 2, total: 2 }, everything: true, total: 12, flaky: 0, leftOpen: false };
  const cases: readonly (readonly [passed: number, failed: number, broken: number, words: string])[] = [
    [10, 2, 0, '2 of 12 tests fail'],
    [10, 2, 1, '1 of 11 tests fails, 1 file broken'],
    [10, 2, 2, '10 tests pass, 2 files broken'],
    [0, 1, 1, '1 file broken'],
  ];
  for (const [passed, failed, broken, words] of cases)
    it(words, () => assert.equal(summaryOf({ ...whole, broken, counts: { passed, failed, skipped: 0 } }), words));
});

describe(proves('A12', 'test executor: what is kept of a failure'), () => {
  const at = { cwd: '/w/packages/a', root: '/w' };
  const places: Readonly<Record<string, readonly [string, string]>> = {
    'the first frame of the workspace': [
      'Error\n at f (/other/x.js:1:1)\n at g (/w/node_modules/m/i.js:2:2)\n at h (/w/src/a.ts:3:4)\n at /w/b.ts:9:9',
      'src/a.ts:3:4',
    ],
    'a module': ['Error\n    at file:///w/a%20b.mjs:1:2', 'a b.mjs:1:2'],
    'a frame that Mocha made relative': [
      'Error\n    at Context.<anonymous> (test/a.js:6:10)',
      'packages/a/test/a.js:6:10',
    ],
    'a query that a runner added': ['Error\n at f (/w/src/a.ts?v=12:3:4)', 'src/a.ts:3:4'],
  };
  for (const [what, [stack, place]] of Object.entries(places)) {
    it(what, () => assert.equal(caseMessage({ message: 'no', stack, ...at }), `no\nat ${place}`));
  }
  it('no frame where there is none of ours', () => {
    assert.equal(
      caseMessage({ message: 'no', stack: 'at node:internal/x:1:2\n at /w/node_modules/a.js:1:1', ...at }),
      'no',
    );
  });
  it('at most 2 kB, whole characters, no escape sequences', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (message) => {
        const kept = caseMessage({ message: `\u001b[31m${message}`, stack: 'at f (/w/src/a.ts:3:4)', ...at });
        assert.ok(Buffer.byteLength(kept) <= 2000 && !kept.includes('\u001b[31m') && !kept.endsWith('\uFFFD …'));
      }),
    );
  });
});

describe(proves('A12', 'test executor: flaky tests'), () => {
  const sample = (contentId: string, status: TestSample['status']): TestSample => ({
    run: 'r',
    durationMs: 1,
    contentId,
    status,
  });
  it('a test that passed and failed on equal content', () => {
    assert.deepEqual(
      flakyHistory([sample('a', 'passed'), sample('a', 'failed'), sample('a', 'passed'), sample('b', 'failed')]),
      { runs: 3, failed: 1 },
    );
  });
  it('not one that changed with the content, nor one that was only skipped', () => {
    assert.equal(flakyHistory([sample('a', 'passed'), sample('b', 'failed'), sample('a', 'skipped')]), null);
  });
});
