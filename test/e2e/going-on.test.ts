import assert from 'node:assert/strict';
import { proves } from '../requirements.ts';
import { ledgerWords, readLedger, release, writeCounting, workflowText } from '../support/counting.ts';
import { eventually } from '../support/eventually.ts';
import { createRig, isRunning, type Rig, type RunningCli, said } from '../support/rig.ts';

const FILES = { 'package.json': '{ "name": "demo" }\n', 'src/a.ts': 'export const a = 1;\n' };
const NEVER_MS = 600_000;

describe(proves('A9', 'runs that were stopped, cut off or failed'), () => {
  let rig: Rig;
  beforeEach(() => {
    rig = createRig({ files: FILES });
  });
  afterEach(() => rig.dispose());

  const started = (step: string): Promise<void> =>
    eventually(`${step} starts`, () => ledgerWords(rig).includes(`start ${step}`));

  /** Kills a run while its second step is at work. */
  async function cutOff(agent: 'counting' | 'once', signal: NodeJS.Signals = 'SIGKILL'): Promise<RunningCli> {
    writeCounting(rig, {
      id: 'w',
      steps: [
        { id: 'first' },
        { id: 'second', needs: ['first'], agent, with: { ms: 2000 } },
        { id: 'third', needs: ['second'] },
      ],
    });
    const cli = rig.start(['run', 'w', '--trust']);
    await started('second');
    cli.signal(signal);
    await cli.done;
    return cli;
  }

  describe('cancel', () => {
    it('reaches the owner in another process, which ends its processes', async () => {
      writeCounting(rig, {
        id: 'w',
        steps: [
          { id: 'long', with: { ms: NEVER_MS, escape: true } },
          { id: 'next', needs: ['long'] },
        ],
      });
      const owner = rig.start(['run', 'w', '--trust']);
      await started('long');
      const { number } = (await rig.run(['runs'])).only('run');
      const cancelled = await rig.run(['cancel', String(number)]);
      assert.equal(cancelled.code, 0, said(cancelled));
      assert.equal(cancelled.only('run').status, 'cancelled');
      const done = await owner.done;
      assert.equal(done.code, 3);
      const result = done.only('result');
      assert.equal(result.status, 'cancelled');
      assert.equal(result.steps[0]?.status, 'cancelled');
      assert.ok(done.of('event').some(({ type }) => type === 'workflow.cancelled'));
      assert.ok(!ledgerWords(rig).includes('start next'));
    });

    it('of an interrupted run takes effect too; of a finished one it says why not', async () => {
      await cutOff('counting');
      assert.equal((await rig.run(['cancel', '1'])).only('run').status, 'cancelled');
      const again = await rig.run(['cancel', '1']);
      assert.equal(again.code, 2);
      assert.equal(again.only('error').code, 'not-cancellable');
      assert.equal((await rig.run(['cancel', '7'])).only('error').code, 'not-found');
    });
  });

  describe('resume', () => {
    it('goes on after a kill, with the same key, and repeats the result of a finished run', async () => {
      await cutOff('counting');
      assert.equal((await rig.run(['runs'])).only('run').status, 'interrupted');
      const resumed = await rig.run(['resume', '1', '--trust']);
      assert.equal(resumed.code, 0, said(resumed));
      const result = resumed.only('result');
      assert.equal(result.steps.find(({ id }) => id === 'second')?.attempts, 2);
      assert.equal(ledgerWords(rig).filter((word) => word === 'start first').length, 1);
      const keys = readLedger(rig)
        .filter(({ step }) => step === 'second')
        .map(({ idempotencyKey }) => idempotencyKey);
      assert.equal(new Set(keys).size, 1);
      const events = resumed.of('event').map(({ type }) => type);
      assert.ok(events.includes('workflow.resumed'), events.join());

      const before = readLedger(rig).length;
      const repeated = await rig.run(['resume', '1', '--trust']);
      assert.equal(repeated.code, 0);
      assert.deepEqual(repeated.only('result'), result);
      assert.equal(readLedger(rig).length, before, 'nothing ran');
    });

    it('goes on with the definition it was started with', async () => {
      await cutOff('counting');
      rig.write({ '.savepoint/workflows/w.yaml': workflowText({ id: 'w', steps: [{ id: 'other' }] }) });
      const { code, of } = await rig.run(['resume', '1', '--trust']);
      assert.equal(code, 0);
      assert.deepEqual(
        of('result')[0]?.steps.map(({ id }) => id),
        ['first', 'second', 'third'],
      );
    });

    it('of a live run is refused', async () => {
      writeCounting(rig, { id: 'w', steps: [{ id: 'long', with: { ms: NEVER_MS } }] });
      const owner = rig.start(['run', 'w', '--trust']);
      await started('long');
      const refused = await rig.run(['resume', '1', '--trust']);
      assert.equal(refused.code, 2);
      assert.equal(refused.only('error').code, 'run-live');
      owner.signal('SIGINT');
      assert.equal((await owner.done).code, 130);
    });

    it('asks what to do about a step that must not run twice, and starts nothing before', async () => {
      await cutOff('once');
      const before = readLedger(rig).length;
      const refused = await rig.run(['resume', '1', '--trust']);
      assert.equal(refused.code, 3);
      const error = refused.only('error');
      assert.equal(error.code, 'needs-decision');
      assert.match(error.message, /second/);
      assert.match(error.message, /--again/);
      assert.equal(readLedger(rig).length, before);
    });

    it('--again runs it once more', async () => {
      await cutOff('once');
      const { code, of } = await rig.run(['resume', '1', '--again', '--trust']);
      assert.equal(code, 0);
      assert.equal(of('result')[0]?.steps[1]?.attempts, 2);
      const words = ledgerWords(rig);
      assert.equal(words.filter((word) => word === 'start second').length, 2);
      assert.ok(words.includes('end third'));
    });

    it('--done takes it as done, without data', async () => {
      await cutOff('once');
      const done = await rig.run(['resume', '1', '--done', '--trust']);
      assert.equal(done.code, 0, said(done));
      assert.equal(done.only('result').steps[1]?.status, 'completed');
      assert.equal(ledgerWords(rig).filter((word) => word === 'start second').length, 1);
      const third = readLedger(rig).find(({ step }) => step === 'third');
      assert.deepEqual(third?.request['needs'], { second: null });
    });

    it('--fail takes it as failed', async () => {
      await cutOff('once');
      const failed = await rig.run(['resume', '1', '--fail', '--trust']);
      assert.equal(failed.code, 3);
      const { status, steps } = failed.only('result');
      assert.equal(status, 'failed');
      assert.deepEqual(
        steps.map((step) => step.status),
        ['completed', 'failed', 'skipped'],
      );
      assert.ok(!ledgerWords(rig).includes('start third'));
    });
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`${signal} leaves the run interrupted and resumable, with exit code 130 and no process behind`, async () => {
      const cli = await cutOff('counting', signal);
      const { code, lines } = cli.soFar();
      assert.equal(code, 130);
      const last = lines().at(-1);
      assert.ok(last?.kind === 'result' && last.status === 'interrupted', JSON.stringify(last));
      assert.equal((await rig.run(['runs'])).only('run').status, 'interrupted');
      assert.equal((await rig.run(['resume', '1', '--trust'])).code, 0);
    });
  }

  it('Ctrl+C ends a detached grandchild too', async () => {
    writeCounting(rig, { id: 'w', steps: [{ id: 'long', with: { ms: NEVER_MS, escape: true } }] });
    const cli = rig.start(['run', 'w', '--trust']);
    await started('long');
    cli.signal('SIGINT');
    assert.equal((await cli.done).code, 130);
  });

  it('after a kill, what the run had started is ended before the next run starts a step', async () => {
    writeCounting(rig, { id: 'w', steps: [{ id: 'long', with: { ms: NEVER_MS, escape: true } }] });
    const cli = rig.start(['run', 'w', '--trust']);
    await started('long');
    cli.signal('SIGKILL');
    await cli.done;
    const orphan = readLedger(rig)[0]?.pid ?? 0;
    assert.ok(isRunning(orphan) || process.platform !== 'linux', 'it outlives its parent');
    writeCounting(rig, { id: 'other', steps: [{ id: 'short' }] });
    assert.equal((await rig.run(['run', 'other', '--trust'])).code, 0);
    assert.ok(!isRunning(orphan));
  });

  describe('retry', () => {
    const steps = [
      { id: 'first', agent: 'keeps' },
      { id: 'beside', agent: 'keeps', with: { ms: 10 } },
      { id: 'breaks', needs: ['first'], agent: 'keeps', with: { failTimes: 1 } },
      { id: 'after', needs: ['breaks'], agent: 'keeps' },
    ];
    const fails = async (): Promise<void> => {
      writeCounting(rig, { id: 'w', steps });
      assert.equal((await rig.run(['run', 'w', '--trust'])).code, 3);
    };
    const startsOf = (step: string): number => ledgerWords(rig).filter((word) => word === `start ${step}`).length;

    it('takes over what had completed, naming the run, and goes on from the step that failed', async () => {
      await fails();
      const first = (await rig.run(['runs'])).only('run');
      const done = await rig.run(['retry', '1', '--trust']);
      assert.equal(done.code, 0, said(done));
      const { number, steps: ended } = done.only('result');
      assert.equal(number, 2);
      assert.deepEqual(
        ended.map((step) => step.status),
        ['cached', 'cached', 'completed', 'completed'],
      );
      assert.deepEqual(
        ended.slice(0, 2).map(({ cached }) => cached),
        [first.run, first.run],
      );
      assert.deepEqual(['first', 'beside', 'breaks', 'after'].map(startsOf), [1, 1, 2, 1]);
      const events = done
        .of('event')
        .filter(({ data }) => data['step'] === 'first')
        .map(({ type }) => type);
      assert.ok(!events.includes('workflow.step.started'), 'a cached step is never shown as run');
      assert.ok(
        done.of('event').some(({ type, data }) => type === 'workflow.step.completed' && data['cached'] === first.run),
      );
    });

    it('--from starts again at an earlier step', async () => {
      await fails();
      const done = await rig.run(['retry', '1', '--from', 'first', '--trust']);
      assert.equal(done.code, 0);
      assert.deepEqual(['first', 'beside', 'breaks', 'after'].map(startsOf), [2, 1, 2, 1]);
      const unknown = await rig.run(['retry', '1', '--from', 'nope', '--trust']);
      assert.equal(unknown.code, 2);
      assert.match(unknown.only('error').message, /nope/);
    });

    it('runs a completed step again when its inputs changed, and names the first that differs', async () => {
      await fails();
      rig.write({ 'src/a.ts': 'export const a = 2;\n' });
      const done = await rig.run(['retry', '1', '--trust']);
      assert.equal(done.code, 0);
      const [first] = done.only('result').steps;
      assert.equal(first?.status, 'completed');
      assert.match(first.missedBecause ?? '', /src\/a\.ts/);
      assert.equal(startsOf('first'), 2);
    });

    it('--edited uses the file as it is now, without it the pinned definition', async () => {
      await fails();
      const edited = [...steps.slice(0, 3), { id: 'instead', needs: ['breaks'] }];
      rig.write({ '.savepoint/workflows/w.yaml': workflowText({ id: 'w', steps: edited }) });
      const now = await rig.run(['retry', '1', '--edited', '--trust']);
      assert.equal(now.code, 0, said(now));
      assert.deepEqual(
        now.only('result').steps.map(({ id }) => id),
        ['first', 'beside', 'breaks', 'instead'],
      );
      const pinned = await rig.run(['retry', '1', '--trust']);
      assert.deepEqual(
        pinned.only('result').steps.map(({ id }) => id),
        ['first', 'beside', 'breaks', 'after'],
      );
    });

    it('is refused for a run that completed', async () => {
      writeCounting(rig, { id: 'w', steps: [{ id: 'fine' }] });
      assert.equal((await rig.run(['run', 'w', '--trust'])).code, 0);
      const refused = await rig.run(['retry', '1', '--trust']);
      assert.equal(refused.code, 2);
      assert.equal(refused.only('error').code, 'not-retryable');
    });
  });

  describe('results from cache', () => {
    const cached = {
      id: 'w',
      steps: [
        { id: 'one', agent: 'keeps' },
        { id: 'two', needs: ['one'], agent: 'keeps' },
      ],
    };
    const again = async (...flags: readonly string[]) => {
      const done = await rig.run(['run', 'w', '--trust', '--all', ...flags]);
      assert.equal(done.code, 0, said(done));
      return done.only('result');
    };

    it('say from which run they are; --no-cache runs all', async () => {
      writeCounting(rig, cached);
      const first = await again();
      const second = await again();
      assert.deepEqual(
        second.steps.map(({ status }) => status),
        ['cached', 'cached'],
      );
      assert.deepEqual(
        second.steps.map((step) => step.cached),
        [first.run, first.run],
      );
      assert.deepEqual(ledgerWords(rig), ['start one', 'end one', 'start two', 'end two']);
      const third = await again('--no-cache');
      assert.deepEqual(
        third.steps.map(({ status }) => status),
        ['completed', 'completed'],
      );
    });

    it('are missed when an input changes, which is named', async () => {
      writeCounting(rig, cached);
      await again();
      rig.write({ 'src/a.ts': 'export const a = 5;\n' });
      const changed = await again();
      assert.match(changed.steps[0]?.missedBecause ?? '', /src\/a\.ts/);
      const overlaid = await again('--with', '{"speed":"high"}');
      assert.match(overlaid.steps[0]?.missedBecause ?? '', /with/);
    });

    it('are never taken from an agent without inputs, nor when an input changed while it ran', async () => {
      writeCounting(rig, {
        id: 'w',
        steps: [{ id: 'plain' }, { id: 'slow', agent: 'keeps', with: { until: 'changed' } }],
      });
      const cli = rig.start(['run', 'w', '--trust', '--all']);
      await started('slow');
      rig.write({ 'src/a.ts': 'export const a = 6;\n' });
      release(rig, 'changed');
      assert.equal((await cli.done).code, 0);
      const second = await again();
      assert.deepEqual(
        second.steps.map(({ status }) => status),
        ['completed', 'completed'],
      );
    });
  });
});
