import assert from 'node:assert/strict';
import type { ActivityFile } from '../../src/contract/activities.ts';
import type { RunRow } from '../../src/contract/board.ts';
import { openFailures, takenBackRuns } from '../../src/contract/taken-back.ts';
import { proves } from '../requirements.ts';
import { activityView, failing, runRow, takenBack } from '../support/boards.ts';

const CHECKS = 'on-save-checks';
const modified = (
  ...paths: readonly string[]
): { readonly files: readonly ActivityFile[]; readonly total: number } => ({
  files: paths.map((path) => ({ path, change: 'modified' })),
  total: paths.length,
});
const edit = activityView('edit', modified('a.ts', 'b.ts'));
const back = (...paths: readonly string[]) =>
  activityView(`back ${paths.join(' ')}`, { ...modified(...paths), decisions: [takenBack(CHECKS)] });
const run = (over: Partial<RunRow> = {}): RunRow =>
  runRow({ number: 7, activities: ['edit'], tests: failing(1), scope: { ...runRow().scope, files: 2 }, ...over });

describe(proves('F7', 'a run of which the edits were taken back'), () => {
  it('is over when every file is as at HEAD again, at once or one after the other', () => {
    assert.deepEqual([...takenBackRuns({ runs: [run()], activities: [back('a.ts', 'b.ts'), edit] })], ['run-7']);
    assert.deepEqual([...takenBackRuns({ runs: [run()], activities: [back('b.ts'), back('a.ts'), edit] })], ['run-7']);
    assert.deepEqual(openFailures({ runs: [run()], activities: [back('a.ts', 'b.ts'), edit] }, new Set()), []);
  });

  for (const [what, runs, activities] of [
    ['a file still differs', [run()], [back('a.ts'), edit]],
    ['a file was edited again', [run()], [activityView('again', modified('a.ts')), back('a.ts', 'b.ts'), edit]],
    [
      'it looked at files of another run, too',
      [run({ scope: { ...run().scope, files: 3 } })],
      [back('a.ts', 'b.ts'), edit],
    ],
    ['not all its files are known', [run()], [back('a.ts', 'b.ts'), { ...edit, total: 300 }]],
    ['its activity is forgotten', [run()], [back('a.ts', 'b.ts')]],
    ['it was started by hand', [run({ activities: [] })], [back('a.ts', 'b.ts'), edit]],
    ['it is of another workflow', [run({ workflow: 'other' })], [back('a.ts', 'b.ts'), edit]],
  ] as const) {
    it(`stands where ${what}`, () => {
      assert.deepEqual([...takenBackRuns({ runs, activities })], []);
      assert.deepEqual(openFailures({ runs, activities }, new Set()), runs);
    });
  }

  it('that a person took out of Failed stays out', () => {
    assert.deepEqual(openFailures({ runs: [run()], activities: [edit] }, new Set(['run-7'])), []);
  });
});
