import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';
import { isAlive } from '../support/is-alive.ts';
import { createTriggersRig, value, type TriggersRig } from '../support/triggers-rig.ts';
import { proves } from '../requirements.ts';

const WINDOW = join(import.meta.dirname, '..', 'support', 'editor-process.ts');
const TWO_STEPS = `id: two
steps:
  - { id: one, agent: look, with: { quick: true } }
  - { id: two, agent: look, needs: [one] }
`;

describe(proves('A9', 'a window that was killed'), function () {
  this.timeout(180_000);
  let rig: TriggersRig;
  beforeEach(async () => {
    rig = await createTriggersRig({ '.savepoint/workflows/two.yaml': TWO_STEPS });
    await rig.approve();
    rig.write({ 'src/a.ts': 'A\n' });
  });
  afterEach(async () => {
    rig.hold(false);
    await rig.close();
  });

  /** Another window starts the workflow; killed with SIGKILL while the second step is at work. */
  async function killedWindow(): Promise<{ readonly run: string; readonly pids: readonly number[] }> {
    rig.hold(true);
    const window = spawn(process.execPath, [WINDOW, rig.root, 'two'], { stdio: ['ignore', 'inherit', 'inherit'] });
    await eventually('the second looks', () => rig.calls().length > 1 || window.exitCode !== null);
    window.kill('SIGKILL');
    await once(window, 'exit');
    const { run } = value(rig.services.runs.find('1'));
    return { run, pids: rig.calls().flatMap((call) => call.pids) };
  }

  it('loses no run: an older window goes on with it in a newer session, and repeats no finished step', async () => {
    const { run, pids } = await killedWindow();
    assert.equal(value(rig.services.runs.find(run)).status, 'interrupted');
    const [first, second] = [pids.slice(0, 2), pids.slice(2)];
    assert.deepEqual([first.filter(isAlive), second.filter(isAlive)], [[], second], 'what a kill leaves behind');
    const going = rig.runner.goOn();
    await eventually('the second step looks again', () => rig.calls().length > 2);
    assert.deepEqual(second.filter(isAlive), [], 'gone before the step starts once more');
    rig.hold(false);
    const gone = value(await going);
    assert.deepEqual(
      gone.map((handle) => handle.run),
      [run],
    );
    const ended = value((await gone[0]?.done) ?? assert.fail());
    assert.equal(ended.status, 'completed');
    assert.deepEqual(
      rig.calls().map(({ step }) => step),
      ['one', 'two', 'two'],
    );
    const epochs = [...rig.services.reader().events({ run })].map(({ epoch }) => epoch);
    assert.deepEqual(
      epochs,
      epochs.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(epochs).size, 2);
  });

  it('leaves an automatic run that newer edits replace once it goes on', async () => {
    await killedWindow();
    const [handle] = value(await rig.runner.goOn());
    await eventually('the second step looks again', () => rig.calls().length > 2);
    assert.deepEqual(
      rig.runner.live().map(({ start }) => start.run),
      [handle?.run],
    );
    const ended = value(await rig.runner.supersedeRun('1', { by: null }));
    assert.equal(ended.status, 'superseded');
    assert.deepEqual(rig.runner.live(), []);
  });
});
