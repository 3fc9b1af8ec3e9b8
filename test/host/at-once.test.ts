import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ledgerWords, writeCounting } from '../support/counting.ts';
import { eventually } from '../support/eventually.ts';
import { createRig, type Rig, said } from '../support/rig.ts';
import { startWorker, type RunningWorker } from '../support/worker-rig.ts';
import { proves } from '../requirements.ts';

/** How often each race is run: who is first is not ours to say. */
const ROUNDS = 3;

describe(proves('A9', 'a window and a command line that ask the same of one run at the same time'), function () {
  this.timeout(180_000);
  const before = process.env['SAVEPOINT_STATE_DIR'];
  let rig: Rig;
  let window: RunningWorker;
  beforeEach(async () => {
    rig = createRig({ files: { 'src/a.ts': 'export const a = 1;\n' } });
    process.env['SAVEPOINT_STATE_DIR'] = rig.stateHome;
    window = await startWorker(rig.workspace);
  });
  afterEach(async () => {
    await window.close();
    if (before === undefined) delete process.env['SAVEPOINT_STATE_DIR'];
    else process.env['SAVEPOINT_STATE_DIR'] = before;
    await rig.dispose();
  });

  /** Steps with this go on when it is there. */
  const go = (): string => path.join(rig.outside, 'go');
  const count = (word: string): number => ledgerWords(rig).filter((one) => one === word).length;

  /** Exit code and failure code of both; of the one that did it, that it did. */
  async function both(
    command: 'resume' | 'retry',
    run: string,
  ): Promise<readonly (readonly [number | null, string])[]> {
    rmSync(go(), { force: true });
    const asked = [
      window.channel.request('command', { call: 1, command, input: { run, trust: true } }),
      rig.run([command, run, '--trust']),
    ] as const;
    // The run that one of them has ends only when the other one was answered.
    await Promise.race(asked);
    writeFileSync(go(), '');
    const [reply, cli] = await Promise.all(asked);
    const [error] = cli.of('error');
    assert.ok(error !== undefined || cli.code === 0, said(cli));
    return [[reply.exitCode, reply.failure?.code ?? ''] as const, [cli.code, error?.code ?? ''] as const].toSorted(
      ([a], [b]) => (a ?? -1) - (b ?? -1),
    );
  }

  it('resume: one goes on with it, the other is told so, and nothing runs twice', async () => {
    writeCounting(rig, {
      id: 'w',
      steps: [{ id: 'first' }, { id: 'second', needs: ['first'], with: { until: 'go' } }],
    });
    for (let round = 1; round <= ROUNDS; round++) {
      rmSync(go(), { force: true });
      const owner = rig.start(['run', 'w', '--trust']);
      await eventually('the second step starts', () => count('start second') === 2 * round - 1);
      owner.signal('SIGINT');
      const { run } = (await owner.done).only('result');
      assert.deepEqual(await both('resume', run), [
        [0, ''],
        [2, 'run-live'],
      ]);
      assert.deepEqual(['start first', 'start second', 'end second'].map(count), [round, 2 * round, round]);
    }
  });

  it('retry: one runs, the other is told so', async () => {
    writeCounting(rig, { id: 'w', steps: [{ id: 'breaks', with: { failTimes: 1, until: 'go' } }] });
    writeFileSync(go(), '');
    const failed = await rig.run(['run', 'w', '--trust']);
    assert.equal(failed.code, 3, said(failed));
    for (let round = 1; round <= ROUNDS; round++) {
      assert.deepEqual(await both('retry', failed.only('result').run), [
        [0, ''],
        [2, 'run-live'],
      ]);
      assert.equal(count('start breaks'), 1 + round);
    }
    assert.equal(count('overlap breaks'), 0);
  });
});
