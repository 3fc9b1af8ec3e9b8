import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { History, TestSample } from '../../../src/orchestrator/agents/agent.ts';
import { slowerSteps, slowerTests } from '../../../src/orchestrator/agents/performance-analyzer/durations.ts';
import { proves } from '../../requirements.ts';

const sample = (run: string, durationMs: number, status: TestSample['status'] = 'passed'): TestSample => ({
  run,
  status,
  durationMs,
  contentId: 'content',
});
const earlier = (...durations: readonly number[]): readonly TestSample[] =>
  durations.map((durationMs, index) => sample(`run-${String(index)}`, durationMs));
const tests = (lists: Readonly<Record<string, readonly TestSample[]>>): History => ({ tests: lists, steps: {} });
const USUAL = [200, 210, 190, 205, 195, 200, 220, 180];

describe(proves('A12', 'durations against their history'), () => {
  it('names a test that took far longer than its earlier passes', () => {
    const report = slowerTests(tests({ 'a.test.ts > adds': [sample('now', 900), ...earlier(...USUAL)] }), 'now');
    assert.deepEqual(report.slower, [{ key: 'a.test.ts > adds', durationMs: 900, usualMs: 200, samples: 8 }]);
  });

  it('says nothing of usual, short or few durations', () => {
    const history = tests({
      usual: [sample('now', 240), ...earlier(...USUAL)],
      short: [sample('now', 12), ...earlier(1, 1, 1, 1, 1, 1, 1, 1)],
      few: [sample('now', 900), ...earlier(...USUAL.slice(1))],
      failed: [sample('now', 900, 'failed'), ...earlier(...USUAL)],
      'not in this run': [sample('before', 900), ...earlier(...USUAL)],
    });
    assert.deepEqual(slowerTests(history, 'now'), { slower: [], compared: 2, tooNew: 1 });
  });

  it('takes a machine that is slow as a whole for a slow machine', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 20, noNaN: true }), (factor) => {
        const names = ['a', 'b', 'c', 'd', 'e', 'f'];
        const busy = names.map((name) => [name, [sample('now', 200 * factor), ...earlier(...USUAL)]] as const);
        assert.deepEqual(slowerTests(tests(Object.fromEntries(busy)), 'now').slower, []);
        const one = [...busy, ['slow', [sample('now', 2000 * factor), ...earlier(...USUAL)]] as const];
        assert.deepEqual(
          slowerTests(tests(Object.fromEntries(one)), 'now').slower.map(({ key }) => key),
          ['slow'],
        );
      }),
    );
  });

  it('compares steps of this run the same way', () => {
    const step = (run: string, durationMs: number): { run: string; durationMs: number } => ({ run, durationMs });
    const steps = {
      'tsddr-2.0/bug-hunting': [step('now', 9000), ...USUAL.map((ms, index) => step(`run-${String(index)}`, ms))],
    };
    assert.deepEqual(
      slowerSteps({ tests: {}, steps }, 'now').slower.map(({ key }) => key),
      ['tsddr-2.0/bug-hunting'],
    );
    assert.equal(slowerSteps({ tests: {}, steps }, 'other').compared, 0);
  });
});
