import assert from 'node:assert/strict';
import { resultLine, exitCodeOf, foldRun } from '../../src/orchestrator/workflow/run-view.ts';
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
  type EngineRig,
} from '../support/engine-rig.ts';
import { eventually } from '../support/eventually.ts';
import { writeFiles } from '../support/folder-workspace.ts';
import { proves } from '../requirements.ts';

describe(proves('A9', 'the runner'), () => {
  let rig: EngineRig;
  beforeEach(() => {
    rig = createEngineRig({ files: { 'src/a.ts': 'a', 'src/b.ts': 'b' } });
  });
  afterEach(() => rig.remove());

  it('runs steps in order, hands results on, and stores a chain of n steps in n + 1 turns', async () => {
    rig.workflow(chain('one', 'two', 'three'));
    rig.script('one', () => done('first'));
    rig.script('two', ({ needs }) => done(`after ${JSON.stringify(needs['one'])}`, 'two is done'));
    const process = rig.process();
    const syncsBefore = rig.syncs();
    const view = await finished(process.runner.startRun({ workflow: 'chain' }));
    const syncs = rig.syncs() - syncsBefore;
    assert.equal(view.status, 'completed');
    assert.equal(view.number, 1);
    assert.deepEqual(statuses(view), { one: 'completed', two: 'completed', three: 'completed' });
    assert.deepEqual(
      rig.calls.map(({ step, needs }) => [step, needs]),
      [
        ['one', {}],
        ['two', { one: 'first' }],
        ['three', { two: 'after "first"' }],
      ],
    );
    assert.equal(view.steps[1]?.summary, 'two is done');
    assert.equal(syncs, 4);
    for (const step of view.steps) {
      const { queue, start, tool, disk, wait } = step.timeMs;
      assert.equal(queue + start + tool + disk + wait, step.durationMs);
    }
    const own = rig.events(view.run).filter(({ type }) => type.startsWith('workflow.'));
    assert.deepEqual(
      own.map(({ type }) => type),
      [
        'workflow.started',
        ...['one', 'two', 'three'].flatMap(() => ['workflow.step.started', 'workflow.step.completed']),
        'workflow.completed',
      ],
    );
    assert.deepEqual(foldRun(rig.events(view.run), { session: process.session, live: true }), view);
    assert.equal(exitCodeOf(view, 'error'), 0);
    assert.equal(resultLine(view).kind, 'result');
    await process.close();
  });

  it('tells of findings, tests and evidence, masks secrets, and keeps what came before a failure', async () => {
    rig.workflow({
      id: 'mixed',
      onError: 'continue',
      steps: [
        { id: 'tests', agent: 'test-executor' },
        { id: 'scan', agent: 'security-auditor' },
      ],
    });
    rig.script('test-executor', (_, { say }) => {
      say({ kind: 'test', test: { name: 'adds', file: 'a.test.ts', status: 'passed' } });
      say({
        kind: 'test',
        test: { name: 'logs in', file: 'a.test.ts', status: 'failed', message: 'hunter2 is wrong' },
      });
      const tests = { passed: 1, failed: 1, skipped: 0, selected: 2, total: 2, verdict: 'failed' } as const;
      return { ok: true, data: null, summary: '1 test fails', tests };
    });
    rig.script('security-auditor', (_, { say }) => {
      say({ kind: 'finding', finding: { ...finding, message: 'password hunter2 in the code' } });
      say({ kind: 'not-checked', what: 'advisories', why: 'offline' });
      return failed('crashed', 'parser died on hunter2');
    });
    const process = rig.process();
    const view = await finished(process.runner.startRun({ workflow: 'mixed' }));
    assert.deepEqual(statuses(view), { tests: 'completed', scan: 'failed' });
    assert.deepEqual(
      view.tests.cases.map(({ name, status }) => [name, status]),
      [
        ['adds', 'passed'],
        ['logs in', 'failed'],
      ],
    );
    assert.equal(view.findings[0]?.message, 'password •••• in the code');
    assert.deepEqual(view.notChecked, [{ step: 'scan', what: 'advisories', why: 'offline' }]);
    assert.equal(view.steps[1]?.error?.message, 'parser died on ••••');
    assert.equal(JSON.stringify(rig.events(view.run)).includes('hunter2'), false);
    assert.equal(exitCodeOf(view, 'error'), 1);
    assert.equal(exitCodeOf(view, 'never'), 0);
    const types = rig.events(view.run).map(({ type }) => type);
    for (const type of [
      'test.execution.started',
      'test.case.completed',
      'test.failure.detected',
      'test.execution.completed',
      'security.scan.started',
      'security.vulnerability.found',
      'security.scan.completed',
      'agent.invoked',
      'agent.completed',
      'agent.failed',
    ])
      assert.ok(types.includes(type), type);
    await process.close();
  });

  it('retries after the policy’s delay, and counts every try', async () => {
    rig.agents.set('flaky', knownAgent('flaky', { retry: { max: 2, multiplier: 2 } }));
    rig.workflow({ id: 'retrying', steps: [{ id: 'flaky', agent: 'flaky' }] });
    rig.script('flaky', ({ attempt }) => (attempt < 3 ? failed() : done('at last')));
    const process = rig.process();
    const handle = await begun(process.runner.startRun({ workflow: 'retrying' }));
    await eventually('the first try fails', () => handle.view().status === 'retrying');
    assert.ok(Date.parse(handle.view().steps[0]?.nextTryAt ?? '') - rig.machine.clock.now() >= 800);
    rig.machine.clock.advance(1200);
    await eventually('the second try fails', () => rig.calls.length === 2 && handle.view().status === 'retrying');
    rig.machine.clock.advance(1500);
    assert.equal(rig.calls.length, 2, 'the second wait is longer than the first');
    rig.machine.clock.advance(1000);
    const ended = await handle.done;
    assert.ok(ended.ok);
    assert.equal(ended.value.steps[0]?.attempts, 3);
    const delays = rig
      .events(handle.run)
      .flatMap(({ data }) => (typeof data['delayMs'] === 'number' ? [data['delayMs']] : []));
    assert.equal(
      ended.value.steps[0]?.timeMs.wait,
      delays.reduce((sum, delay) => sum + delay, 0),
    );
    assert.deepEqual([...new Set(rig.calls.map(({ idempotencyKey }) => idempotencyKey))].length, 1);
    await process.close();
  });

  it('ends a step after its timeout, not counting what it waited for a slot', async () => {
    rig.workflow({ id: 'slow', steps: [{ id: 'slow', agent: 'slow', timeout: '30s' }] });
    rig.script('slow', async (_, { signal, say }) => {
      say({ kind: 'queue', waiting: true });
      rig.machine.clock.advance(100_000);
      say({ kind: 'queue', waiting: false });
      assert.equal(signal.aborted, false);
      rig.machine.clock.advance(30_000);
      return untilAborted(signal);
    });
    const process = rig.process();
    const view = await finished(process.runner.startRun({ workflow: 'slow' }));
    assert.equal(view.status, 'failed');
    assert.equal(view.steps[0]?.error?.code, 'timeout');
    assert.equal(view.steps[0]?.timeMs.queue, 100_000);
    assert.equal(view.steps[0]?.timeMs.tool, 30_000);
    assert.ok(rig.events(view.run).some(({ type }) => type === 'agent.timeout'));
    await process.close();
  });

  it('stops on abort, and resumes in another process with the same key', async () => {
    rig.workflow(chain('one', 'two'));
    let stopped = true;
    rig.script('two', (_, { signal }) => (stopped ? untilAborted(signal) : done('now')));
    const first = rig.process();
    const controller = new AbortController();
    const handle = await begun(first.runner.startRun({ workflow: 'chain', signal: controller.signal }));
    await rig.atWork('two');
    controller.abort();
    const ended = await handle.done;
    assert.ok(ended.ok);
    assert.equal(ended.value.status, 'interrupted');
    assert.equal(exitCodeOf(ended.value, 'error'), 130);
    await first.close();
    stopped = false;
    const second = rig.process();
    const view = await finished(second.runner.resumeRun('1', {}));
    assert.deepEqual(statuses(view), { one: 'completed', two: 'completed' });
    assert.deepEqual(
      rig.calls.map(({ step, attempt }) => [step, attempt]),
      [
        ['one', 1],
        ['two', 1],
        ['two', 2],
      ],
    );
    assert.equal(rig.calls[1]?.idempotencyKey, rig.calls[2]?.idempotencyKey);
    const again = await finished(second.runner.resumeRun('1', {}));
    assert.deepEqual(again, view);
    assert.equal(rig.calls.length, 3, 'a finished run is only told again');
    await second.close();
  });

  it('asks before it runs a cut-off step twice that may not, and does what it is told', async () => {
    for (const [answer, status, calls] of [
      ['again', 'completed', 2],
      ['done', 'completed', 1],
      ['fail', 'failed', 1],
    ] as const) {
      const own = createEngineRig();
      own.agents.set('one', knownAgent('one', { idempotent: false }));
      own.workflow(chain('one', 'two'));
      own.script('one', ({ attempt }) => (attempt === 1 ? new Promise(() => {}) : done()));
      const first = own.process();
      await begun(first.runner.startRun({ workflow: 'chain' }));
      await own.atWork('one');
      first.kill();
      const second = own.process();
      const refused = await second.runner.resumeRun('1', {});
      assert.ok(!refused.ok && refused.failure.code === 'needs-decision');
      assert.equal(own.calls.length, 1, 'nothing started');
      const view = await finished(second.runner.resumeRun('1', { answer }));
      assert.equal(view.status, status);
      assert.equal(own.calls.filter(({ step }) => step === 'one').length, calls);
      await second.close();
      own.remove();
    }
  });

  it('cancels a run of its own, of another process, and of a dead one', async () => {
    rig.workflow(chain('one', 'two'));
    rig.script('one', (_, { signal }) => untilAborted(signal));
    const owner = rig.process();
    const other = rig.process();
    const own = await begun(owner.runner.startRun({ workflow: 'chain' }));
    const cancelled = await owner.runner.cancelRun('1');
    assert.ok(cancelled.ok && cancelled.value.status === 'cancelled');
    assert.deepEqual(statuses(cancelled.value), { one: 'cancelled', two: 'skipped' });
    assert.equal((await own.done).ok, true);

    await begun(owner.runner.startRun({ workflow: 'chain' }));
    const live = await other.runner.resumeRun('2', {});
    assert.ok(!live.ok && live.failure.code === 'run-live');
    const asked = other.runner.cancelRun('2');
    let elsewhere: Awaited<typeof asked> | null = null;
    void asked.then((result) => (elsewhere = result));
    await eventually('the owner hears of it', () => {
      rig.machine.clock.advance(50);
      return elsewhere !== null;
    });
    const told = await asked;
    assert.ok(told.ok && told.value.status === 'cancelled');

    const third = await begun(other.runner.startRun({ workflow: 'chain' }));
    await eventually('it is at work', () => rig.calls.some(({ run }) => run === third.run));
    other.kill();
    const buried = await owner.runner.cancelRun('3');
    assert.ok(buried.ok && buried.value.status === 'cancelled', 'by an older process, in a session that is newer');
    const twice = await owner.runner.cancelRun('3');
    assert.ok(!twice.ok && twice.failure.code === 'not-cancellable');
  });

  it('stores with the next run that a dead session’s run was cut off', async () => {
    rig.workflow(chain('one', 'two'));
    rig.script('two', stuck);
    const first = rig.process();
    const { run } = await begun(first.runner.startRun({ workflow: 'chain' }));
    await rig.atWork('two');
    first.kill();
    assert.equal(foldRun(rig.events(run), { session: first.session, live: false })?.status, 'interrupted');
    rig.script('two', () => done());
    const second = rig.process();
    await finished(second.runner.startRun({ workflow: 'chain' }));
    const interrupted = rig.events(run).filter(({ type }) => type === 'workflow.interrupted');
    assert.equal(interrupted.length, 1);
    assert.equal(interrupted[0]?.sessionid, second.session);
    await second.close();
  });

  it('lists files that changed while a step was at work', async () => {
    rig.workflow(chain('one', 'two'));
    rig.script('one', () => {
      writeFiles(rig.root, { 'coverage/out.txt': 'x' });
      return done();
    });
    const process = rig.process();
    const view = await finished(process.runner.startRun({ workflow: 'chain' }));
    assert.deepEqual(view.written, ['coverage/out.txt']);
    assert.ok(rig.calls[1]?.scope.files.includes('coverage/out.txt'), 'later steps look at it');
    const event = rig.events(view.run).find(({ type }) => type === 'file.modified');
    assert.equal(event?.origin, `run:${view.run}`);
    await process.close();
  });

  it('keeps what a step gives within one event, however much it says', async () => {
    rig.workflow(chain('one'));
    const long = 'x'.repeat(7000);
    rig.script('one', (_, { say }) => {
      for (let at = 0; at < 500; at++) say({ kind: 'not-checked', what: long, why: long });
      for (let at = 0; at < 200; at++) {
        const command = Array.from({ length: 1000 }, (_unused, file) => `src/a/folder/of/some/depth/file-${file}.ts`);
        say({
          kind: 'evidence',
          evidence: { tool: 'lint', version: '1', command, cwd: '/', exitCode: 0, durationMs: 1 },
        });
      }
      return done();
    });
    const process = rig.process();
    const view = await finished(process.runner.startRun({ workflow: 'chain' }));
    assert.equal(view.status, 'completed');
    assert.ok(view.notChecked.some(({ what }) => what.endsWith('more commands')));
    assert.ok(view.notChecked.some(({ what }) => what.endsWith('more notes')));
    rig.script('one', () => ({
      ok: false,
      error: { code: 'exit', message: long.repeat(2), lastLines: Array(99).fill(long), command: Array(999).fill(long) },
    }));
    const error = (await finished(process.runner.startRun({ workflow: 'chain' }))).steps[0]?.error;
    assert.deepEqual(error?.command, [long, '… (998 more)']);
    assert.equal(error?.lastLines?.length, 20);
    await process.close();
  });
});

const finding = {
  agent: 'security-auditor',
  rule: 'secret.password',
  severity: 'error',
  confidence: 'certain',
  message: '',
  file: 'src/a.ts',
  range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } },
  fingerprint: 'f1',
} as const;
