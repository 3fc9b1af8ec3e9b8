import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { proves } from '../requirements.ts';
import { ledgerWords, readLedger, writeCounting } from '../support/counting.ts';
import { eventually } from '../support/eventually.ts';
import { createRig, type CliResult, type Rig, said } from '../support/rig.ts';

/** How often each race is run: who is first is not ours to say. */
const ROUNDS = 3;

describe(proves('A9', 'two processes that ask the same of one run at the same time'), function () {
  this.timeout(180_000);
  let rig: Rig;
  beforeEach(() => {
    rig = createRig({ files: { 'src/a.ts': 'export const a = 1;\n' } });
  });
  afterEach(() => rig.dispose());

  const count = (word: string): number => ledgerWords(rig).filter((one) => one === word).length;
  /** Steps with this go on when it is there. */
  const go = (): string => path.join(rig.outside, 'go');

  /** The run that one of them has ends only when the other one was answered. */
  async function both(...args: readonly string[]): Promise<readonly CliResult[]> {
    rmSync(go(), { force: true });
    const asked = [rig.run([...args, '--trust']), rig.run([...args, '--trust'])];
    await Promise.race(asked);
    writeFileSync(go(), '');
    return Promise.all(asked);
  }

  /** The one that did it, when the other was told that the run is somebody's. */
  function winner(results: readonly CliResult[]): CliResult {
    const [won, lost] = results.toSorted((a, b) => (a.code ?? -1) - (b.code ?? -1));
    assert.ok(won && lost);
    assert.equal(won.code, 0, said(won));
    assert.equal(lost.code, 2, said(lost));
    assert.equal(lost.only('error').code, 'run-live', said(lost));
    assert.deepEqual(lost.of('event'), []);
    return won;
  }

  it('resume: one goes on with it, the other is told so, and nothing runs twice', async () => {
    writeCounting(rig, {
      id: 'w',
      steps: [
        { id: 'first' },
        { id: 'second', needs: ['first'], with: { until: 'go' } },
        { id: 'third', needs: ['second'], agent: 'once' },
      ],
    });
    for (let round = 1; round <= ROUNDS; round++) {
      rmSync(go(), { force: true });
      const owner = rig.start(['run', 'w', '--trust']);
      await eventually('the second step starts', () => count('start second') === 2 * round - 1);
      owner.signal('SIGKILL');
      await owner.done;
      const won = winner(await both('resume', String(round)));
      assert.equal(won.only('result').steps.find(({ id }) => id === 'second')?.attempts, 2);
      assert.deepEqual(
        ['first', 'second', 'third'].map((step) => count(`end ${step}`)),
        [round, round, round],
      );
      assert.equal(count('start second'), 2 * round);
    }
    assert.equal(count('overlap second'), 0);
  });

  it('retry: one runs, the other is told so, and the step that had failed is in flight once', async () => {
    writeCounting(rig, {
      id: 'w',
      steps: [
        { id: 'first', agent: 'once' },
        { id: 'breaks', needs: ['first'], agent: 'once', with: { failTimes: 1, until: 'go' } },
      ],
    });
    writeFileSync(go(), '');
    assert.equal((await rig.run(['run', 'w', '--trust'])).code, 3);
    for (let round = 1; round <= ROUNDS; round++) {
      const won = winner(await both('retry', '1'));
      assert.deepEqual(
        won.only('result').steps.map(({ status }) => status),
        ['cached', 'completed'],
      );
      assert.equal(count('start breaks'), 1 + round, 'asked for again after its end, it runs again');
    }
    assert.equal(count('start first'), 1);
    assert.deepEqual(
      readLedger(rig).filter(({ kind }) => kind === 'overlap'),
      [],
    );
  });
});
