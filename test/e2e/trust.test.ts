import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { proves } from '../requirements.ts';
import { eventually } from '../support/eventually.ts';
import { createRig, said, type Rig } from '../support/rig.ts';
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

  it('what takes the place of something built in is named, before and after it is approved', async () => {
    rig.write({
      '.savepoint/agents/x.yaml': 'id: bug-hunter\ncommand: [node, tools/one.mjs]\n',
      '.savepoint/workflows/mine.yaml': 'id: tsddr-2.0\nsteps:\n  - id: s\n    agent: one\n',
    });
    const replaced = async (): Promise<readonly string[]> =>
      (await rig.run(['doctor']))
        .of('check')
        .filter(({ message }) => message.includes('is replaced by'))
        .map(({ status, message }) => `${status} ${message}`);
    const told = [
      'note bug-hunter is replaced by .savepoint/agents/x.yaml, which starts: node tools/one.mjs',
      'note The built-in workflow tsddr-2.0 is replaced by .savepoint/workflows/mine.yaml.',
    ];
    assert.deepEqual(await replaced(), told);
    const lines = (await rig.run(['trust', '--yes'], { json: false })).stdout.split('\n');
    const inPlace = lines.filter((line) => line.includes('in place of the built-in agent'));
    assert.equal(inPlace.length, 1, lines.join('\n'));
    assert.match(
      inPlace[0] ?? '',
      /^approved +bug-hunter +node tools\/one\.mjs +\.savepoint\/agents\/x\.yaml, in place/,
    );
    assert.deepEqual(await replaced(), told);
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

/** Notes that it ran and what it was given; with `../outside/wait` there it does not end. */
const TASK = `import { appendFileSync, existsSync } from 'node:fs';
const { NODE_OPTIONS, ELECTRON_X, VSCODE_X, OWN } = process.env;
const seen = { argv: process.argv.slice(2), cwd: process.cwd(), NODE_OPTIONS, ELECTRON_X, VSCODE_X, OWN };
appendFileSync('../outside/seen.jsonl', JSON.stringify(seen) + '\\n');
if (existsSync('../outside/wait')) setInterval(() => undefined, 1000);
`;
const workflow = (argument: string): string => `id: w
steps:
  - id: check
    agent: test-executor
    with: { command: [node, tools/task.mjs, ${argument}] }
  - id: last
    agent: broken
    needs: [check]
`;
const BROKEN = 'id: broken\nprotocol: command\ncommand: [node, -e, process.exit(1)]\n';

describe(proves('A1', 'consent to commands of workflow files'), () => {
  let rig: Rig;
  beforeEach(() => {
    rig = createRig({
      files: {
        'tools/task.mjs': TASK,
        '.savepoint/agents/broken.yaml': BROKEN,
        '.savepoint/workflows/w.yaml': workflow('a'),
      },
    });
  });
  afterEach(() => rig.dispose());
  const seen = (): readonly { readonly argv: readonly string[] }[] => {
    const file = path.join(rig.outside, 'seen.jsonl');
    if (!existsSync(file)) return [];
    // The last piece is not a whole line yet, or nothing.
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as { readonly argv: readonly string[] });
  };
  const refuses = async (args: readonly string[]): Promise<string> => {
    const before = seen().length;
    const refused = await rig.run(args);
    assert.equal(refused.code, 2, said(refused));
    const { code, message } = refused.only('error');
    assert.equal(code, 'approval');
    assert.deepEqual([refused.of('event'), refused.of('result')], [[], []]);
    assert.equal(seen().length, before, 'nothing started');
    return message;
  };

  it('nothing starts before: trust and doctor list them, approval holds until the command or a file of it changes', async () => {
    assert.match(await refuses(['run', 'w']), /step check of w.*node tools\/task\.mjs a.*savepoint trust.*--trust/);
    const listed = await rig.run(['trust']);
    assert.equal(listed.code, 2);
    assert.deepEqual(
      listed.of('command').map(({ agent, command, file, approved }) => [agent, command.join(' '), file, approved]),
      [
        ['broken', 'node -e process.exit(1)', '.savepoint/agents/broken.yaml', false],
        ['test-executor', 'node tools/task.mjs a', '.savepoint/workflows/w.yaml', false],
      ],
    );
    const doctor = await rig.run(['doctor']);
    assert.match(doctor.of('check').find(({ name }) => name === 'approvals')?.message ?? '', /^2 commands /);

    assert.equal((await rig.run(['trust', '--yes'])).code, 0);
    const ran = await rig.run(['run', 'w']);
    assert.equal(ran.only('result').steps[0]?.status, 'completed', said(ran));
    assert.equal(seen().length, 1);

    rig.write({ 'tools/task.mjs': `${TASK}// another\n` });
    await refuses(['run', 'w']);
    await refuses(['retry', '1']);
    rig.write({ 'tools/task.mjs': TASK, '.savepoint/workflows/w.yaml': workflow('b') });
    assert.match(await refuses(['run', 'w']), /node tools\/task\.mjs b/);
    assert.deepEqual((await rig.run(['retry', '1'])).of('error'), [], 'the pinned command is the approved one');
    await refuses(['retry', '1', '--edited']);
  });

  it('--trust holds for that call only', async () => {
    assert.deepEqual((await rig.run(['run', 'w', '--trust'])).of('error'), []);
    assert.equal(seen().length, 1);
    await refuses(['run', 'w']);
  });

  it('what the user types is consent, and nothing else in --with is; it runs in the workspace with the caller’s environment', async () => {
    rig.write({ '.savepoint/workflows/w.yaml': workflow('a').replace(/ {2}- id: last[^]*/, '') });
    await refuses(['run', 'w', '--with', '{"task":"x"}']);
    const typed = JSON.stringify({ command: ['node', 'tools/task.mjs', 'typed'] });
    const env = { NODE_OPTIONS: '--no-deprecation', ELECTRON_X: '1', VSCODE_X: '1', OWN: 'mine' };
    const ran = await rig.run(['run', 'w', '--with', typed], { env });
    assert.equal(ran.code, 0, said(ran));
    assert.deepEqual(seen(), [{ argv: ['typed'], cwd: rig.workspace, OWN: 'mine' }]);
    await refuses(['run', 'w']);
  });

  it('is looked at again by resume', async () => {
    rig.write({ '../outside/wait': '' });
    assert.equal((await rig.run(['trust', '--yes'])).code, 0);
    const cut = rig.start(['run', 'w']);
    await eventually('the command runs', () => seen().length === 1);
    cut.signal('SIGINT');
    assert.equal((await cut.done).code, 130);
    rmSync(path.join(rig.outside, 'wait'));
    rig.write({ 'tools/task.mjs': `${TASK}// another\n` });
    await refuses(['resume', '1']);
    const resumed = await rig.run(['resume', '1', '--trust']);
    assert.equal(resumed.only('result').steps[0]?.status, 'completed', said(resumed));
    assert.equal(seen().length, 2);
  });
});
