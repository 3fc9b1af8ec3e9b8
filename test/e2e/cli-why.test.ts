import assert from 'node:assert/strict';
import { proves } from '../requirements.ts';
import { writeCounting } from '../support/counting.ts';
import { createRig, type Rig } from '../support/rig.ts';

describe(proves('F7', 'savepoint why'), function () {
  this.timeout(180_000);
  let rig: Rig;
  beforeEach(() => {
    rig = createRig({ files: { 'src/a.ts': 'export const a = 1;\n' } });
    writeCounting(rig, { id: 'good', steps: [{ id: 'one' }] });
  });
  afterEach(() => rig.dispose());

  it('tells in a terminal and to scripts who started a run, asked by number, id or event', async () => {
    const ran = await rig.run(['run', 'good', '--trust']);
    const { run } = ran.only('result');
    const event = ran.of('event').at(-1)?.id ?? '';
    for (const what of ['1', run, event]) {
      const asked = await rig.run(['why', what]);
      assert.equal(asked.code, 0, what);
      const { decision, workflow, number, origin } = asked.only('decision');
      assert.deepEqual([decision, workflow, number, origin], ['started', 'good', 1, 'human']);
    }
    const people = await rig.run(['why', '1'], { json: false });
    assert.match(people.stdout, /^Run 1 of good was started by hand/);
    assert.match(people.stdout, /good {17}started by hand at \d\d:\d\d:\d\d/);
  });

  it('tells of a workflow that nothing asked for it, writing nothing', async () => {
    const asked = await rig.run(['why', 'on-save-checks'], { json: false });
    assert.equal(asked.code, 0);
    assert.match(asked.stdout, /on-save-checks starts after edits\./);
    assert.match(asked.stdout, /Nothing has asked for it/);
    assert.equal((await rig.run(['sessions'])).stdout, '');
  });

  it('tells once what is wrong with a workflow file that cannot run', async () => {
    rig.write({ '.savepoint/workflows/on-save-checks.yaml': 'id: on-save-checks\nsteps: none\n' });
    const asked = await rig.run(['why', 'on-save-checks'], { json: false });
    assert.equal(asked.code, 2);
    assert.match(asked.stderr, /on-save-checks\.yaml:2:\d+ /);
    assert.equal(asked.stderr.split('on-save-checks.yaml').length, 2);
  });

  it('refuses what is unknown, and says what there is', async () => {
    const refused = await rig.run(['why', '99']);
    assert.equal(refused.code, 2);
    assert.match(refused.only('error').message, /Workflows: good, .*savepoint runs/);
  });
});
