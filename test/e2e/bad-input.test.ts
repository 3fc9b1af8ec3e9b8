import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { check } from '../../src/orchestrator/host/definitions.ts';
import { proves } from '../requirements.ts';
import { ledgerWords, writeCounting } from '../support/counting.ts';
import { readWith } from '../support/definition-files.ts';
import { plainWords } from '../support/plain-words.ts';
import { createRig, type Rig, said } from '../support/rig.ts';

const GOOD = 'id: good\nsteps:\n  - id: look\n    agent: counting\n';

describe(proves('A9', 'files that are wrong'), () => {
  let rig: Rig;
  beforeEach(() => {
    rig = createRig({ files: { 'src/a.ts': 'export const a = 1;\n' } });
    writeCounting(rig);
    rig.write({ '.savepoint/workflows/good.yaml': GOOD });
  });
  afterEach(() => rig.dispose());

  const KINDS: readonly (readonly [what: string, yaml: string, line: number, says: RegExp])[] = [
    ['not YAML', 'id: bad\nsteps: [\n  {id: a, agent: counting\n', 3, /./],
    ['a tab as indentation', 'id: bad\nsteps:\n\t- id: a\n', 2, /tab/i],
    ['an unknown key', 'id: bad\nstepps: []\nsteps:\n  - id: a\n    agent: counting\n', 1, /stepps/],
    ['no steps', 'id: bad\nsteps: []\n', 1, /step/i],
    [
      'a cycle',
      `${GOOD.replace('good', 'bad')}    needs: [next]\n  - id: next\n    agent: counting\n    needs: [look]\n`,
      7,
      /look.*next|next.*look/,
    ],
    ['an unknown agent', 'id: bad\nsteps:\n  - id: a\n    agent: countng\n', 3, /countng[^]*counting/],
    ['an unknown step', 'id: bad\nsteps:\n  - id: a\n    agent: counting\n    needs: [b]\n', 4, /\bb\b/],
    ['a duplicate key', 'id: bad\nid: worse\nsteps:\n  - id: a\n    agent: counting\n', 1, /twice/],
    ['an alias', 'id: bad\nx-a: &a [1]\nx-b: *a\nsteps:\n  - id: a\n    agent: counting\n', 2, /alias/i],
    ['no duration', 'id: bad\nsteps:\n  - id: a\n    agent: counting\n    timeout: 30 seconds\n', 4, /30s/],
    [
      'two steps of one name',
      'id: bad\nsteps:\n  - id: a\n    agent: counting\n  - id: a\n    agent: counting\n',
      4,
      /\ba\b/,
    ],
    ['prototype keys', 'id: bad\n__proto__: {polluted: 1}\nsteps:\n  - id: a\n    agent: counting\n', 1, /__proto__/],
  ];
  for (const [what, yaml, line, says] of KINDS) {
    it(`${what}: said with its place, exit code 2, and the other workflows run`, async () => {
      rig.write({ '.savepoint/workflows/bad.yaml': yaml });
      const validated = await rig.run(['validate']);
      assert.equal(validated.code, 2);
      const problems = validated.of('problem');
      assert.ok(problems.length > 0);
      const first = problems.find(({ message }) => says.test(message));
      assert.ok(first, JSON.stringify(problems));
      assert.equal(first.file, '.savepoint/workflows/bad.yaml');
      assert.equal(first.range.start.line, line, first.message);
      plainWords(validated);
      const elsewhere = await check(readWith(rig.workspace));
      assert.deepEqual(
        elsewhere.problems.map((problem) => ({ kind: 'problem', ...problem })),
        problems,
        'the same where no worker may be started',
      );

      const run = await rig.run(['run', 'bad', '--trust']);
      assert.equal(run.code, 2);
      assert.match(run.only('error').message, /bad\.yaml/);
      plainWords(run);
      assert.deepEqual(ledgerWords(rig), []);

      const good = await rig.run(['run', 'good', '--trust']);
      assert.equal(good.code, 0, said(good));
    });
  }

  it('validate is silent where nothing is wrong, and looks at the files it is given', async () => {
    const all = await rig.run(['validate']);
    assert.deepEqual([all.code, all.stdout], [0, '']);
    rig.write({ 'elsewhere.yaml': 'id: x\n' });
    const one = await rig.run(['validate', 'elsewhere.yaml']);
    assert.equal(one.code, 2);
    assert.equal(one.of('problem')[0]?.file, 'elsewhere.yaml');
    const missing = await rig.run(['validate', 'not-there.yaml']);
    assert.equal(missing.code, 2);
    assert.match(missing.stdout, /not-there\.yaml/);
  });

  it('names an unknown workflow, those that there are, and the near one', async () => {
    const done = await rig.run(['run', 'god']);
    assert.equal(done.code, 2);
    assert.match(done.only('error').message, /good/);
  });

  it('a broken agent file stops only what uses it', async () => {
    rig.write({ '.savepoint/agents/broken.yaml': 'id: broken\nprotocol: pigeon\n' });
    const validated = await rig.run(['validate']);
    assert.equal(validated.only('problem').file, '.savepoint/agents/broken.yaml');
    assert.equal((await rig.run(['run', 'good', '--trust'])).code, 0);
  });
});

describe(proves('A12', 'places that are strange'), () => {
  let rig: Rig;
  afterEach(() => rig.dispose());

  it('a workspace that is missing, or a file', async () => {
    rig = createRig({ files: { 'a.txt': 'x' } });
    for (const place of ['nowhere', 'a.txt']) {
      const done = await rig.run(['run', 'tsddr-2.0', '--workspace', path.join(rig.workspace, place)]);
      assert.equal(done.code, 2);
      assert.equal(done.only('error').code, 'no-workspace');
      assert.match(done.only('error').message, new RegExp(place.replace('.', '\\.')));
      plainWords(done);
    }
  });

  it('no git and no package.json: tsddr-2.0 runs, and says what it did not check', async function () {
    this.timeout(120_000);
    rig = createRig({ git: false, files: { 'notes.txt': 'nothing to see\n', 'src/a.js': 'export const a = 1;\n' } });
    const done = await rig.run(['run', 'tsddr-2.0']);
    assert.equal(done.code, 0, said(done));
    const { status, notChecked, findings } = done.only('result');
    assert.equal(status, 'completed');
    assert.deepEqual(findings, []);
    assert.ok(
      notChecked.some(({ step }) => step === 'test-design'),
      JSON.stringify(notChecked),
    );
    assert.ok(notChecked.every(({ what, why }) => what !== '' && why !== ''));
    plainWords(done);
    const doctor = await rig.run(['doctor']);
    assert.ok(
      doctor.of('check').some(({ name, status: is, message }) => /git/i.test(name) && is !== 'ok' && message !== ''),
    );
  });

  it('an empty folder is never green', async function () {
    this.timeout(120_000);
    rig = createRig({ git: false });
    const done = await rig.run(['run', 'tsddr-2.0'], { json: false });
    assert.notEqual(done.code, 130);
    assert.match(done.stdout, /not checked/i);
    assert.doesNotMatch(done.stdout, /Nothing found on/);
    plainWords(done);
  });

  it('files that cannot be read: dangling links, folders, pipes and sockets named like sources', async function () {
    this.timeout(120_000);
    rig = createRig({ files: { 'package.json': '{}\n', 'src/a.ts': 'export const a = 1;\n' } });
    const src = path.join(rig.workspace, 'src');
    symlinkSync('nowhere.ts', path.join(src, 'dangling.ts'));
    symlinkSync('loop.ts', path.join(src, 'loop.ts'));
    symlinkSync('/etc/passwd', path.join(src, 'outside.ts'));
    mkdirSync(path.join(src, 'folder.ts'));
    assert.equal(spawnSync('mkfifo', [path.join(src, 'pipe.ts')]).status, 0);
    // A socket's path is at most 107 bytes long.
    const server = createServer().listen(path.relative(process.cwd(), path.join(src, 's.ts')));
    try {
      rig.write({ 'src/b.ts': 'export const b = 2;\n' });
      const done = await rig.run(['run', 'tsddr-2.0', '--fail-on', 'never']);
      assert.equal(done.code, 0, said(done));
      assert.ok(!done.stdout.includes('root:'), 'nothing behind a link out of the workspace is read');
      plainWords(done);
    } finally {
      server.close();
    }
  });

  it('a workflow that is a folder, a pipe or a link out of the workspace', async () => {
    rig = createRig({ files: { 'src/a.ts': '' } });
    writeCounting(rig, { id: 'good', steps: [{ id: 'look' }] });
    const workflows = path.join(rig.workspace, '.savepoint/workflows');
    mkdirSync(path.join(workflows, 'folder.yaml'));
    assert.equal(spawnSync('mkfifo', [path.join(workflows, 'pipe.yaml')]).status, 0);
    symlinkSync('nowhere', path.join(workflows, 'dangling.yaml'));
    const done = await rig.run(['run', 'good', '--trust']);
    assert.equal(done.code, 0, said(done));
    const validated = await rig.run(['validate']);
    assert.equal(validated.code, 2);
    for (const name of ['folder', 'pipe', 'dangling'])
      assert.ok(
        validated.of('problem').some(({ file }) => file.endsWith(`${name}.yaml`)),
        name,
      );
    plainWords(validated);
  });

  it('a hostile workspace: escapes in names and output, prototype keys, names like options', async function () {
    this.timeout(120_000);
    rig = createRig({
      files: {
        'package.json': '{}\n',
        '-rf.ts': 'export {};\n',
        '--help': 'x\n',
        'a\u001b]0;owned\u0007.ts': 'export {};\n',
      },
      name: 'ws\u001b[31m red',
    });
    const print = [
      '\u001b]0;owned\u0007plain',
      { kind: 'progress', message: '\u001b[2Jcleared\u0007' },
      {
        kind: 'finding',
        rule: 'x.y',
        severity: 'warning',
        confidence: 'certain',
        message: '\u001b[31mred\u009b1m',
        file: '-rf.ts',
        range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } },
      },
      {
        kind: 'finding',
        rule: 'x.y',
        severity: 'warning',
        confidence: 'certain',
        message: 'outside',
        file: '../../etc/passwd',
        range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } },
      },
      '{"kind":"result","data":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}',
    ];
    writeCounting(rig, {
      id: 'w',
      steps: [
        { id: 'bad', with: { print } },
        { id: 'next', needs: ['bad'] },
      ],
    });
    rig.write({ 'another\u001b[32m.ts': 'export {};\n', '-n.ts': 'export {};\n' });
    const done = await rig.run(['run', 'w', '--trust', '--all', '--with', '{"__proto__":{"polluted":true}}']);
    assert.equal(done.code, 0, said(done));
    assert.deepEqual(
      done.only('result').findings.map(({ file }) => file),
      ['-rf.ts'],
      'a file outside is log text',
    );
    const shown = await rig.run(['show', '1'], { json: false });
    const seen = await rig.run(['run', 'w', '--trust', '--all'], { json: false });
    // Only colours of our own could stand there, and off a terminal there are none.
    for (const text of [shown.stdout, seen.stdout, seen.stderr])
      assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    const all = await rig.run(['run', 'tsddr-2.0', '--all', '--fail-on', 'never'], { json: false });
    assert.equal(all.code, 0, said(all));
    assert.doesNotMatch(all.stdout + all.stderr, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    plainWords(all);
  });

  it('an agent that cannot be started, writes rubbish, or ends early without reading', async () => {
    rig = createRig({ files: { 'a.ts': '' } });
    const agents = {
      gone: ['no-such-program-anywhere'],
      early: ['node', '-e', 'process.exit(0)'],
      rubbish: ['node', '-e', 'console.log("{\\"kind\\":\\"finding\\"}"); console.log("[1,"); console.log("null")'],
    };
    for (const [id, command] of Object.entries(agents)) {
      rig.write({
        [`.savepoint/agents/${id}.yaml`]: JSON.stringify({ id, protocol: 'command', command }),
        [`.savepoint/workflows/${id}.yaml`]: JSON.stringify({ id, steps: [{ id: 's', agent: id }] }),
      });
    }
    const gone = await rig.run(['run', 'gone', '--trust']);
    assert.equal(gone.code, 3);
    const [step] = gone.only('result').steps;
    assert.ok(step?.error?.code === 'spawn' || step?.error?.code === 'missing-tool', JSON.stringify(step));
    assert.match(step.error.message, /no-such-program-anywhere/);
    assert.equal((await rig.run(['run', 'rubbish', '--trust'])).code, 0);
    assert.equal((await rig.run(['run', 'early', '--trust'])).code, 0);
    plainWords(gone);
  });

  it('a report whose place is taken while the run lasts costs neither the result nor the other report', async () => {
    rig = createRig({
      files: {
        'take.mjs': "import { mkdirSync } from 'node:fs';\nmkdirSync(process.argv[2]);\n",
        '.savepoint/agents/take.yaml': 'id: take\ncommand: [node, take.mjs, taken.sarif]\n',
        '.savepoint/workflows/w.yaml': 'id: w\nsteps:\n  - { id: s, agent: take }\n',
      },
    });
    const done = await rig.run(['run', 'w', '--trust', '--sarif', 'taken.sarif', '--junit', 'tests.xml']);
    assert.equal(done.code, 2);
    assert.match(done.only('error').message, /taken\.sarif/);
    assert.equal(done.only('result').status, 'completed', 'the result is said first');
    assert.ok(existsSync(path.join(rig.workspace, 'tests.xml')));
    plainWords(done);
  });

  it('--with that is no object, a report that cannot be written', async () => {
    rig = createRig({ files: { 'a.ts': '' } });
    writeCounting(rig, { id: 'w', steps: [{ id: 's' }] });
    assert.equal((await rig.run(['run', 'w', '--trust', '--with', '[1]'])).code, 2);
    for (const [values, message] of [
      ['{"command":"npm test"}', /step task-execution .*\["npm","test"\]/],
      ['{"select":"everything"}', /step task-execution .*related, all/],
    ] as const) {
      const refused = await rig.run(['run', 'kiro-workflow', '--with', values]);
      assert.equal(refused.code, 2);
      assert.equal(refused.only('error').code, 'usage');
      assert.match(refused.only('error').message, message);
      assert.deepEqual(refused.of('event'), [], 'nothing was started');
      plainWords(refused);
    }
    writeFileSync(path.join(rig.outside, 'file'), '');
    for (const where of ['file/x.sarif', 'gone/x.sarif', '.']) {
      const sarif = path.join(rig.outside, where);
      const refused = await rig.run(['run', 'w', '--trust', '--sarif', sarif]);
      assert.equal(refused.code, 2);
      assert.ok(refused.only('error').message.includes(sarif));
      assert.deepEqual(refused.of('event'), [], 'nothing was started');
      plainWords(refused);
    }
    rmSync(path.join(rig.outside, 'file'));
  });
});
