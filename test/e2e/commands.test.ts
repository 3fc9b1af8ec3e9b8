import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { proves } from '../requirements.ts';
import { createRig, said, type Rig } from '../support/rig.ts';

const PROJECT = {
  'package.json': JSON.stringify({ name: 'demo', type: 'module', scripts: { test: 'node --test' } }),
  'src/sum.js': 'export const sum = (a, b) => a + b;\n',
  'src/price.js': "import { sum } from './sum.js';\nexport const price = (net, tax) => sum(net, tax);\n",
  'test/price.test.js':
    "import { test } from 'node:test';\nimport assert from 'node:assert';\nimport { price } from '../src/price.js';\ntest('adds tax', () => assert.equal(price(1, 2), 3));\ntest('takes nothing', () => assert.equal(price(0, 0), 0));\n",
};

describe(proves('A12', 'commands with the built-in agents'), function () {
  this.timeout(180_000);
  let rig: Rig;
  beforeEach(() => {
    rig = createRig({ files: PROJECT });
  });
  afterEach(() => rig.dispose());

  it('doctor says what was detected, what is missing and how to get it', async () => {
    const { code, of } = await rig.run(['doctor']);
    assert.equal(code, 0);
    const checks = of('check');
    const about = (name: string): string | undefined => checks.find((check) => check.name === name)?.message;
    assert.match(about('git') ?? '', /version \d/);
    assert.match(checks.map(({ message }) => message).join('\n'), /node:test|node --test/);
    for (const { name, status, message } of checks)
      if (status !== 'ok') assert.ok(message.length > 20, `${name}: says what to do`);
  });

  it('doctor asks for an install only where package.json names packages', async () => {
    const packages = async (manifest: string): Promise<readonly (string | undefined)[]> => {
      rig.write({ 'package.json': manifest });
      const found = (await rig.run(['doctor'])).of('check').find(({ name }) => name === 'packages');
      return [found?.status, found?.message];
    };
    const nothing = ['ok', 'package.json names no packages: there is nothing to install'];
    assert.deepEqual(await packages('{"scripts":{"test":"node --test"},"dependencies":{}}'), nothing);
    assert.deepEqual((await packages('{"devDependencies":{"left-pad":"1.3.0"}}'))[0], 'warning');
  });

  it('doctor names a package.json that cannot be read, and where', async () => {
    rig.write({ 'package.json': '{bad' });
    const checks = (await rig.run(['doctor'])).of('check');
    const packages = checks.find(({ name }) => name === 'packages');
    assert.deepEqual(
      [packages?.status, packages?.message],
      ['error', 'package.json cannot be read: it is no valid JSON (line 1, column 2). Correct it first.'],
    );
    assert.match(checks.find(({ name }) => name === 'tests')?.message ?? '', /package\.json .*line 1, column 2/);
  });

  it('context prints what one must read, within the budget', async () => {
    rig.write({ 'src/sum.js': 'export const sum = (a, b) => a - b;\n' });
    const done = await rig.run(['context', '--budget', '2000']);
    assert.equal(done.code, 0, said(done));
    const { budget, tokens, files, text } = done.only('context');
    assert.equal(budget, 2000);
    assert.ok(tokens > 0 && tokens <= budget, `${tokens} tokens`);
    assert.ok(files.some(({ file }) => file === 'src/sum.js'));
    assert.ok(files.every(({ why }) => why !== ''));
    assert.match(text, /src\/sum\.js/);
    const task = await rig.run(['context', 'change how the price is made'], { json: false });
    assert.equal(task.code, 0);
    assert.match(task.stdout, /src\/price\.js/);
  });

  it('tsddr-2.0 runs the tests that reach the change; its evidence can be run by hand', async () => {
    rig.write({ 'src/sum.js': 'export const sum = (a, b) => a - b;\n' });
    const done = await rig.run(['run', 'tsddr-2.0']);
    assert.equal(done.code, 1, said(done));
    const { status, steps, tests, evidence } = done.only('result');
    assert.equal(status, 'completed');
    assert.deepEqual(
      steps.map(({ id }) => id),
      [
        'security-pre-check',
        'test-design',
        'bug-hunting',
        'performance-analysis',
        'context-optimization',
        'security-post-check',
      ],
    );
    assert.deepEqual([tests.passed, tests.failed], [1, 1]);
    assert.equal(tests.cases.find(({ status: is }) => is === 'failed')?.name, 'adds tax');
    const ran = evidence.find(({ step, command }) => step === 'test-design' && command.length > 0);
    assert.ok(ran, JSON.stringify(evidence));
    const [program = '', ...args] = ran.command;
    assert.equal(spawnSync(program, args, { cwd: ran.cwd }).status, ran.exitCode, 'the quoted command ends as it says');
  });

  it('a repeat with equal inputs comes from cache, and one changed input is named', async () => {
    rig.write({ 'src/sum.js': 'export const sum = (a, b) => b + a;\n' });
    const first = await rig.run(['run', 'tsddr-2.0']);
    assert.equal(first.code, 0, said(first));
    const second = await rig.run(['run', 'tsddr-2.0']);
    const { run } = first.only('result');
    for (const { id, status, cached } of second.only('result').steps)
      assert.deepEqual([id, status, cached], [id, 'cached', run]);
    assert.deepEqual(second.only('result').tests, first.only('result').tests);
    rig.write({ 'test/price.test.js': PROJECT['test/price.test.js'].replace('adds tax', 'adds the tax') });
    const third = (await rig.run(['run', 'tsddr-2.0'])).only('result');
    const tests = third.steps.find(({ id }) => id === 'test-design');
    assert.equal(tests?.status, 'completed');
    assert.match(tests.missedBecause ?? '', /test\/price\.test\.js/);
  });

  it('kiro-workflow takes the changed files as its task and says so, or the task it is given', async () => {
    rig.write({ 'src/sum.js': 'export const sum = (a, b) => b + a;\n' });
    const plain = await rig.run(['run', 'kiro-workflow'], { json: false });
    assert.equal(plain.code, 0, said(plain));
    assert.match(plain.stdout + plain.stderr, /task/i);
    const given = await rig.run(['run', 'kiro-workflow', '--with', '{"task":"make the price right"}']);
    assert.equal(given.code, 0, said(given));
    const { steps } = given.only('result');
    assert.deepEqual(
      steps.map(({ id }) => id),
      ['task-analysis', 'security-validation', 'task-execution', 'quality-assurance', 'performance-validation'],
    );
    assert.ok(steps.every(({ status }) => status === 'completed' || status === 'cached'));
  });

  it('masks a key before anything is stored or shown', async () => {
    const key = ['sk_live', '51HqLyjWDarjtT1zdp7dcXW9mK3vbT2aQ'].join('_');
    rig.write({ 'src/pay.js': `export const key = '${key}';\n` });
    const done = await rig.run(['run', 'tsddr-2.0']);
    assert.equal(done.code, 1, said(done));
    const { findings } = done.only('result');
    assert.ok(
      findings.some(({ rule, file }) => rule.startsWith('secret.') && file === 'src/pay.js'),
      JSON.stringify(findings),
    );
    assert.ok(!done.stdout.includes(key) && !done.stderr.includes(key));
    // Benchmarks run on whole copies of the workspace, which lie below ab/; nothing else keeps its text as it is.
    const found = spawnSync('grep', ['-rlF', '--exclude-dir=ab', key, rig.stateDir()], { encoding: 'utf8' });
    assert.equal(found.stdout, '', 'not in the journal, the logs, the caches or what agents keep');
  });
});
