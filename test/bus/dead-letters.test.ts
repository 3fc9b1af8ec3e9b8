import assert from 'node:assert/strict';
import { createSimulatedMachine } from '../support/simulated-env.ts';
import { createBusRig } from '../support/bus-rig.ts';
import { proves } from '../requirements.ts';
import { newEvent } from '../support/sample-events.ts';

describe(proves('A5', 'dead letters'), () => {
  it('keep an event that a handler failed on over the death of the process; redriven it is gone', async () => {
    const machine = createSimulatedMachine({ seed: 5 });
    const first = createBusRig({ machine });
    first.bus.subscribe({ name: 'mailer', types: ['git.*'], handle: () => Promise.reject(new Error('key hunter2')) });
    const [commit] = await first.store(newEvent('git.commit', { data: { head: 'abc' } }));
    first.kill();

    const second = createBusRig({ machine });
    const [letter, ...more] = second.bus.deadLetters.list();
    assert(letter && more.length === 0);
    assert.deepEqual(
      [letter.handler, letter.event, letter.type, letter.attempts, letter.error],
      ['mailer', commit?.id, 'git.commit', 1, 'key ••••'],
    );
    const nobody = await second.bus.deadLetters.redrive(letter.id);
    assert.equal(nobody.ok ? null : nobody.failure.code, 'not-found');
    const heads: unknown[] = [];
    let broken = true;
    second.bus.subscribe({
      name: 'mailer',
      types: ['git.*'],
      handle: ({ data }) => {
        if (broken) throw new Error('still no');
        heads.push(data['head']);
      },
    });
    assert.deepEqual(await second.bus.deadLetters.redrive(letter.id), {
      ok: true,
      value: { handled: false, error: 'still no' },
    });
    assert.deepEqual(
      second.bus.deadLetters.list().map(({ attempts, error }) => [attempts, error]),
      [[2, 'still no']],
    );
    broken = false;
    assert.deepEqual(await second.bus.deadLetters.redrive(letter.id), { ok: true, value: { handled: true } });
    assert.deepEqual(heads, ['abc']);
    assert.deepEqual(second.bus.deadLetters.list(), []);
  });

  it('are told of in the log, masked, once for a handler and a type', async () => {
    const rig = createBusRig();
    rig.bus.subscribe({ name: 'a', types: ['git.*'], handle: () => Promise.reject(new Error('key hunter2')) });
    await rig.store(newEvent('git.commit'), newEvent('git.commit'));
    assert.deepEqual(rig.warnings, [
      'a failed on git.commit (key ••••). It is kept as a system.dead-letter event, and so are others like it.',
    ]);
  });

  it('can be discarded', async () => {
    const rig = createBusRig();
    rig.bus.subscribe({ name: 'a', types: ['git.*'], handle: () => Promise.reject(new Error('no')) });
    await rig.store(newEvent('git.commit'), newEvent('git.commit'));
    const [first, second] = rig.bus.deadLetters.list();
    assert(first && second);
    assert((await rig.bus.deadLetters.discard(first.id)).ok);
    assert.deepEqual(
      rig.bus.deadLetters.list().map(({ id }) => id),
      [second.id],
    );
    const again = await rig.bus.deadLetters.discard(first.id);
    assert.equal(again.ok ? null : again.failure.code, 'not-found');
  });

  it('are delivered to nobody: a handler that fails on everything makes one letter an event', async () => {
    const rig = createBusRig();
    rig.bus.subscribe({ name: 'a', types: ['*'], mode: 'immediate', handle: () => Promise.reject(new Error('no')) });
    await rig.store(newEvent('git.commit'));
    await rig.pass(60_000);
    assert.equal(rig.bus.deadLetters.list().length, 1);
    assert.equal(rig.stored().length, 2);
  });

  it('are told where they cannot be stored', async () => {
    const rig = createBusRig();
    rig.bus.subscribe({ name: 'a', types: ['*'], handle: () => Promise.reject(new Error('no')) });
    await rig.store(newEvent('file.modified'));
    rig.machine.disk.faults.capacity = 0;
    await rig.bus.flush();
    await rig.pass(0);
    assert.match(rig.warnings.join('\n'), /a failed on file\.modified \(no\)\. The disk/);
  });
});
