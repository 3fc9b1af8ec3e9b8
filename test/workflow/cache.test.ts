import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import {
  createEngineRig,
  done,
  failed,
  finished,
  knownAgent,
  statuses,
  STATE_DIR,
  untilAborted,
  type EngineProcess,
  type EngineRig,
} from '../support/engine-rig.ts';
import { writeFiles } from '../support/folder-workspace.ts';
import { proves } from '../requirements.ts';

const TWO = {
  id: 'two',
  steps: [
    { id: 'lint', agent: 'lint', with: { level: 'strict' } },
    { id: 'tests', agent: 'tests', needs: ['lint'] },
  ],
};

describe(proves('A9', 'taking results from cache'), () => {
  let rig: EngineRig;
  let process: EngineProcess;
  beforeEach(() => {
    rig = createEngineRig({ files: { 'src/a.ts': 'a', 'src/b.ts': 'b', 'docs/x.md': 'x' } });
    rig.agents.set('lint', knownAgent('lint', { inputs: { files: ['src/**'], tools: [] } }));
    rig.agents.set('tests', knownAgent('tests', { inputs: { files: 'workspace', tools: [] } }));
    rig.workflow(TWO);
    process = rig.process();
  });
  afterEach(async () => {
    await process.close();
    rig.remove();
  });
  const run = (request = {}): ReturnType<typeof finished> =>
    finished(process.runner.startRun({ workflow: 'two', ...request }));
  const missed = async (): Promise<readonly (string | null)[]> =>
    (await run()).steps.map(({ missedBecause }) => missedBecause);

  it('takes both over when nothing changed, in one flush, and never shows them as run', async () => {
    rig.script('lint', () => done(1, 'nothing found'));
    const first = await run();
    const calls = rig.calls.length;
    const before = rig.syncs();
    const second = await run();
    assert.equal(rig.syncs() - before, 1);
    assert.equal(rig.calls.length, calls);
    assert.deepEqual(statuses(second), { lint: 'cached', tests: 'cached' });
    assert.deepEqual(
      second.steps.map(({ cached, cachedNumber, attempts, summary }) => [cached, cachedNumber, attempts, summary]),
      [
        [first.run, 1, 0, 'nothing found'],
        [first.run, 1, 0, ''],
      ],
    );
    const types = rig.events(second.run).map(({ type }) => type);
    assert.equal(types.includes('workflow.step.started'), false);
    const completed = rig.events(second.run).find(({ type }) => type === 'workflow.step.completed');
    assert.equal(completed?.data['cached'], first.run);
    const third = await run();
    assert.equal(third.steps[0]?.cached, first.run, 'the run that really looked is named');
  });

  it('names the first input that differs', async () => {
    await run();
    writeFiles(rig.root, { 'docs/x.md': 'changed' });
    assert.deepEqual(await missed(), [null, 'docs/x.md']);
    writeFiles(rig.root, { 'src/b.ts': 'changed', 'src/c.ts': 'new' });
    assert.deepEqual(await missed(), ['src/b.ts', 'src/b.ts']);
    rmSync(path.join(rig.root, 'src/c.ts'));
    assert.deepEqual(await missed(), ['src/c.ts', 'src/c.ts']);
    const withOther = await run({ with: { level: 'loose' } });
    assert.deepEqual(
      withOther.steps.map(({ missedBecause }) => missedBecause),
      ['with.level', 'with.level'],
    );
    rig.agents.set('lint', knownAgent('lint', { definitionHash: 'other', inputs: { files: ['src/**'], tools: [] } }));
    assert.equal((await run({ with: { level: 'loose' } })).steps[0]?.missedBecause, 'agent definition');
  });

  it('names an earlier step whose result differs', async () => {
    let count = 0;
    rig.agents.set('lint', knownAgent('lint'));
    rig.script('lint', () => done(++count));
    await run();
    assert.deepEqual(await missed(), [null, 'result of step lint']);
  });

  it('reads .env files that are ignored, for tests do', async () => {
    await run();
    writeFiles(rig.root, { '.env.local': 'KEY=1' });
    assert.deepEqual(await missed(), [null, '.env.local']);
  });

  it('notices an install that leaves the lockfile as it is', async () => {
    await run();
    writeFiles(rig.root, {
      'node_modules/.package-lock.json': '{"packages":{"a":{}}}',
      'node_modules/a/index.js': '1',
    });
    assert.deepEqual(await missed(), [null, 'node_modules/.package-lock.json']);
    writeFiles(rig.root, { 'node_modules/.pnpm/lock.yaml': 'packages:' });
    assert.deepEqual(await missed(), [null, 'node_modules/.pnpm/lock.yaml']);
  });

  it('never takes a result of an agent that declares no inputs, nor with noCache', async () => {
    rig.agents.set('lint', knownAgent('lint'));
    await run();
    assert.deepEqual(statuses(await run()), { lint: 'completed', tests: 'cached' });
    assert.deepEqual(statuses(await run({ noCache: true })), { lint: 'completed', tests: 'completed' });
  });

  it('keeps no result of inputs that changed while it ran', async () => {
    rig.script('lint', () => {
      writeFiles(rig.root, { 'src/a.ts': 'edited meanwhile' });
      return done();
    });
    const first = await run();
    assert.equal(first.steps[0]?.stale, true);
    rig.script('lint', () => done());
    writeFiles(rig.root, { 'src/a.ts': 'a' });
    const second = await run();
    assert.equal(second.steps[0]?.status, 'completed');
    assert.equal(second.steps[0]?.missedBecause, 'files changed while run 1 looked at them');
  });

  it('treats a damaged entry as a miss and says so', async () => {
    await run();
    const dir = path.join(STATE_DIR, 'cache/results');
    const { files } = rig.machine.disk;
    for (const name of files.readDir(dir)) {
      const handle = files.open(path.join(dir, name), 'update');
      handle.write(Buffer.from('#'), handle.size() - 4);
      handle.close();
    }
    assert.deepEqual(await missed(), ['the kept result was damaged', 'the kept result was damaged']);
    assert.deepEqual(statuses(await run()), { lint: 'cached', tests: 'cached' });
  });

  it('tells of a failed step what changed since it last completed', async () => {
    const passed = await run();
    writeFiles(rig.root, { 'src/a.ts': 'broken', 'src/b.ts': 'broken too' });
    rig.script('lint', () => failed());
    const { changedSince } = (await run()).steps[0] ?? {};
    assert.equal(changedSince?.run, passed.run);
    assert.deepEqual(changedSince?.inputs, ['src/a.ts', 'src/b.ts']);
    assert.equal(changedSince?.total, 2);
  });
});

describe(proves('A9', 'retrying a run'), () => {
  let rig: EngineRig;
  let process: EngineProcess;
  const chain = {
    id: 'chain',
    steps: [
      { id: 'one', agent: 'one' },
      { id: 'two', agent: 'two', needs: ['one'] },
      { id: 'three', agent: 'three', needs: ['two'] },
    ],
  };
  beforeEach(() => {
    rig = createEngineRig({ files: { 'src/a.ts': 'a' } });
    rig.workflow(chain);
    process = rig.process();
  });
  afterEach(async () => {
    await process.close();
    rig.remove();
  });

  it('takes over what had completed and starts at the failed step', async () => {
    rig.script('two', () => failed());
    const first = await finished(process.runner.startRun({ workflow: 'chain' }));
    assert.deepEqual(statuses(first), { one: 'completed', two: 'failed', three: 'skipped' });
    rig.script('two', () => done());
    const second = await finished(process.runner.retryRun('1', {}));
    assert.equal(second.retryOf, first.run);
    assert.equal(second.number, 2);
    assert.deepEqual(statuses(second), { one: 'cached', two: 'completed', three: 'completed' });
    assert.equal(second.steps[0]?.cached, first.run);
    const refused = await process.runner.retryRun('2', {});
    assert.ok(!refused.ok && refused.failure.code === 'not-retryable');
  });

  it('runs a step again whose inputs differ, and names the difference', async () => {
    rig.agents.set('one', knownAgent('one', { inputs: { files: 'workspace', tools: [] } }));
    rig.script('two', () => failed());
    await finished(process.runner.startRun({ workflow: 'chain' }));
    writeFiles(rig.root, { 'src/a.ts': 'fixed' });
    rig.script('two', () => done());
    const second = await finished(process.runner.retryRun('1', {}));
    assert.equal(second.steps[0]?.status, 'completed');
    assert.equal(second.steps[0]?.missedBecause, 'src/a.ts');
  });

  it('starts at the step that is named, also where a result is known', async () => {
    rig.agents.set('two', knownAgent('two', { inputs: { files: 'workspace', tools: [] } }));
    rig.script('three', () => failed());
    await finished(process.runner.startRun({ workflow: 'chain' }));
    const second = await finished(process.runner.retryRun('1', { from: 'two' }));
    assert.deepEqual(statuses(second), { one: 'cached', two: 'completed', three: 'failed' });
    const unknown = await process.runner.retryRun('1', { from: 'four' });
    assert.ok(!unknown.ok && unknown.failure.code === 'usage');
  });

  it('uses the pinned definition, or the edited one when asked', async () => {
    rig.script('two', () => failed());
    await finished(process.runner.startRun({ workflow: 'chain' }));
    rig.workflow({ ...chain, steps: [...chain.steps, { id: 'four', agent: 'four' }] });
    rig.script('two', () => done());
    assert.equal((await finished(process.runner.retryRun('1', {}))).steps.length, 3);
    assert.equal((await finished(process.runner.retryRun('1', { edited: true }))).steps.length, 4);
  });

  it('undoes what it took over, once, when it fails again', async () => {
    rig.workflow({
      ...chain,
      onError: 'rollback',
      steps: chain.steps.map((step) => (step.id === 'one' ? { ...step, compensate: { agent: 'undo' } } : step)),
    });
    rig.script('two', (_, { signal }) => untilAborted(signal));
    const handle = await process.runner.startRun({ workflow: 'chain' });
    assert.ok(handle.ok);
    await process.runner.cancelRun('1');
    await handle.value.done;
    rig.script('two', () => failed());
    const second = await finished(process.runner.retryRun('1', {}));
    assert.equal(second.status, 'compensated');
    assert.equal(statuses(second)['one'], 'compensated');
    assert.deepEqual(second.cannotUndo, ['two']);
    const undos = rig.calls.filter(({ agent }) => agent === 'undo');
    assert.equal(undos.length, 1);
    assert.equal(undos[0]?.compensate?.step, 'one');
    rig.script('two', () => done());
    const third = await finished(process.runner.retryRun('2', {}));
    assert.equal(statuses(third)['one'], 'completed', 'what was undone is done again');
  });
});
