import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StoredEvent } from '../../src/contract/events.ts';
import { createAggregators, type Aggregators } from '../../src/orchestrator/activity/aggregators.ts';
import { AGGREGATED_TYPES } from '../../src/orchestrator/activity/temporal.ts';
import { createBusRig, type BusRig } from '../support/bus-rig.ts';
import { createSimulatedClock, createSimulatedMachine, type SimulatedMachine } from '../support/simulated-env.ts';
import { proves } from '../requirements.ts';
import { newEvent, storedEvent } from '../support/sample-events.ts';

const write = (path = 'a.ts') => newEvent('file.modified', { subject: path, data: { path } });

interface AggregatingRig extends BusRig {
  readonly aggregators: Aggregators;
}

function start(machine?: SimulatedMachine): AggregatingRig {
  const rig = createBusRig(machine ? { machine } : {});
  const { bus, journal, reader, env, warnings } = rig;
  const aggregators = createAggregators({
    ...{ bus, journal, reader, clock: env.clock },
    warn: (text) => warnings.push(text),
  });
  return { ...rig, aggregators };
}

const ids = (events: readonly StoredEvent[]): readonly unknown[] => events.flatMap(({ data }) => data['events']).flat();
const counts = (events: readonly StoredEvent[]): readonly unknown[] => events.map(({ data }) => data['count']);

describe(proves('F5', 'saves feed the aggregators'), () => {
  it('reports a window by itself, though nothing more comes, and then waits for nothing', async () => {
    const rig = start();
    const saves = [...(await rig.store(write('a.ts'), write('b.ts')))];
    await rig.pass(3000);
    saves.push(...(await rig.store(write('a.ts'))));
    await rig.pass(1999);
    assert.deepEqual(rig.stored(...AGGREGATED_TYPES), []);
    await rig.pass(1);
    const [aggregate, ...more] = rig.stored('file.modified.aggregated');
    assert(aggregate && more.length === 0);
    assert.deepEqual(
      aggregate.data['events'],
      saves.map(({ id }) => id),
    );
    assert.deepEqual(aggregate.data['digest'], {
      files: 2,
      paths: { 'a.ts': 2, 'b.ts': 1 },
      extensions: { '.ts': 2 },
    });
    await rig.pass(60_000);
    assert.equal(rig.stored(...AGGREGATED_TYPES).length, 1);
    assert.equal(rig.clock.waiting(), 0);
  });

  it('keeps to the window though batches come later than what is in them', async () => {
    const rig = start();
    await rig.store(write());
    await rig.pass(4900);
    await rig.store(write());
    await rig.pass(200);
    await rig.store(write());
    await rig.pass(10_000);
    assert.deepEqual(counts(rig.stored('file.modified.aggregated')), [2, 1]);
  });

  it('ends a short window in time beside a long one', async () => {
    const rig = start();
    await rig.store(newEvent('performance.metric', { data: { metric: 'heap', value: 1 } }));
    await rig.pass(2000);
    await rig.store(write());
    await rig.pass(5000);
    assert.equal(rig.stored('file.modified.aggregated').length, 1);
    await rig.pass(22_999);
    assert.equal(rig.stored('performance.metric.aggregated').length, 0);
    await rig.pass(1);
    assert.equal(rig.stored('performance.metric.aggregated').length, 1);
  });

  it('leaves the events of other sessions to their own process', async () => {
    const rig = start();
    rig.bus.deliver(storedEvent({ type: 'file.modified', sessionid: 'other' }));
    await rig.pass(60_000);
    assert.deepEqual(rig.stored(...AGGREGATED_TYPES), []);
  });

  it('counts a second session of this process in', async () => {
    const rig = start();
    await rig.store(write('a.ts'));
    const second = rig.another();
    await second.append([write('b.ts')]);
    await rig.pass(5000);
    const [aggregate] = rig.stored('file.modified.aggregated');
    assert.equal(aggregate?.data['count'], 2);
    assert.deepEqual(
      (aggregate?.data['covers'] as readonly { session: string }[]).map(({ session }) => session),
      [rig.journal.session, second.session],
    );
  });

  it('recognises a bug fix and says so once', async () => {
    const rig = start();
    const agent = newEvent('agent.completed', { origin: 'agent:claude' });
    await rig.store(write(), newEvent('git.commit'), agent);
    await rig.store(write(), newEvent('git.commit'), agent);
    const [found, ...more] = rig.stored('bug-fix');
    assert(found && more.length === 0);
    assert.deepEqual(found.data['files'], ['a.ts']);
  });

  it('says in the log what it cannot store', async () => {
    const rig = start();
    await rig.store(write());
    rig.machine.disk.faults.capacity = 0;
    await rig.pass(5000);
    assert.match(rig.warnings.join('\n'), /file\.modified\.aggregated is not stored: The disk/);
    await rig.aggregators.close();
  });
});

describe(proves('D4', 'a process that stops in the middle of a window'), () => {
  it('given it is started again within the window, then the window goes on with what is written now', async () => {
    const machine = createSimulatedMachine({ seed: 1 });
    const first = start(machine);
    const before = await first.store(write(), write());
    await first.pass(1000);
    first.kill();
    const second = start(machine);
    await second.aggregators.lead();
    const after = await second.store(write());
    await second.pass(3999);
    assert.deepEqual(second.stored(...AGGREGATED_TYPES), []);
    await second.pass(1);
    assert.deepEqual(
      ids(second.stored('file.modified.aggregated')),
      [...before, ...after].map(({ id }) => id),
    );
  });

  it('given it is started again later, then what was open is reported at once, and never again', async () => {
    const machine = createSimulatedMachine({ seed: 1 });
    const first = start(machine);
    await first.store(write());
    await first.pass(5000);
    const lost = await first.store(write(), write());
    first.kill();
    machine.clock.advance(60 * 60_000);
    const second = start(machine);
    await second.aggregators.lead();
    await second.pass(0);
    const [, late] = second.stored('file.modified.aggregated');
    assert.deepEqual(
      late?.data['events'],
      lost.map(({ id }) => id),
    );
    second.kill();
    const third = start(machine);
    await third.aggregators.lead();
    await third.pass(60_000);
    assert.equal(third.stored('file.modified.aggregated').length, 2);
  });

  it('leaves what an orderly end leaves open to the next one as well', async () => {
    const machine = createSimulatedMachine({ seed: 1 });
    const first = start(machine);
    await first.store(write());
    await first.bus.close();
    await first.aggregators.close();
    await first.journal.close();
    assert.equal(machine.clock.waiting(), 0);
    const second = start(machine);
    await second.aggregators.lead();
    await second.pass(5000);
    assert.deepEqual(counts(second.stored('file.modified.aggregated')), [1]);
  });

  it('takes over from a window that dies later, at the next report', async () => {
    const machine = createSimulatedMachine({ seed: 1 });
    const other = start(machine);
    const leader = start(machine);
    await leader.aggregators.lead();
    await other.store(write('theirs'));
    other.kill();
    await leader.pass(60_000);
    assert.deepEqual(leader.stored(...AGGREGATED_TYPES), []);
    await leader.store(write('mine'));
    await leader.pass(5000);
    const digests = leader.stored('file.modified.aggregated').map(({ data }) => data['digest']);
    assert.deepEqual(JSON.stringify(digests).match(/mine|theirs/g), ['mine', 'theirs']);
  });

  it('reports a burst that went over the restart, once', async () => {
    const machine = createSimulatedMachine({ seed: 1 });
    const first = start(machine);
    await first.store(write(), newEvent('git.commit'));
    first.kill();
    const second = start(machine);
    await second.aggregators.lead();
    await second.store(newEvent('agent.completed', { origin: 'agent:claude' }));
    assert.equal(second.stored('bug-fix').length, 1);
    second.kill();
    const third = start(machine);
    await third.aggregators.lead();
    await third.store(write(), newEvent('git.commit'), newEvent('agent.completed', { origin: 'agent:claude' }));
    await third.pass(0);
    assert.equal(third.stored('bug-fix').length, 1);
  });

  it('does not report again what a window reported that was then open for days', async () => {
    const machine = createSimulatedMachine({ seed: 1 });
    const first = start(machine);
    await first.store(write());
    await first.pass(5000);
    first.clock.advance(5 * 24 * 60 * 60_000);
    await first.store(newEvent('git.commit'));
    first.kill();
    const second = start(machine);
    await second.aggregators.lead();
    await second.pass(10_000);
    assert.deepEqual(counts(second.stored('file.modified.aggregated')), [1]);
  });

  it('is held up by no jump of the clock', async () => {
    for (const jumpMs of [-24 * 60 * 60_000, 24 * 60 * 60_000]) {
      const clock = createSimulatedClock();
      let jump = 0;
      const jumping = { ...clock, now: () => clock.now() + jump };
      const machine = createSimulatedMachine({ seed: 1, clock: jumping });
      const first = start(machine);
      await first.store(write());
      await first.pass(1000);
      jump = jumpMs;
      await first.store(write());
      await first.pass(4000);
      assert.deepEqual(counts(first.stored('file.modified.aggregated')), [2]);
      await first.store(write(), write());
      jump = 0;
      await first.store(write());
      first.kill();
      const second = start(machine);
      await second.aggregators.lead();
      await second.pass(5000);
      const late = second.stored('file.modified.aggregated').slice(1);
      assert.equal(ids(late).length, 3, `jump of ${jumpMs}`);
    }
  });

  it('loses nothing and reports nothing twice, however often processes die', async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('write'), count: fc.integer({ min: 1, max: 60 }) }) },
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('pass'), count: fc.nat(6000) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('die'), count: fc.nat(9000) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const machine = createSimulatedMachine({ seed: 1 });
        let rig = start(machine);
        const written: string[] = [];
        for (const { kind, count } of steps) {
          if (kind === 'write')
            written.push(...(await rig.store(...Array.from({ length: count }, () => write()))).map(({ id }) => id));
          else if (kind === 'pass') await rig.pass(count);
          else {
            rig.kill();
            machine.clock.advance(count);
            rig = start(machine);
            await rig.aggregators.lead();
          }
        }
        await rig.pass(0);
        await rig.pass(5000);
        assert.deepEqual(ids(rig.stored('file.modified.aggregated')).toSorted(), written.toSorted());
      }),
      { numRuns: 40 },
    );
  });

  it('sums up a storm of 5,000 events, all of them', async () => {
    const rig = start();
    for (let burst = 0; burst < 10; burst++) {
      await rig.store(...Array.from({ length: 500 }, (_, index) => write(`${index}.ts`)));
      await rig.pass(700);
    }
    await rig.pass(5000);
    assert.equal(new Set(ids(rig.stored('file.modified.aggregated'))).size, 5000);
  });
});
