import assert from 'node:assert/strict';
import { openJournal } from '../../src/orchestrator/journal/open-journal.ts';
import { createJournalReader } from '../../src/orchestrator/journal/reader.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { checkCrashStates } from './crash-checker.ts';
import { journalWith, PLANTED_BUGS } from './planted-bugs.ts';
import { proves } from '../requirements.ts';

describe(proves('D6', 'journal: every state that a crash may leave'), function () {
  this.timeout(120_000);

  it('keeps what was acknowledged, whole and in order, over 5,000 states', async () => {
    const implementation = { openJournal, createJournalReader };
    const result = await checkCrashStates({ implementation, states: 5000, seed: 1 });
    assert.deepEqual(result, { states: 5000, problem: null });
  });

  for (const bug of PLANTED_BUGS) {
    it(`would catch a journal that ${bug.name}`, async () => {
      const folder = tempFolder('planted-bug');
      after(() => folder.remove());
      const implementation = await journalWith(bug, folder.path);
      const { problem } = await checkCrashStates({ implementation, states: 20_000, seed: bug.seed ?? 1 });
      assert.notEqual(problem, null);
    });
  }
});
