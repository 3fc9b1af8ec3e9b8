import assert from 'node:assert/strict';
import type { RunView } from '../../src/contract/runs.ts';
import { leftOpenBy } from '../../src/orchestrator/activity/left-open.ts';
import type { RunStart } from '../../src/orchestrator/workflow/run-events.ts';
import { finding } from '../board/stories.ts';
import { proves } from '../requirements.ts';
import { runView, stepView } from '../support/views.ts';

const START: Pick<RunStart, 'scopeRequest' | 'scope'> = {
  scopeRequest: { within: ['src/a.ts', 'src/gone.ts'] },
  scope: { kind: 'changed', base: 'head', files: ['src/a.ts'], count: 1 },
};
const BY_HAND: typeof START = { ...START, scopeRequest: {} };
const failedTest = (file: string): Partial<RunView> => ({
  tests: {
    ...{ passed: 0, failed: 1, skipped: 0, selected: 1, total: 1, verdict: 'failed' },
    cases: [{ name: 'x', file, status: 'failed' }],
  },
});
const open = (over: Partial<RunView>, start = START): unknown => leftOpenBy(runView(over), start);

describe(proves('F7', 'what a result leaves open'), () => {
  it('is nothing where all passed', () => assert.deepEqual(open({}), { files: [], everything: false }));

  it('is what found something, and the files of failing tests', () => {
    const files = ['src/a.ts', 'test/a.test.ts'];
    assert.deepEqual(open({ findings: [finding('src/a.ts')], ...failedTest('test/a.test.ts') }), {
      files,
      everything: false,
    });
  });

  for (const [what, over] of [
    ['a step could not finish', { steps: [stepView('tests', { status: 'failed' })] }],
    ['the run failed', { status: 'failed' }],
    ['a test that fails has no file', failedTest('')],
  ] as const)
    it(`is all that was looked at where ${what}, deleted files too`, () => {
      assert.deepEqual(open(over), { files: ['src/a.ts', 'src/gone.ts'], everything: false });
      assert.deepEqual(open(over, BY_HAND), { files: ['src/a.ts'], everything: false });
      const long = { ...BY_HAND, scope: { ...BY_HAND.scope, files: null } };
      assert.deepEqual(open(over, long), { files: [], everything: true }, 'too many to be named');
      assert.deepEqual(open(over, { ...long, scope: { ...long.scope, kind: 'all' } }), {
        files: [],
        everything: false,
      });
    });

  it('is with a finding elsewhere what was edited as well: that broke it', () => {
    const files = ['src/a.ts', 'src/gone.ts', 'src/user.ts'];
    assert.deepEqual(open({ findings: [finding('src/user.ts')] }), { files, everything: false });
  });

  it('is not told by a run that came to no result, or that passed on what a person named', () => {
    for (const status of ['superseded', 'cancelled', 'interrupted', 'running'] as const)
      assert.equal(open({ status }), null);
    const named: Partial<RunView> = {
      trigger: { kind: 'manual', activities: [], lineage: null, beside: [] },
      scope: { kind: 'files', base: null, files: 1 },
    };
    assert.equal(open(named), null);
    assert.notEqual(open({ ...named, findings: [finding('src/a.ts')] }), null);
  });
});
