import assert from 'node:assert/strict';
import { createRig, type Rig } from '../support/rig.ts';

const agent = (id: string): string => `id: ${id}\nprotocol: command\ncommand: [node, tools/${id}.mjs]\n`;

describe('savepoint trust --approve', () => {
  let rig: Rig;
  beforeEach(() => {
    rig = createRig({
      files: {
        '.savepoint/agents/a.yaml': agent('first'),
        '.savepoint/agents/b.yaml': agent('second'),
        'tools/first.mjs': '',
        'tools/second.mjs': '',
      },
    });
  });
  afterEach(() => rig.dispose());
  const listed = async () => (await rig.run(['trust'])).of('command');

  it('approves what was looked at and nothing else', async () => {
    const before = await listed();
    assert.deepEqual(
      before.map(({ agent: id, approved }) => [id, approved]),
      [
        ['first', false],
        ['second', false],
      ],
    );
    const hash = before.find((line) => line.agent === 'second')?.hash ?? '';
    assert.equal((await rig.run(['trust', '--approve', hash])).code, 2, 'one is still open');
    assert.deepEqual(
      (await listed()).map(({ agent: id, approved }) => [id, approved]),
      [
        ['first', false],
        ['second', true],
      ],
    );
  });

  it('refuses a command that changed since it was looked at', async () => {
    const hash = (await listed())[0]?.hash ?? '';
    rig.write({ 'tools/first.mjs': 'console.log(1)' });
    const refused = await rig.run(['trust', '--approve', hash]);
    assert.equal(refused.code, 2);
    assert.match(refused.only('error').message, /1 command changed since you looked and was not approved/);
    assert.ok((await listed()).every(({ approved }) => approved === false));
  });
});
