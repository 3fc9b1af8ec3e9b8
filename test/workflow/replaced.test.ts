import assert from 'node:assert/strict';
import type { RunTrigger } from '../../src/contract/runs.ts';
import { exitCodeOf } from '../../src/orchestrator/workflow/run-view.ts';
import {
  begun,
  chain,
  createEngineRig,
  done,
  failed,
  finished,
  statuses,
  stuck,
  untilAborted,
  type EngineRig,
} from '../support/engine-rig.ts';
import { eventually } from '../support/eventually.ts';
import { proves } from '../requirements.ts';

const automatic: RunTrigger = { kind: 'activity', activities: ['a1'], lineage: null, beside: [] };

describe(proves('A9', 'a run that newer edits replace'), () => {
  let rig: EngineRig;
  beforeEach(() => {
    rig = createEngineRig({ files: { 'src/a.ts': 'a', 'src/b.ts': 'b' } });
    rig.workflow({
      id: 'checks',
      onError: 'continue',
      steps: [
        { id: 'quick', agent: 'quick' },
        { id: 'slow', agent: 'slow', needs: ['quick'] },
        { id: 'last', agent: 'last', needs: ['slow'] },
      ],
    });
    rig.script('slow', (_, { signal }) => untilAborted(signal));
  });
  afterEach(() => rig.remove());

  it('ends superseded, naming the new one, keeps what it completed, and the new one’s steps begin after its end', async () => {
    let letGo = (): void => {};
    rig.script('slow', async (_, { signal }) => {
      const ended = await untilAborted(signal);
      await new Promise<void>((resolve) => (letGo = resolve));
      return ended;
    });
    const process = rig.process();
    const old = await begun(process.runner.startRun({ workflow: 'checks', trigger: automatic }));
    await rig.atWork('slow');
    const fresh = await begun(
      process.runner.startRun({ workflow: 'checks', trigger: automatic, supersedes: [old.run] }),
    );
    await eventually('the new start is stored', () =>
      process.events.some(({ type, data }) => type === 'workflow.started' && data['run'] === fresh.run),
    );
    assert.equal(rig.calls.filter(({ run }) => run === fresh.run).length, 0, 'while processes of the old one are left');
    letGo();
    const ended = await old.done;
    assert.ok(ended.ok);
    assert.equal(ended.value.status, 'superseded');
    assert.equal(ended.value.replacedBy, fresh.number);
    assert.deepEqual(statuses(ended.value), { quick: 'completed', slow: 'cancelled', last: 'skipped' });
    assert.equal(exitCodeOf(ended.value, 'never'), 3);
    const last = rig.events(old.run).at(-1);
    assert.equal(last?.type, 'workflow.superseded');
    assert.deepEqual(last.data, { run: old.run, by: fresh.number });
    await rig.atWork('slow', 2);
    const retried = await process.runner.retryRun(old.run, {});
    assert.ok(!retried.ok && retried.failure.code === 'not-retryable' && /newer edits/.test(retried.failure.message));
    await Promise.all([process.close(), eventually('it lets go', () => (letGo(), process.runner.live().length === 0))]);
  });

  it('is not one that a person started, nor one that is not at work', async () => {
    const process = rig.process();
    const own = await begun(process.runner.startRun({ workflow: 'checks' }));
    await rig.atWork('slow');
    for (const ref of [own.run, '99']) {
      const refused = await process.runner.supersedeRun(ref, { by: null });
      assert.ok(!refused.ok && refused.failure.code === 'not-cancellable', ref);
    }
    assert.equal(own.view().status, 'running');
    await process.close();
  });

  it('is waited for while it takes back what it did', async () => {
    let undone = (): void => {};
    rig.workflow({
      id: 'careful',
      onError: 'rollback',
      steps: [
        { id: 'writes', agent: 'writes', compensate: { agent: 'undoes' } },
        { id: 'breaks', agent: 'breaks', needs: ['writes'] },
      ],
    });
    rig.script('breaks', () => failed());
    rig.script('undoes', () => new Promise((resolve) => (undone = () => resolve(done()))));
    const process = rig.process();
    const handle = await begun(process.runner.startRun({ workflow: 'careful', trigger: automatic }));
    await eventually('it takes back', () => rig.calls.some(({ agent }) => agent === 'undoes'));
    const replaced = process.runner.supersedeRun(handle.run, { by: null });
    undone();
    const ended = await replaced;
    assert.ok(ended.ok && ended.value.status === 'compensated');
    await process.close();
  });

  it('stays replaced: nobody goes on with it', async () => {
    const process = rig.process({ host: 'editor' });
    const handle = await begun(process.runner.startRun({ workflow: 'checks', trigger: automatic }));
    await rig.atWork('slow');
    await process.runner.supersedeRun(handle.run, { by: null });
    await process.close();
    const next = rig.process({ host: 'editor' });
    assert.deepEqual(await next.runner.goOn(), { ok: true, value: [] });
    assert.equal((await finished(next.runner.resumeRun(handle.run, {}))).status, 'superseded');
    await next.close();
  });

  it('has one step at work at a time while somebody types, a run by hand as many as it may', async () => {
    rig.workflow({ id: 'wide', steps: ['a', 'b', 'c'].map((id) => ({ id, agent: 'slow' })) });
    const process = rig.process();
    process.runner.setTyping(true);
    const handle = await begun(process.runner.startRun({ workflow: 'wide', trigger: automatic }));
    await rig.atWork('a');
    const own = await begun(process.runner.startRun({ workflow: 'wide' }));
    await eventually('all of it', () => rig.calls.filter(({ run }) => run === own.run).length === 3);
    assert.equal(rig.calls.filter(({ run }) => run === handle.run).length, 1);
    process.runner.setTyping(false);
    await eventually('the rest begins', () => rig.calls.filter(({ run }) => run === handle.run).length === 3);
    await process.close();
  });

  it('can be of a definition that no file holds', async () => {
    const process = rig.process();
    rig.script('slow', () => done());
    const definition = { id: 'tests', onError: 'fail' as const, steps: [{ id: 'tests', agent: 'slow' }] };
    const view = await finished(process.runner.startRun({ workflow: 'tests', definition }));
    assert.deepEqual([view.workflow, view.status], ['tests', 'completed']);
    await process.close();
  });
});

describe(proves('A9', 'an editor that goes on by itself'), () => {
  let rig: EngineRig;
  beforeEach(() => {
    rig = createEngineRig();
    rig.workflow(chain('one', 'two'));
    rig.script('two', (_, { signal }) => untilAborted(signal));
  });
  afterEach(() => rig.remove());

  for (const end of ['kill', 'close'] as const)
    it(`takes up what an editor left by a ${end}, once, and repeats no completed step`, async () => {
      const first = rig.process({ host: 'editor' });
      const { run } = await begun(first.runner.startRun({ workflow: 'chain' }));
      await rig.atWork('two');
      await first[end]();
      rig.script('two', () => done());
      const [second, third] = [rig.process({ host: 'editor' }), rig.process({ host: 'editor' })];
      const both = await Promise.all([second.runner.goOn(), third.runner.goOn()]);
      const handles = both.flatMap((result) => (result.ok ? result.value : []));
      assert.deepEqual(
        handles.map((handle) => handle.run),
        [run],
      );
      for (const { done: ending } of handles) {
        const view = await ending;
        assert.ok(view.ok && view.value.status === 'completed');
      }
      assert.deepEqual(
        rig.calls.map(({ step }) => step),
        ['one', 'two', 'two'],
      );
      assert.deepEqual(await second.runner.goOn(), { ok: true, value: [] });
      await Promise.all([second.close(), third.close()]);
    });

  it('takes up what a newer window had, in a session that is newer still, and hears of it in its journal', async () => {
    const older = rig.process({ host: 'editor' });
    const newer = rig.process({ host: 'editor' });
    const { run } = await begun(newer.runner.startRun({ workflow: 'chain' }));
    await rig.atWork('two');
    newer.kill();
    rig.script('two', () => done());
    const gone = await older.runner.goOn();
    assert.ok(gone.ok);
    assert.deepEqual(
      gone.value.map((handle) => handle.run),
      [run],
    );
    await gone.value[0]?.done;
    const events = rig.events(run);
    assert.deepEqual(
      events.filter(({ type }) => type.startsWith('workflow.')).map(({ type }) => type),
      [
        'workflow.started',
        'workflow.step.started',
        'workflow.step.completed',
        'workflow.step.started',
        'workflow.interrupted',
        'workflow.resumed',
        'workflow.step.started',
        'workflow.step.completed',
        'workflow.completed',
      ],
    );
    const epochs = events.map(({ epoch }) => epoch);
    assert.deepEqual(
      epochs,
      epochs.toSorted((a, b) => a - b),
    );
    await eventually('it is heard', () => older.events.some(({ type }) => type === 'workflow.completed'));
    await older.close();
  });

  it('leaves what a terminal started, and asks where a step must not run twice', async () => {
    const terminal = rig.process();
    await begun(terminal.runner.startRun({ workflow: 'chain' }));
    await rig.atWork('two');
    terminal.kill();
    rig.agents.set('one', { ...rig.agents.get('one'), idempotent: false } as never);
    rig.script('one', stuck);
    const editor = rig.process({ host: 'editor' });
    const asked = await begun(editor.runner.startRun({ workflow: 'chain' }));
    await eventually('one is at work', () => rig.calls.some(({ run }) => run === asked.run));
    editor.kill();
    const next = rig.process({ host: 'editor' });
    assert.deepEqual(await next.runner.goOn(), { ok: true, value: [] });
    assert.equal(rig.events(asked.run).at(-1)?.type, 'workflow.waiting');
    const left = await next.runner.resumeRun('1', {});
    assert.ok(left.ok, 'the terminal’s can be resumed by hand, as before');
    await next.close();
  });
});
