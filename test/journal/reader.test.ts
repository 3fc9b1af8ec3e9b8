import assert from 'node:assert/strict';
import type { NewEvent, StoredEvent } from '../../src/contract/events.ts';
import type { Journal } from '../../src/orchestrator/journal/journal.ts';
import { openJournal } from '../../src/orchestrator/journal/open-journal.ts';
import { createJournalReader, SESSION_INDEX } from '../../src/orchestrator/journal/reader.ts';
import { createSimulatedMachine, type SimulatedMachine } from '../support/simulated-env.ts';
import { proves } from '../requirements.ts';

const STATE_DIR = '/state';

function open(machine: SimulatedMachine): Journal {
  const opened = openJournal({ env: machine.start().env, stateDir: STATE_DIR });
  assert(opened.ok);
  return opened.value;
}

const reading = (machine: SimulatedMachine): ReturnType<typeof createJournalReader> =>
  createJournalReader({ env: machine.start().env, stateDir: STATE_DIR });

const ids = (events: Iterable<StoredEvent>): readonly string[] => [...events].map(({ id }) => id);

async function store(
  machine: SimulatedMachine,
  journal: Journal,
  ...events: (Partial<NewEvent> & { readonly id: string })[]
): Promise<void> {
  for (const event of events) {
    machine.clock.advance(1000);
    assert((await journal.append([{ source: 'test', type: 'test.event', data: {}, ...event }])).ok);
  }
}

/** Two sessions that wrote at the same time; the second one lives. */
async function twoSessions(): Promise<{
  readonly machine: SimulatedMachine;
  readonly first: Journal;
  readonly second: Journal;
}> {
  const machine = createSimulatedMachine({ seed: 3 });
  const [first, second] = [open(machine), open(machine)];
  await store(machine, first, {
    id: 'a1',
    type: 'workflow.started',
    data: { run: 'r1', number: 4, workflow: 'tsddr-2.0' },
  });
  await store(machine, second, { id: 'b1', type: 'file.modified', data: { file: 'src/a.ts' } });
  await store(machine, first, { id: 'a2', type: 'agent.invoked', data: { run: 'r1', agent: 'bug-hunter' } });
  await store(machine, second, { id: 'b2', type: 'workflow.resumed', data: { run: 'r1' } });
  await first.close();
  return { machine, first, second };
}

describe(proves('D6', 'journal: reading'), () => {
  it('orders by session number and sequence, and takes each part of a query', async () => {
    const { machine, first, second } = await twoSessions();
    const reader = reading(machine);
    assert.deepEqual(ids(reader.events({})), ['a1', 'a2', 'b1', 'b2']);
    assert.deepEqual(ids(reader.events({ session: second.session })), ['b1', 'b2']);
    assert.deepEqual(ids(reader.events({ run: 'r1' })), ['a1', 'a2', 'b2']);
    assert.deepEqual(ids(reader.events({ types: ['workflow.*'] })), ['a1', 'b2']);
    assert.deepEqual(ids(reader.events({ types: ['agent.invoked', 'file.modified'] })), ['a2', 'b1']);
    assert.deepEqual(ids(reader.events({ limit: 3 })), ['a2', 'b1', 'b2']);
    assert.deepEqual(ids(reader.events({ limit: 1, session: first.session })), ['a2']);
    const [, b1] = [...reader.events({ session: second.session, limit: 2 })].map(({ time }) => time);
    assert.deepEqual(ids(reader.events({ since: b1 ?? '' })), ['b2']);
    assert.deepEqual(ids(reader.events({ until: b1 ?? '' })), ['a1', 'a2', 'b1']);
  });

  it('knows of each session when it was, what it did, and whether it lives', async () => {
    const { machine, first, second } = await twoSessions();
    const reader = reading(machine);
    const [a, b] = reader.sessions();
    assert.deepEqual([a?.session, a?.epoch, a?.live, a?.events, a?.runs], [first.session, 1, false, 2, ['r1']]);
    assert.deepEqual([b?.session, b?.epoch, b?.live, b?.events, b?.endedAt], [second.session, 2, true, 2, null]);
    assert.deepEqual(
      reader.contexts().map(({ files, agents, workflows }) => ({ files, agents, workflows })),
      [
        { files: [], agents: ['bug-hunter'], workflows: ['tsddr-2.0'] },
        { files: ['src/a.ts'], agents: [], workflows: [] },
      ],
    );
    assert.equal(reader.highestRun(), 4);
  });

  it(proves('F2', 'says the same without its index, with a damaged one and with one that is out of date'), async () => {
    const { machine, second } = await twoSessions();
    const expected = reading(machine).sessions();
    const index = `${STATE_DIR}/${SESSION_INDEX}`;
    const kept = machine.disk.files.readFile(index);
    machine.disk.damage(index, kept.indexOf('"events":2') + 9, Buffer.from('7'));
    assert.deepEqual(reading(machine).sessions(), expected);
    machine.disk.files.unlink(index);
    assert.deepEqual(reading(machine).sessions(), expected);
    await store(machine, second, { id: 'b3' });
    assert.deepEqual(
      reading(machine)
        .sessions()
        .map(({ events }) => events),
      [2, 3],
    );
  });

  it('reads nothing where nothing was ever stored', () => {
    const reader = reading(createSimulatedMachine({ seed: 3 }));
    assert.deepEqual([...reader.events({})], []);
    assert.deepEqual(reader.sessions(), []);
  });

  it('follows live sessions, new ones and the end of dead ones, until it is told to stop', async () => {
    const { machine, second } = await twoSessions();
    const stop = new AbortController();
    const followed: string[] = [];
    const following = (async () => {
      for await (const { id } of reading(machine).follow({ limit: 1 }, stop.signal)) followed.push(id);
    })();
    const until = async (count: number): Promise<void> => {
      // Each advance is one look; what is awaited in between lets it happen.
      for (let looks = 0; followed.length < count && looks < 50; looks++) {
        machine.clock.advance(250);
        await new Promise(setImmediate);
      }
      assert.equal(followed.length, count);
    };
    await until(1);
    await store(machine, second, { id: 'b3' });
    await until(2);
    const third = open(machine);
    await store(machine, third, { id: 'c1' });
    await store(machine, second, { id: 'b4' });
    await second.close();
    await until(4);
    stop.abort();
    await following;
    // Of sessions that write at the same time each keeps its own order.
    assert.deepEqual(
      followed.filter((id) => id !== 'c1'),
      ['b2', 'b3', 'b4'],
    );
    assert(followed.includes('c1'));
    assert.equal(machine.clock.waiting(), 0);
  });

  it('follows from now on where fresh events are asked for', async () => {
    const { machine, second } = await twoSessions();
    const stop = new AbortController();
    const followed: string[] = [];
    const following = (async () => {
      for await (const { id } of reading(machine).follow({ fresh: true }, stop.signal)) followed.push(id);
    })();
    const look = async (): Promise<void> => {
      machine.clock.advance(250);
      await new Promise(setImmediate);
    };
    await look();
    assert.deepEqual(followed, []);
    const third = open(machine);
    await store(machine, second, { id: 'b3' });
    await store(machine, third, { id: 'c1' });
    for (let looks = 0; followed.length < 2 && looks < 50; looks++) await look();
    assert.deepEqual(followed.toSorted(), ['b3', 'c1']);
    stop.abort();
    await following;
  });

  it('leaves out a session that is asked for to be left out', async () => {
    const { machine, second } = await twoSessions();
    const stop = new AbortController();
    const followed: string[] = [];
    const query = { fresh: true, except: second.session };
    const following = (async () => {
      for await (const { id } of reading(machine).follow(query, stop.signal)) followed.push(id);
    })();
    await store(machine, second, { id: 'b3' });
    await store(machine, open(machine), { id: 'c1' });
    for (let looks = 0; followed.length < 1 && looks < 50; looks++) {
      machine.clock.advance(250);
      await new Promise(setImmediate);
    }
    assert.deepEqual(followed, ['c1']);
    stop.abort();
    await following;
  });
});
