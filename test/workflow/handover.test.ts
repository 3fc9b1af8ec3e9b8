import assert from 'node:assert/strict';
import { ok } from '../../src/contract/failures.ts';
import {
  begun,
  createEngineRig,
  done,
  failed,
  finished,
  knownAgent,
  statuses,
  untilAborted,
  type EngineProcess,
  type EngineRig,
} from '../support/engine-rig.ts';
import { eventually } from '../support/eventually.ts';
import { proves } from '../requirements.ts';

const chain = (...ids: string[]): unknown => ({
  id: 'chain',
  steps: ids.map((id, at) => ({ id, agent: id, ...(at > 0 ? { needs: [ids[at - 1]] } : {}) })),
});

describe(proves('A9', 'a run that changes hands'), () => {
  it('is driven once when it is resumed twice at the same time', async () => {
    const rig = createEngineRig();
    rig.workflow(chain('one'));
    rig.script('one', () => new Promise(() => {}));
    const first = rig.process();
    await begun(first.runner.startRun({ workflow: 'chain' }));
    await eventually('one is at work', () => rig.calls.length === 1);
    first.kill();
    rig.script('one', () => done());
    const second = rig.process();
    const both = await Promise.all([second.runner.resumeRun('1', {}), second.runner.resumeRun('1', {})]);
    const refused = both.filter((result) => !result.ok);
    assert.deepEqual(
      refused.map(({ failure }) => failure.code),
      ['run-live'],
    );
    for (const result of both) if (result.ok) await result.value.done;
    assert.equal(rig.calls.length, 2);
    await second.close();
    rig.remove();
  });

  it('is seen as it is when it is taken over, not as it was when somebody looked', async () => {
    let looked = (): void => {};
    let goOn = Promise.resolve();
    const rig = createEngineRig({
      approve: async () => {
        looked();
        await goOn;
        return ok(null);
      },
    });
    rig.workflow(chain('one', 'two'));
    rig.script('one', () => new Promise(() => {}));
    const first = rig.process();
    const { run } = await begun(first.runner.startRun({ workflow: 'chain' }));
    await eventually('one is at work', () => rig.calls.length === 1);
    first.kill();
    rig.script('one', () => done());
    const [second, third] = [rig.process(), rig.process()];
    let release = (): void => {};
    const hasLooked = new Promise<void>((resolve) => (looked = resolve));
    goOn = new Promise((resolve) => (release = resolve));
    const late = third.runner.resumeRun(run, {});
    await hasLooked;
    goOn = Promise.resolve();
    const view = await finished(second.runner.resumeRun(run, {}));
    assert.equal(view.status, 'completed');
    await second.close();
    release();
    assert.deepEqual(await finished(late), view);
    assert.equal(rig.calls.length, 3, 'no completed step runs again');
    await third.close();
    rig.remove();
  });

  it('is not stopped by a request that its dead owner never heard', async () => {
    const rig = createEngineRig();
    rig.workflow(chain('one'));
    rig.script('one', () => new Promise(() => {}));
    const first = rig.process();
    const other = rig.process();
    await begun(first.runner.startRun({ workflow: 'chain' }));
    await eventually('one is at work', () => rig.calls.length === 1);
    const asked = other.runner.cancelRun('1');
    other.kill();
    first.kill();
    void asked;
    let end = (): void => {};
    rig.script('one', (_, { signal }) =>
      Promise.race([
        untilAborted(signal),
        new Promise<ReturnType<typeof done>>((resolve) => (end = () => resolve(done()))),
      ]),
    );
    const third = rig.process();
    const handle = await begun(third.runner.resumeRun('1', {}));
    await eventually('one is at work again', () => rig.calls.length === 2);
    rig.machine.clock.advance(200);
    end();
    const ended = await handle.done;
    assert.ok(ended.ok);
    assert.equal(ended.value.status, 'completed');
    await third.close();
    rig.remove();
  });

  it('is cancelled also where its owner dies instead of answering', async () => {
    const rig = createEngineRig();
    rig.workflow(chain('one'));
    rig.script('one', () => new Promise(() => {}));
    const first = rig.process();
    const other = rig.process();
    await begun(first.runner.startRun({ workflow: 'chain' }));
    await eventually('one is at work', () => rig.calls.length === 1);
    let result: Awaited<ReturnType<typeof other.runner.cancelRun>> | null = null;
    void other.runner.cancelRun('1').then((told) => (result = told));
    first.kill();
    await eventually('it is told', () => {
      rig.machine.clock.advance(50);
      return result !== null;
    });
    const told = result as unknown as Awaited<ReturnType<typeof other.runner.cancelRun>>;
    assert.ok(told.ok && told.value.status === 'cancelled', JSON.stringify(told));
    await other.close();
    rig.remove();
  });

  it('is told of as cut off also when the one who was to tell it died', async () => {
    const rig = createEngineRig();
    rig.workflow(chain('one'));
    rig.script('one', () => new Promise(() => {}));
    const first = rig.process();
    const { run } = await begun(first.runner.startRun({ workflow: 'chain' }));
    await eventually('one is at work', () => rig.calls.length === 1);
    first.kill();
    const second = rig.process();
    void second.runner.recordInterruptions();
    second.kill();
    const third = rig.process();
    await third.runner.recordInterruptions();
    assert.equal(rig.events(run).filter(({ type }) => type === 'workflow.interrupted').length, 1);
    await third.close();
    rig.remove();
  });

  it('is told of as cut off by the next one where its end could not be stored', async () => {
    const rig = createEngineRig();
    rig.workflow(chain('one'));
    let end = (): void => {};
    rig.script('one', () => new Promise((resolve) => (end = () => resolve(done()))));
    const first = rig.process();
    const { run, done: ended } = await begun(first.runner.startRun({ workflow: 'chain' }));
    await eventually('one is at work', () => rig.calls.length === 1);
    Object.assign(rig.machine.disk.faults, { syncsUntilFailure: 0, failingSyncs: 2 });
    end();
    assert.equal((await ended).ok, false);
    await first.close();
    const second = rig.process();
    await second.runner.recordInterruptions();
    assert.equal(rig.events(run).filter(({ type }) => type === 'workflow.interrupted').length, 1);
    await second.close();
    rig.remove();
  });

  it('does not ask about a step that was stopped before anything of it ran', async () => {
    const stops: readonly ((rig: EngineRig, process: EngineProcess, stop: () => void) => void)[] = [
      (_rig, process, stop) => process.onStored('workflow.step.started', stop),
      (rig, _process, stop) =>
        rig.script('one', async () => {
          await Promise.resolve();
          stop();
          return { ok: false, error: { code: 'spawn', message: 'stopped before it started' } };
        }),
    ];
    for (const stopBefore of stops) {
      const rig = createEngineRig();
      rig.agents.set('one', knownAgent('one', { idempotent: false }));
      rig.workflow(chain('one'));
      const process = rig.process();
      const controller = new AbortController();
      stopBefore(rig, process, () => controller.abort());
      const view = await finished(process.runner.startRun({ workflow: 'chain', signal: controller.signal }));
      assert.equal(view.status, 'interrupted');
      assert.equal(view.needsDecision, null);
      rig.script('one', () => done());
      const resumed = await finished(process.runner.resumeRun('1', {}));
      assert.equal(resumed.status, 'completed');
      assert.equal(resumed.steps[0]?.attempts, 2, 'every stored start counts');
      await process.close();
      rig.remove();
    }
  });

  it('keeps what a step had found when it was stopped', async () => {
    const rig = createEngineRig();
    rig.workflow(chain('one'));
    rig.script('one', (_, { signal, say }) => {
      say({ kind: 'test', test: { name: 'adds', file: 'a.test.ts', status: 'passed' } });
      return untilAborted(signal);
    });
    const process = rig.process();
    await begun(process.runner.startRun({ workflow: 'chain' }));
    await eventually('one is at work', () => rig.calls.length === 1);
    const cancelled = await process.runner.cancelRun('1');
    assert.ok(cancelled.ok);
    assert.deepEqual(statuses(cancelled.value), { one: 'cancelled' });
    assert.deepEqual(
      cancelled.value.tests.cases.map(({ name }) => name),
      ['adds'],
    );
    await process.close();
    rig.remove();
  });

  it('asks for consent only to what may still start', async () => {
    const asked: string[][] = [];
    const rig = createEngineRig({
      approve: async (calls) => {
        asked.push(calls.map(({ where }) => where));
        return ok(null);
      },
    });
    rig.workflow({
      id: 'pair',
      onError: 'rollback',
      steps: [
        { id: 'one', agent: 'one', compensate: { agent: 'undo' } },
        { id: 'two', agent: 'two', needs: ['one'] },
      ],
    });
    rig.script('two', () => new Promise(() => {}));
    const first = rig.process();
    await begun(first.runner.startRun({ workflow: 'pair' }));
    await eventually('two is at work', () => rig.calls.length === 2);
    first.kill();
    rig.script('two', () => done());
    const second = rig.process();
    await finished(second.runner.resumeRun('1', {}));
    assert.deepEqual(asked, [
      ['step one of pair', 'undo of step one of pair', 'step two of pair'],
      ['undo of step one of pair', 'step two of pair'],
    ]);
    await second.close();
    rig.remove();
  });

  it('does not run again, in a retry, what a person called done', async () => {
    const rig = createEngineRig();
    rig.agents.set('one', knownAgent('one', { idempotent: false }));
    rig.workflow(chain('one', 'two'));
    rig.script('one', () => new Promise(() => {}));
    rig.script('two', () => failed());
    const first = rig.process();
    await begun(first.runner.startRun({ workflow: 'chain' }));
    await eventually('one is at work', () => rig.calls.length === 1);
    first.kill();
    const second = rig.process();
    assert.equal((await finished(second.runner.resumeRun('1', { answer: 'done' }))).status, 'failed');
    rig.script('two', () => done());
    const view = await finished(second.runner.retryRun('1', {}));
    assert.deepEqual(statuses(view), { one: 'cached', two: 'completed' });
    assert.equal(rig.calls.filter(({ step }) => step === 'one').length, 1);
    await second.close();
    rig.remove();
  });

  it('takes nothing over that an earlier retry undid', async () => {
    const rig = createEngineRig();
    rig.workflow({
      id: 'pair',
      onError: 'fail',
      steps: [
        { id: 'one', agent: 'one', compensate: { agent: 'undo' } },
        { id: 'two', agent: 'two', needs: ['one'] },
      ],
    });
    rig.script('two', () => failed());
    const process = rig.process();
    assert.equal((await finished(process.runner.startRun({ workflow: 'pair' }))).status, 'failed');
    rig.workflow({
      id: 'pair',
      onError: 'rollback',
      steps: [
        { id: 'one', agent: 'one', compensate: { agent: 'undo' } },
        { id: 'two', agent: 'two', needs: ['one'] },
      ],
    });
    const undone = await finished(process.runner.retryRun('1', { edited: true }));
    assert.equal(undone.status, 'compensated');
    assert.deepEqual(statuses(undone), { one: 'compensated', two: 'failed' });
    rig.script('two', () => done());
    const view = await finished(process.runner.retryRun('1', {}));
    assert.deepEqual(statuses(view), { one: 'completed', two: 'completed' });
    await process.close();
    rig.remove();
  });

  it('is anybody’s while it waits for a person, also where the window that had it stays open', async () => {
    for (const goOn of ['resume', 'cancel', 'resume in the same window'] as const) {
      const rig = createEngineRig();
      rig.agents.set('one', knownAgent('one', { idempotent: false }));
      rig.workflow(chain('one'));
      rig.script('one', (_, { signal }) => untilAborted(signal));
      const window = rig.process();
      const terminal = rig.process();
      const controller = new AbortController();
      const handle = await begun(window.runner.startRun({ workflow: 'chain', signal: controller.signal }));
      await eventually('one is at work', () => rig.calls.length === 1);
      assert.equal((await terminal.runner.resumeRun('1', { answer: 'done' })).ok, false, 'it is at work');
      controller.abort();
      await handle.done;
      const asked = await window.runner.resumeRun('1', {});
      assert.ok(!asked.ok && asked.failure.code === 'needs-decision');
      if (goOn === 'cancel') {
        const cancelled = await terminal.runner.cancelRun('1');
        assert.ok(cancelled.ok && cancelled.value.status === 'cancelled');
      } else {
        const { runner } = goOn === 'resume' ? terminal : window;
        assert.equal((await finished(runner.resumeRun('1', { answer: 'done' }))).status, 'completed');
      }
      await terminal.close();
      await window.close();
      rig.remove();
    }
  });
});
