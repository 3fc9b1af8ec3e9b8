import assert from 'node:assert/strict';
import type { WorkflowRow } from '../../../src/contract/board.ts';
import { lensItems } from '../../../src/extension/commands/lens-items.ts';
import type { FolderFacts } from '../../../src/extension/folder-facts.ts';
import { cutOff } from '../../../src/extension/worker/cut-off.ts';
import { proves } from '../../requirements.ts';
import { board, failing, folder, passing, runRow, scene, workflowRow } from '../../support/boards.ts';
import { peopleWords } from '../../support/engine-words.ts';
import { stepView } from '../../support/views.ts';

const nightly = workflowRow('nightly');
const isNightly = ({ file }: WorkflowRow): boolean => file === nightly.file;
const run = runRow({ number: 42, workflow: 'nightly', startedAt: '2026-11-18T14:03:00.000Z' });
const titles = (facts: FolderFacts): readonly string[] => {
  const items = lensItems(facts, isNightly, scene);
  peopleWords(items.flatMap(({ title, tooltip }) => [title, tooltip]));
  return items.map(({ title }) => title);
};
const above = (over: Parameters<typeof board>[0]): readonly string[] =>
  titles(folder({ board: board({ workflows: [workflowRow('other'), nightly], ...over }) }));

describe(proves('F6', 'above the text of a workflow file'), () => {
  it('stands Run, and what the newest run of it came to', () => {
    assert.deepEqual(above({}), ['$(play) Run']);
    const runs = [runRow({ number: 43, workflow: 'other' }), run, runRow({ number: 41, workflow: 'nightly' })];
    assert.deepEqual(above({ runs }), ['$(play) Run', 'nothing found 14:03']);
    assert.deepEqual(above({ runs: [{ ...run, tests: passing(12) }] })[1], '12 tests pass 14:03');
    assert.deepEqual(above({ runs: [{ ...run, tests: failing(1) }] })[1], '1 test fails 14:03');
    const steps = [stepView('check', { status: 'failed' })];
    assert.deepEqual(above({ runs: [{ ...run, status: 'failed', steps }] })[1], 'failed at check 14:03');
    assert.deepEqual(above({ runs: [{ ...run, status: 'waiting' }] })[1], 'needs you 14:03');
    assert.deepEqual(above({ runs: [{ ...run, status: 'running' }] })[1], 'running');
  });

  it('leads to the workflow and to its run, even where the board has it no more', () => {
    const facts = folder({ board: board({ workflows: [nightly], runs: [run] }) });
    assert.deepEqual(
      lensItems(facts, isNightly, scene).map(({ command, target }) => [command, target]),
      [
        ['savepoint.run', { folder: facts.uri, workflow: 'nightly' }],
        ['savepoint.openRun', { folder: facts.uri, workflow: 'nightly', run: 'run-42', number: 42 }],
      ],
    );
    const old = { ...nightly, last: { run: 'run-7', number: 7 } };
    assert.deepEqual(above({ workflows: [old] }), ['$(play) Run', 'run 7']);
  });

  it('stands no Run while the worker is away, nor a run that seems alive', () => {
    const since = '2026-11-18T14:06:12.000Z';
    const away = cutOff(board({ workflows: [nightly], runs: [{ ...run, status: 'running', endedAt: null }] }));
    const facts = folder({ state: { kind: 'restarting', since }, board: away });
    assert.deepEqual(titles(facts), ['cut off, can resume 14:03']);
  });

  it('stands nothing where nothing may start, and over a file that is broken or not in use', () => {
    assert.deepEqual(titles(folder({ state: { kind: 'untrusted' }, board: null })), []);
    assert.deepEqual(titles(folder({ state: { kind: 'virtual' }, board: null })), []);
    const stopped = { kind: 'stopped', reason: 'x', at: '2026-11-18T14:06:12.000Z', endings: 5 } as const;
    assert.deepEqual(titles(folder({ state: stopped, board: board({ workflows: [nightly] }) })), []);
    const range = { start: { line: 6, character: 0 }, end: { line: 6, character: 4 } };
    assert.deepEqual(above({ workflows: [{ ...nightly, problem: { message: 'unknown step', range } }] }), []);
    assert.deepEqual(above({ workflows: [workflowRow('other')] }), []);
  });
});
