import assert from 'node:assert/strict';
import { newestEvents } from '../../src/orchestrator/journal/newest-events.ts';
import { openJournal } from '../../src/orchestrator/journal/open-journal.ts';
import { createJournalReader, type HistoryReader } from '../../src/orchestrator/journal/reader.ts';
import { createSimulatedMachine } from '../support/simulated-env.ts';
import { slowMonotonic, turnsDuring } from '../support/turns.ts';

const STATE_DIR = '/state';

/** Sessions of so many events each, oldest first. */
async function historyOf(...sizes: readonly number[]): Promise<HistoryReader> {
  const machine = createSimulatedMachine({ seed: 3 });
  for (const size of sizes) {
    const opened = openJournal({ env: machine.start().env, stateDir: STATE_DIR });
    assert(opened.ok);
    const appends = Array.from({ length: size }, () => opened.value.append([{ source: 'test', type: 'a', data: {} }]));
    await Promise.all(appends);
    await opened.value.close();
  }
  return createJournalReader({ env: machine.start().env, stateDir: STATE_DIR });
}

describe('newest events of all sessions', () => {
  const never = new AbortController().signal;

  it('gives what the reader gives in one go, newest first', async () => {
    const reader = await historyOf(5, 30, 3, 40);
    const clock = { monotonic: slowMonotonic() };
    for (const limit of [1, 40, 41, 44, 60, 1000]) {
      const expected = [...reader.events({ limit })].reverse();
      assert.deepEqual(await newestEvents({ reader, clock }, { limit, signal: never }), expected, String(limit));
    }
  });

  it('leaves others their turns in a long session, and ends when it is aborted', async () => {
    const reader = await historyOf(2000);
    const deps = { reader, clock: { monotonic: slowMonotonic() } };
    assert((await turnsDuring(newestEvents(deps, { limit: 10, signal: never }))) > 100);
    const stop = new AbortController();
    const aborted = newestEvents(deps, { limit: 10, signal: stop.signal });
    setImmediate(() => stop.abort());
    await assert.rejects(aborted, { name: 'AbortError' });
  });
});
