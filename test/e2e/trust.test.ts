import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { proves } from '../requirements.ts';
import { createRig, type Rig } from '../support/rig.ts';
import { onTerminal } from '../support/on-terminal.ts';

const script = (word: string): string =>
  `process.stdout.write(JSON.stringify({ kind: 'result', data: ${JSON.stringify(word)} }) + '\\n');\n`;
const FILES = {
  'tools/one.mjs': script('one'),
  'tools/two.mjs': script('two'),
  '.savepoint/agents/one.yaml': 'id: one\nprotocol: command\ncommand: [node, tools/one.mjs]\n',
  '.savepoint/agents/two.yaml': 'id: two\nprotocol: command\ncommand: [node, tools/two.mjs]\n',
  '.savepoint/workflows/w.yaml': 'id: w\nsteps:\n  - id: s\n    agent: one\n',
};

describe(proves('A1', 'consent to commands of agent files'), () => {
  let rig: Rig;
  beforeEach(() => {
    rig = createRig({ files: FILES });
  });
  afterEach(() => rig.dispose());
  const approved = async (): Promise<Readonly<Record<string, boolean>>> => {
    const listed = await rig.run(['trust']);
    return Object.fromEntries(listed.of('command').map((line) => [line.agent, line.approved]));
  };
  const runs = async (): Promise<number | null> => (await rig.run(['run', 'w'])).code;

  it('nothing starts before: exit code 2, saying what and how', async () => {
    const refused = await rig.run(['run', 'w']);
    assert.equal(refused.code, 2);
    const { code, message } = refused.only('error');
    assert.equal(code, 'approval');
    assert.match(message, /one/);
    assert.match(message, /savepoint trust/);
    assert.deepEqual(refused.of('result'), []);
  });

  it('without a terminal and without --yes it lists, and exits 2', async () => {
    const listed = await rig.run(['trust']);
    assert.equal(listed.code, 2);
    assert.deepEqual(
      listed.of('command').map(({ agent, command, file, approved: done }) => ({ agent, command, file, done })),
      [
        { agent: 'one', command: ['node', 'tools/one.mjs'], file: '.savepoint/agents/one.yaml', done: false },
        { agent: 'two', command: ['node', 'tools/two.mjs'], file: '.savepoint/agents/two.yaml', done: false },
      ],
    );
  });

  it('--yes approves all that is listed; the approval stays in the state folder, for the user alone', async () => {
    const yes = await rig.run(['trust', '--yes']);
    assert.equal(yes.code, 0);
    assert.ok(yes.of('command').every((line) => line.approved));
    assert.equal(await runs(), 0);
    for (const entry of readdirSync(rig.stateDir(), { recursive: true, withFileTypes: true })) {
      const mode = statSync(path.join(entry.parentPath, entry.name)).mode & 0o777;
      assert.equal(mode, entry.isDirectory() ? 0o700 : 0o600, path.join(entry.parentPath, entry.name));
    }
  });

  it('ends when the definition or an argv file of the workspace changes, and only for that agent', async () => {
    await rig.run(['trust', '--yes']);
    rig.write({ 'tools/one.mjs': script('something else') });
    assert.deepEqual(await approved(), { one: false, two: true });
    assert.equal(await runs(), 2);
    rig.write({ 'tools/one.mjs': FILES['tools/one.mjs'] });
    assert.deepEqual(await approved(), { one: true, two: true });
    rig.write({ '.savepoint/agents/two.yaml': `${FILES['.savepoint/agents/two.yaml']}timeout: 5s\n` });
    assert.deepEqual(await approved(), { one: true, two: false });
    assert.equal(await runs(), 0, 'the other agent is not used');
  });

  it('--trust holds for that call only', async () => {
    assert.equal((await rig.run(['run', 'w', '--trust'])).code, 0);
    assert.equal(await runs(), 2);
  });

  it('on a terminal asks for each', async function () {
    const terminal = onTerminal(rig, ['trust']);
    if (terminal === null) return this.skip();
    await terminal.shows(/tools\/one\.mjs/);
    await terminal.shows(/:\s*$/);
    terminal.type('1\r');
    await terminal.shows(/tools\/two\.mjs[^]*:\s*$/);
    terminal.type('\r');
    await terminal.done;
    assert.deepEqual(await approved(), { one: true, two: false });
  });

  it('is not asked for a workspace without agent files', async () => {
    const empty = createRig({ files: { 'a.ts': '' } });
    try {
      const listed = await empty.run(['trust']);
      assert.deepEqual([listed.code, listed.stdout], [0, '']);
      assert.ok(!existsSync(empty.stateHome));
    } finally {
      await empty.dispose();
    }
  });
});
