import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StoredEvent } from '../../src/contract/events.ts';
import { proves } from '../requirements.ts';
import { createBusRig } from '../support/bus-rig.ts';
import { newEvent, storedEvent } from '../support/sample-events.ts';

const critical = { priority: 'critical' } as const;

describe(proves('A5', 'event bus'), () => {
  it('delivers what is durable, to every subscriber of the type, until it unsubscribes', async () => {
    const rig = createBusRig();
    const seen: string[] = [];
    const note = (who: string) => (event: StoredEvent) => {
      assert(rig.stored().some(({ id }) => id === event.id));
      seen.push(`${who} ${event.type}`);
    };
    rig.bus.subscribe({ name: 'exact', types: ['git.commit'], handle: note('exact') });
    const leave = rig.bus.subscribe({ name: 'prefix', types: ['git.*'], handle: note('prefix') });
    rig.bus.subscribe({ name: 'all', types: ['*'], mode: 'immediate', handle: note('all') });
    await rig.store(newEvent('git.commit'), newEvent('git.switched', critical));
    assert.deepEqual(seen.toSorted(), [
      'all git.commit',
      'all git.switched',
      'exact git.commit',
      'prefix git.commit',
      'prefix git.switched',
    ]);
    leave();
    leave();
    await rig.store(newEvent('git.commit'));
    assert.equal(seen.filter((one) => one.startsWith('prefix')).length, 2);
  });

  it('delivers events of other sessions that are handed to it', async () => {
    const rig = createBusRig();
    const seen: string[] = [];
    rig.bus.subscribe({ name: 'a', types: ['git.*'], mode: 'immediate', handle: ({ id }) => void seen.push(id) });
    rig.bus.deliver(storedEvent({ type: 'git.commit', sessionid: 'other', id: 'theirs' }));
    await rig.bus.flush();
    assert.deepEqual(seen, ['theirs']);
  });

  it('tells of an event that nobody handles, once per type', async () => {
    const rig = createBusRig();
    await rig.store(newEvent('a.b'), newEvent('a.b'), newEvent('a.c'));
    assert.deepEqual(rig.unhandled, ['a.b', 'a.c']);
  });

  it('runs subscribers beside each other: one that fails or hangs hinders no other', async () => {
    const rig = createBusRig();
    const seen: number[] = [];
    rig.bus.subscribe({
      name: 'throws',
      types: ['*'],
      mode: 'immediate',
      handle: () => {
        throw new Error('no');
      },
    });
    rig.bus.subscribe({ name: 'hangs', types: ['*'], mode: 'immediate', handle: () => new Promise(() => undefined) });
    rig.bus.subscribe({
      name: 'b',
      types: ['*'],
      mode: 'immediate',
      handle: ({ sequence }) => void seen.push(sequence),
    });
    await rig.store(...Array.from({ length: 20 }, () => newEvent('a.b')));
    assert.equal(seen.length, 20);
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    assert.equal(rig.bus.deadLetters.list().length, 20);
    await rig.pass(30_000);
    const [hung] = rig.bus.deadLetters.list().filter(({ handler }) => handler === 'hangs');
    assert.equal(hung?.error, 'took longer than 30 s');
    assert.equal(rig.bus.flow().subscribers.find(({ name }) => name === 'hangs')?.queued, 18);
  });

  it('has one subscriber of a name', () => {
    const { bus } = createBusRig();
    bus.subscribe({ name: 'a', types: ['*'], handle: () => undefined });
    assert.throws(() => bus.subscribe({ name: 'a', types: ['*'], handle: () => undefined }), /two subscribers/);
  });

  it('hands over what is queued when it closes, and takes nothing after', async () => {
    const rig = createBusRig();
    const seen: string[] = [];
    rig.bus.subscribe({ name: 'a', types: ['*'], handle: async ({ type }) => void seen.push(type) });
    await rig.store(newEvent('file.modified'), newEvent('file.modified'));
    assert.deepEqual(seen, []);
    await Promise.all([rig.bus.close(), rig.bus.close()]);
    assert.equal(seen.length, 2);
    await rig.store(newEvent('git.commit'));
    assert.equal(seen.length, 2);
    assert.equal(rig.clock.waiting(), 0);
  });

  it('does not wait for ever when it closes', async () => {
    const rig = createBusRig();
    rig.bus.subscribe({ name: 'a', types: ['*'], mode: 'immediate', handle: () => new Promise(() => undefined) });
    await rig.store(newEvent('a.b'));
    const closed = rig.bus.close();
    await rig.pass(5000);
    await closed;
  });

  it('lets long work run a few at once, apart from the others, when a subscriber asks for that', async () => {
    const rig = createBusRig();
    let atWork = 0;
    let most = 0;
    let done = 0;
    const open: (() => void)[] = [];
    rig.bus.subscribe({
      name: 'slow',
      types: ['*'],
      mode: 'asynchronous',
      handle: async () => {
        most = Math.max(most, ++atWork);
        await new Promise<void>((resolve) => open.push(resolve));
        atWork--;
        done++;
      },
    });
    await rig.store(...Array.from({ length: 10 }, () => newEvent('a.b')));
    await rig.pass(60_000);
    assert.deepEqual([most, done, rig.bus.deadLetters.list().length], [4, 0, 0]);
    const flushed = rig.bus.flush('slow');
    while (done < 10) {
      open.shift()?.();
      await rig.pass(0);
    }
    await flushed;
    assert.equal(most, 4);
  });
});

describe(proves('D10', 'hybrid pipeline'), () => {
  it('hands over at once what is immediate, the rest when a batch is full or its time is up', async () => {
    const rig = createBusRig();
    const seen: string[] = [];
    rig.bus.subscribe({ name: 'a', types: ['*'], handle: ({ type }) => void seen.push(type) });
    await rig.store(newEvent('git.commit'));
    assert.deepEqual(seen, ['git.commit']);
    await rig.store(...Array.from({ length: 49 }, () => newEvent('file.modified')));
    assert.equal(seen.length, 1);
    await rig.store(newEvent('file.modified'));
    assert.equal(seen.length, 51);
    await rig.store(newEvent('file.modified'));
    await rig.pass(1999);
    assert.equal(seen.length, 51);
    await rig.pass(1);
    assert.equal(seen.length, 52);
  });

  it('keeps the order: an immediate event takes with it what waits before it', async () => {
    const rig = createBusRig();
    const seen: number[] = [];
    rig.bus.subscribe({ name: 'a', types: ['*'], handle: ({ sequence }) => void seen.push(sequence) });
    await rig.store(newEvent('file.modified'), newEvent('tool.used'), newEvent('workflow.failed'));
    assert.deepEqual(seen, [1, 2, 3]);
  });

  it('batches under load what else goes at once', async () => {
    const rig = createBusRig();
    const seen: string[] = [];
    rig.bus.subscribe({ name: 'a', types: ['*'], handle: ({ type }) => void seen.push(type) });
    rig.load = { cpu: 0.95, memory: 0.9 };
    await rig.store(newEvent('git.commit'));
    assert.deepEqual(seen, []);
    await rig.store(newEvent('git.commit', critical));
    assert.equal(seen.length, 2);
  });

  it('fits the batches to how long they take', async () => {
    const rig = createBusRig();
    rig.bus.subscribe({ name: 'a', types: ['*'], handle: () => rig.clock.advance(200) });
    for (let batch = 0; batch < 10; batch++) {
      await rig.store(newEvent('file.modified'));
      await rig.pass(2000);
    }
    assert.deepEqual(rig.bus.flow().subscribers[0]?.batch, { size: 45, waitMs: 1800 });
  });

  it('costs nothing while nothing comes: no timer', async () => {
    const rig = createBusRig();
    rig.bus.subscribe({ name: 'a', types: ['*'], handle: async () => undefined });
    await rig.store(newEvent('git.commit'), newEvent('file.modified'));
    await rig.pass(2000);
    assert.equal(rig.clock.waiting(), 0);
  });

  it('gives each subscriber every event once and in order, whatever the modes and speeds', async () => {
    const types = fc.constantFrom('git.commit', 'file.modified', 'workflow.started', 'workflow.failed');
    const turn = fc.record({ events: fc.array(types, { minLength: 1, maxLength: 30 }), passMs: fc.nat(3000) });
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { maxLength: 8 }), fc.nat(3), async (turns, slow) => {
        const rig = createBusRig({ limits: { events: 7, bytes: 1e6 } });
        const seen = { fast: [] as number[], slow: [] as number[], now: [] as number[] };
        rig.bus.subscribe({ name: 'fast', types: ['*'], handle: ({ sequence }) => void seen.fast.push(sequence) });
        rig.bus.subscribe({
          name: 'now',
          types: ['*'],
          mode: 'immediate',
          handle: ({ sequence }) => void seen.now.push(sequence),
        });
        rig.bus.subscribe({
          name: 'slow',
          types: ['*'],
          handle: async ({ sequence }) => {
            for (let wait = 0; wait < slow; wait++) await Promise.resolve();
            seen.slow.push(sequence);
          },
        });
        for (const { events, passMs } of turns) {
          await rig.store(...events.map((type) => newEvent(type)));
          await rig.pass(passMs);
        }
        await rig.bus.flush();
        const all = rig.stored().map(({ sequence }) => sequence);
        assert.deepEqual(seen, { fast: all, slow: all, now: all });
      }),
      { numRuns: 40 },
    );
  });
});

describe(proves('D12', 'zero loss'), () => {
  it('loses none of 5,000 events that come at once, with memory for far fewer', async () => {
    const rig = createBusRig({ limits: { events: 500, bytes: 16 * 1024 * 1024 } });
    const seen: number[] = [];
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    rig.bus.subscribe({
      name: 'late',
      types: ['file.*'],
      handle: async ({ sequence }) => {
        await gate;
        seen.push(sequence);
      },
    });
    for (let burst = 0; burst < 10; burst++)
      await rig.store(...Array.from({ length: 500 }, () => newEvent('file.modified')), newEvent('git.commit'));
    const flow = rig.bus.flow().subscribers[0];
    assert(flow?.behind && flow.queued <= 500);
    open();
    await rig.bus.flush();
    assert.deepEqual(
      seen,
      rig.stored('file.modified').map(({ sequence }) => sequence),
    );
    assert.equal(seen.length, 5000);
    assert.equal(rig.bus.flow().subscribers[0]?.behind, false);
  });

  it('goes by size as well as by number', async () => {
    const rig = createBusRig({ limits: { events: 10_000, bytes: 10_000 } });
    const seen: number[] = [];
    rig.bus.subscribe({ name: 'a', types: ['*'], handle: ({ sequence }) => void seen.push(sequence) });
    const large = Array.from({ length: 5 }, () => newEvent('file.modified', { data: { text: 'x'.repeat(6000) } }));
    await rig.store(...large);
    await rig.bus.flush();
    assert.deepEqual(seen, [1, 2, 3, 4, 5]);
  });
});

describe(proves('D11', 'the bus measures'), () => {
  it('counts, times and failures of each type, and what waits', async () => {
    const rig = createBusRig();
    rig.bus.subscribe({
      name: 'a',
      types: ['git.*', 'file.*'],
      handle: ({ type }) => {
        rig.clock.advance(30);
        if (type === 'git.switched') throw new Error('no');
      },
    });
    await rig.store(newEvent('git.commit'), newEvent('git.switched', critical), newEvent('file.modified'));
    const { types, queued, failed } = rig.bus.flow();
    const of = (type: string): unknown => {
      const found = types.find((one) => one.type === type);
      return found && [found.count, found.mean, found.p95, found.errorRate];
    };
    assert.deepEqual([queued, failed], [1, 1]);
    assert.deepEqual(of('git.commit'), [1, 30, 30, 0]);
    assert.deepEqual(of('git.switched'), [1, 30, 30, 1]);
  });
});
