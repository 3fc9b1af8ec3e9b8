import assert from 'node:assert/strict';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import type { NewEvent } from '../../src/contract/events.ts';
import { MAX_EVENT_CHARS } from '../../src/orchestrator/journal/batches.ts';
import { openJournal } from '../../src/orchestrator/journal/open-journal.ts';
import { createJournalReader } from '../../src/orchestrator/journal/reader.ts';
import { createSimulatedMachine, type SimulatedMachine } from '../support/simulated-env.ts';
import { proves } from '../requirements.ts';

const STATE_DIR = '/state';
const event = (id?: string): NewEvent => ({
  ...(id === undefined ? {} : { id }),
  source: 'test',
  type: 'test.event',
  data: {},
});

function open(machine: SimulatedMachine): ReturnType<typeof openJournal> & { readonly ok: true } {
  const opened = openJournal({ env: machine.start().env, stateDir: STATE_DIR });
  assert(opened.ok);
  return opened;
}

describe(proves('D6', 'journal: storing'), () => {
  it('makes what one turn appends durable by one sync, then acknowledges, then publishes in order', async () => {
    const machine = createSimulatedMachine({ seed: 1 });
    const { value: journal } = open(machine);
    await journal.append([event()]);
    let syncs = 0;
    const published: number[] = [];
    journal.subscribe(({ sequence }) => published.push(sequence));
    const before = machine.disk.unsynced();
    machine.disk.onChange = () => (syncs += machine.disk.unsynced() === before ? 1 : 0);
    const stored = await Promise.all([journal.append([event(), event()]), journal.append([event()])]);
    assert.equal(syncs, 1);
    assert.deepEqual(
      stored.flatMap((result) => (result.ok ? result.value.map(({ sequence }) => sequence) : [])),
      [2, 3, 4],
    );
    assert.deepEqual(published, [2, 3, 4]);
  });

  it('syncs no more than 512 events at once', async () => {
    const { value: journal } = open(createSimulatedMachine({ seed: 1 }));
    let afterFirstTurn = 0;
    const all = Array.from({ length: 600 }, () => journal.append([event()]).then(() => afterFirstTurn++));
    await endOfTurn();
    assert.equal(afterFirstTurn, 512);
    await Promise.all(all);
  });

  it('stores an event that comes twice once, and answers both times with what is stored', async () => {
    const machine = createSimulatedMachine({ seed: 1 });
    const { value: journal } = open(machine);
    const [first, again] = await Promise.all([journal.append([event('a')]), journal.append([event('b'), event('a')])]);
    assert(first.ok && again.ok);
    assert.deepEqual(
      again.value.map(({ id, sequence }) => [id, sequence]),
      [
        ['b', 2],
        ['a', 1],
      ],
    );
    const reader = createJournalReader({ env: machine.start().env, stateDir: STATE_DIR });
    assert.deepEqual(
      [...reader.events({})].map(({ id }) => id),
      ['a', 'b'],
    );
  });

  it('refuses an event over 4 MiB and goes on', async () => {
    const { value: journal } = open(createSimulatedMachine({ seed: 1 }));
    const huge = await journal.append([event(), { ...event(), data: { text: 'x'.repeat(MAX_EVENT_CHARS) } }]);
    assert.equal(huge.ok ? null : huge.failure.code, 'event-too-large');
    const next = await journal.append([event()]);
    assert.deepEqual(next.ok && next.value.map(({ sequence }) => sequence), [1]);
  });

  it('says that the disk is full, from then on for every event', async () => {
    const machine = createSimulatedMachine({ seed: 1 });
    const { value: journal } = open(machine);
    assert((await journal.append([event('kept')])).ok);
    machine.disk.faults.capacity = 100;
    const codes: (string | null)[] = [];
    for (let time = 0; time < 2; time++) {
      const stored = await journal.append([event()]);
      codes.push(stored.ok ? null : stored.failure.code);
    }
    assert.deepEqual(codes, ['disk-full', 'disk-full']);
    delete machine.disk.faults.capacity;
    await journal.close();
    const reader = createJournalReader({ env: machine.start().env, stateDir: STATE_DIR });
    assert.deepEqual(
      [...reader.events({})].map(({ id }) => id),
      ['kept'],
    );
  });

  it('goes to a new file when a sync fails, and gives up when that fails too', async () => {
    const machine = createSimulatedMachine({ seed: 1 });
    const { value: journal } = open(machine);
    assert((await journal.append([event('a')])).ok);
    Object.assign(machine.disk.faults, { syncsUntilFailure: 0, failingSyncs: 1 });
    assert((await journal.append([event('b')])).ok);
    assert.equal(machine.disk.files.readDir('/state/sessions').filter((name) => name.endsWith('.jsonl')).length, 2);
    Object.assign(machine.disk.faults, { syncsUntilFailure: 0, failingSyncs: 2 });
    const refused = await journal.append([event('c')]);
    assert.equal(refused.ok ? null : refused.failure.code, 'journal-failed');
    const reader = createJournalReader({ env: machine.start().env, stateDir: STATE_DIR });
    assert.deepEqual(
      [...reader.events({})].map(({ id }) => id),
      ['a', 'b'],
    );
  });

  it('starts a new file when one is full', async () => {
    const machine = createSimulatedMachine({ seed: 1 });
    const opened = openJournal({
      env: machine.start().env,
      stateDir: STATE_DIR,
      limits: { segmentBytes: 1000, firstFillBytes: 100 },
    });
    assert(opened.ok);
    for (let index = 0; index < 10; index++) assert((await opened.value.append([event(), event()])).ok);
    await opened.value.close();
    const sizes = machine.disk.files
      .readDir('/state/sessions')
      .map((name) => machine.disk.files.stat(`/state/sessions/${name}`)?.size ?? 0);
    assert(sizes.length > 3 && sizes.every((size) => size <= 1000), JSON.stringify(sizes));
    const reader = createJournalReader({ env: machine.start().env, stateDir: STATE_DIR });
    assert.deepEqual(
      [...reader.events({})].map(({ sequence }) => sequence),
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  it('leaves plain lines of JSON after an orderly end, and no lock', async () => {
    const machine = createSimulatedMachine({ seed: 1 });
    const { value: journal } = open(machine);
    await journal.append([event('a'), event('b')]);
    await journal.close();
    await journal.close();
    assert.deepEqual(machine.disk.files.readDir('/state/sessions'), [`${journal.session}.1.jsonl`]);
    const lines = machine.disk.files.readFile(`/state/sessions/${journal.session}.1.jsonl`).toString().split('\n');
    assert.deepEqual(
      lines.map((line) => (line === '' ? null : (JSON.parse(line) as { id: string }).id)),
      ['a', 'b', null],
    );
    const late = await journal.append([event()]);
    assert.equal(late.ok, false);
  });
});
