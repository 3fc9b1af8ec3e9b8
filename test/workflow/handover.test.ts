import assert from 'node:assert/strict';
import type { StoredEvent } from '../../src/contract/events.ts';
import { ok } from '../../src/contract/failures.ts';
import type { AgentDirectory } from '../../src/orchestrator/workflow/ports.ts';
import {
  begun,
  chain,
  createEngineRig,
  done,
  failed,
  finished,
  knownAgent,
  statuses,
  stuck,
  untilAborted,
  type EngineProcess,
  type EngineRig,
} from '../support/engine-rig.ts';
import { eventually } from '../support/eventually.ts';
import { proves } from '../requirements.ts';

const pair = (onError: 'rollback' | 'fail'): unknown => ({
  id: 'pair',
  onError,
  steps: [
    { id: 'one', agent: 'one', compensate: { agent: 'undo' } },
    { id: 'two', agent: 'two', needs: ['one'] },
  ],
});

describe(proves('A9', 'a run that changes hands'), () => {
  let rig: EngineRig;
  let approve: AgentDirectory['approve'];
  beforeEach(() => {
    approve = async () => ok(null);
    rig = createEngineRig({ approve: (calls, how) => approve(calls, how) });
  });
  afterEach(() => rig.remove());

  /** Begins the chain, and comes back while its first step is at work, which ends only with its process. */
  async function stuckAt(first: string, ...after: readonly string[]): Promise<{ run: string; owner: EngineProcess }> {
    rig.workflow(chain(first, ...after));
    rig.script(first, stuck);
    const owner = rig.process();
    const { run } = await begun(owner.runner.startRun({ workflow: 'chain' }));
    await rig.atWork(first);
    return { run, owner };
  }

  const interruptions = (run: string): readonly StoredEvent[] =>
    rig.events(run).filter(({ type }) => type === 'workflow.interrupted');

  it('is driven once when it is resumed twice at the same time', async () => {
    const { owner } = await stuckAt('one');
    owner.kill();
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
  });

  it('is seen as it is when it is taken over, not as it was when somebody looked', async () => {
    let looked = (): void => {};
    let goOn = Promise.resolve();
    approve = async () => {
      looked();
      await goOn;
      return ok(null);
    };
    const { run, owner } = await stuckAt('one', 'two');
    owner.kill();
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
  });

  it('is not stopped by a request that its dead owner never heard', async () => {
    const { owner } = await stuckAt('one');
    const other = rig.process();
    void other.runner.cancelRun('1');
    other.kill();
    owner.kill();
    let end = (): void => {};
    rig.script('one', (_, { signal }) =>
      Promise.race([
        untilAborted(signal),
        new Promise<ReturnType<typeof done>>((resolve) => (end = () => resolve(done()))),
      ]),
    );
    const third = rig.process();
    const handle = await begun(third.runner.resumeRun('1', {}));
    await rig.atWork('one', 2);
    rig.machine.clock.advance(200);
    end();
    const ended = await handle.done;
    assert.ok(ended.ok);
    assert.equal(ended.value.status, 'completed');
    await third.close();
  });

  it('is cancelled also where its owner dies instead of answering', async () => {
    const { owner } = await stuckAt('one');
    const other = rig.process();
    let result: Awaited<ReturnType<typeof other.runner.cancelRun>> | null = null;
    void other.runner.cancelRun('1').then((told) => (result = told));
    owner.kill();
    await eventually('it is told', () => {
      rig.machine.clock.advance(50);
      return result !== null;
    });
    const told = result as unknown as Awaited<ReturnType<typeof other.runner.cancelRun>>;
    assert.ok(told.ok && told.value.status === 'cancelled', JSON.stringify(told));
    await other.close();
  });

  it('is told of as cut off also when the one who was to tell it died', async () => {
    const { run, owner } = await stuckAt('one');
    owner.kill();
    const second = rig.process();
    void second.runner.recordInterruptions();
    second.kill();
    const third = rig.process();
    await third.runner.recordInterruptions();
    assert.equal(interruptions(run).length, 1);
    await third.close();
  });

  it('is told of as cut off by the next one where its end could not be stored', async () => {
    rig.workflow(chain('one'));
    let end = (): void => {};
    rig.script('one', () => new Promise((resolve) => (end = () => resolve(done()))));
    const first = rig.process();
    const { run, done: ended } = await begun(first.runner.startRun({ workflow: 'chain' }));
    await rig.atWork('one');
    Object.assign(rig.machine.disk.faults, { syncsUntilFailure: 0, failingSyncs: 2 });
    end();
    assert.equal((await ended).ok, false);
    await first.close();
    const second = rig.process();
    await second.runner.recordInterruptions();
    assert.equal(interruptions(run).length, 1);
    await second.close();
  });

  const stopsBeforeWork: Readonly<Record<string, (process: EngineProcess, stop: () => void) => void>> = {
    'its start is stored': (process, stop) => void process.onStored('workflow.step.started', stop),
    'it spawned': (_process, stop) =>
      rig.script('one', async () => {
        await Promise.resolve();
        stop();
        return { ok: false, error: { code: 'spawn', message: 'stopped before it started' } };
      }),
  };
  for (const [moment, stopBefore] of Object.entries(stopsBeforeWork))
    it(`does not ask about a step that was stopped before anything of it ran: ${moment}`, async () => {
      rig.agents.set('one', knownAgent('one', { idempotent: false }));
      rig.workflow(chain('one'));
      const process = rig.process();
      const controller = new AbortController();
      stopBefore(process, () => controller.abort());
      const view = await finished(process.runner.startRun({ workflow: 'chain', signal: controller.signal }));
      assert.equal(view.status, 'interrupted');
      assert.equal(view.needsDecision, null);
      rig.script('one', () => done());
      const resumed = await finished(process.runner.resumeRun('1', {}));
      assert.equal(resumed.status, 'completed');
      assert.equal(resumed.steps[0]?.attempts, 2, 'every stored start counts');
      await process.close();
    });

  it('keeps what a step had found when it was stopped', async () => {
    rig.workflow(chain('one'));
    rig.script('one', (_, { signal, say }) => {
      say({ kind: 'test', test: { name: 'adds', file: 'a.test.ts', status: 'passed' } });
      return untilAborted(signal);
    });
    const process = rig.process();
    await begun(process.runner.startRun({ workflow: 'chain' }));
    await rig.atWork('one');
    const cancelled = await process.runner.cancelRun('1');
    assert.ok(cancelled.ok);
    assert.deepEqual(statuses(cancelled.value), { one: 'cancelled' });
    assert.deepEqual(
      cancelled.value.tests.cases.map(({ name }) => name),
      ['adds'],
    );
    await process.close();
  });

  it('asks for consent only to what may still start', async () => {
    const asked: string[][] = [];
    approve = async (calls) => {
      asked.push(calls.map(({ where }) => where));
      return ok(null);
    };
    rig.workflow(pair('rollback'));
    rig.script('two', stuck);
    const first = rig.process();
    await begun(first.runner.startRun({ workflow: 'pair' }));
    await rig.atWork('two');
    first.kill();
    rig.script('two', () => done());
    const second = rig.process();
    await finished(second.runner.resumeRun('1', {}));
    assert.deepEqual(asked, [
      ['step one of pair', 'undo of step one of pair', 'step two of pair'],
      ['undo of step one of pair', 'step two of pair'],
    ]);
    await second.close();
  });

  it('does not run again, in a retry, what a person called done', async () => {
    rig.agents.set('one', knownAgent('one', { idempotent: false }));
    rig.script('two', () => failed());
    const { owner } = await stuckAt('one', 'two');
    owner.kill();
    const second = rig.process();
    assert.equal((await finished(second.runner.resumeRun('1', { answer: 'done' }))).status, 'failed');
    rig.script('two', () => done());
    const view = await finished(second.runner.retryRun('1', {}));
    assert.deepEqual(statuses(view), { one: 'cached', two: 'completed' });
    assert.equal(rig.calls.filter(({ step }) => step === 'one').length, 1);
    await second.close();
  });

  it('takes nothing over that an earlier retry undid', async () => {
    rig.workflow(pair('fail'));
    rig.script('two', () => failed());
    const process = rig.process();
    assert.equal((await finished(process.runner.startRun({ workflow: 'pair' }))).status, 'failed');
    rig.workflow(pair('rollback'));
    const undone = await finished(process.runner.retryRun('1', { edited: true }));
    assert.equal(undone.status, 'compensated');
    assert.deepEqual(statuses(undone), { one: 'compensated', two: 'failed' });
    rig.script('two', () => done());
    const view = await finished(process.runner.retryRun('1', {}));
    assert.deepEqual(statuses(view), { one: 'completed', two: 'completed' });
    await process.close();
  });

  describe('retried', () => {
    const steps = [
      { id: 'one', agent: 'one', compensate: { agent: 'undo' } },
      { id: 'two', agent: 'two', needs: ['one'] },
    ];
    let window: EngineProcess;
    let terminal: EngineProcess;
    let dead: boolean;
    /** Run 1 of both was stopped at its second step: its first stands, and has an undo. */
    beforeEach(async () => {
      rig.workflow({ id: 'pair', onError: 'rollback', steps });
      rig.script('two', (_, { signal }) => untilAborted(signal));
      [window, terminal, dead] = [rig.process(), rig.process(), false];
      const { done: ended } = await begun(window.runner.startRun({ workflow: 'pair' }));
      await rig.atWork('two');
      await window.runner.cancelRun('1');
      await ended;
    });
    afterEach(async () => {
      if (!dead) await window.close();
      await terminal.close();
    });
    const undos = (): number => rig.calls.filter(({ agent }) => agent === 'undo').length;

    for (const where of ['the same window', 'another window'] as const)
      it(`at the same time in ${where}: one runs, and what both would take over is undone once`, async () => {
        rig.script('two', () => failed());
        const { runner } = where === 'the same window' ? window : terminal;
        const both = await Promise.all([window.runner.retryRun('1', {}), runner.retryRun('1', {})]);
        const refused = both.flatMap((result) => (result.ok ? [] : [result.failure]));
        assert.deepEqual(
          refused.map(({ code, message }) => [code, message.split('.')[0]]),
          [['run-live', 'Run 2 retries it already']],
        );
        for (const result of both) if (result.ok) await result.value.done;
        assert.equal(undos(), 1);
        const later = await finished(terminal.runner.retryRun('1', {}));
        assert.deepEqual(statuses(later), { one: 'compensated', two: 'failed' }, 'what was undone was done again');
        assert.equal(undos(), 2);
      });

    it('a retry that was cut off goes on when no other one is at work, and may be stopped before', async () => {
      const controller = new AbortController();
      const first = await begun(window.runner.retryRun('1', { signal: controller.signal }));
      await rig.atWork('two', 2);
      controller.abort();
      await first.done;
      const second = await begun(terminal.runner.retryRun('1', {}));
      await rig.atWork('two', 3);
      const refused = await window.runner.resumeRun('2', {});
      assert.ok(!refused.ok && refused.failure.code === 'run-live' && /Run 3 /.test(refused.failure.message));
      const stopped = await window.runner.cancelRun('2');
      assert.ok(stopped.ok && stopped.value.status === 'cancelled');
      await terminal.runner.cancelRun('3');
      await second.done;
      assert.equal(undos(), 0);
    });

    it('again after the window died that retried it', async () => {
      await begun(window.runner.retryRun('1', {}));
      await rig.atWork('two', 2);
      window.kill();
      dead = true;
      rig.script('two', () => done());
      assert.equal((await finished(terminal.runner.retryRun('1', {}))).status, 'completed');
    });
  });

  for (const goOn of ['resume', 'cancel', 'resume in the same window'] as const)
    it(`is anybody’s while it waits for a person, also where the window that had it stays open: ${goOn}`, async () => {
      rig.agents.set('one', knownAgent('one', { idempotent: false }));
      rig.workflow(chain('one'));
      rig.script('one', (_, { signal }) => untilAborted(signal));
      const window = rig.process();
      const terminal = rig.process();
      const controller = new AbortController();
      const handle = await begun(window.runner.startRun({ workflow: 'chain', signal: controller.signal }));
      await rig.atWork('one');
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
    });
});
