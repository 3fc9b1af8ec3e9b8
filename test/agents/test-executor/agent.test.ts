import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { createAgent } from '../../../src/orchestrator/agents/test-executor/agent.ts';
import type { History } from '../../../src/orchestrator/agents/agent.ts';
import { proves } from '../../requirements.ts';
import { callAgent, type AgentCall, type AskedOf } from '../../support/agent-rig.ts';
import { makeFolder, removeFolder, writeFiles } from '../../support/folder-workspace.ts';
import { linkPackage, RUNNER_FIXTURES } from '../../support/runner-fixture.ts';

const folders: string[] = [];
afterEach(() => {
  for (const root of folders.splice(0)) for (const folder of [root, `${root}.state`]) removeFolder(folder);
});

function folder(files: Readonly<Record<string, string>>): string {
  const root = makeFolder(files);
  folders.push(root);
  return root;
}

const call = (root: string, asked: Partial<AskedOf> = {}): Promise<AgentCall> =>
  callAgent(createAgent(), root, { operation: 'run', all: asked.files === undefined, ...asked });

const notChecked = (made: AgentCall): string[] =>
  made.messages.flatMap((message) => (message.kind === 'not-checked' ? [`${message.what}: ${message.why}`] : []));
const nodeTest = (name: string, body = ''): string =>
  `import { it } from 'node:test';\nit('${name}', () => {${body}});\n`;
const MODULE = '{"type":"module","scripts":{"test":"node --test"}}';

describe(proves('A12', 'test executor: what it finds to run'), function () {
  this.timeout(180_000);

  it('says that nothing was checked, and why, where there is no runner', async () => {
    const made = await call(folder({ 'a.txt': '' }));
    assert.ok(made.outcome.ok && made.outcome.nothingChecked === true);
    assert.equal(made.outcome.tests?.verdict, 'not-run');
    assert.match(notChecked(made).join(), /no test runner was found/);
  });

  it('says whose package.json cannot be read: the tests that it names are not known', async () => {
    const made = await call(
      folder({
        'package.json': '{"type":"module","scripts":{"test":"node --test"}}',
        'a.test.js': nodeTest('a'),
        'packages/b/package.json': '{bad',
      }),
    );
    assert.deepEqual(made.lines, ['a.test.js > a: passed']);
    assert.deepEqual(notChecked(made), [
      'tests that packages/b/package.json names: it is no valid JSON (line 1, column 2); correct it first',
    ]);
  });

  it('names a runner that is not installed, and how to get it', async () => {
    // Nothing above a temporary folder has packages.
    const made = await call(
      folder({
        'package.json': '{"scripts":{"test":"vitest"}}',
        'pnpm-lock.yaml': '',
        'a.test.ts': `import 'vitest';`,
      }),
    );
    assert.ok(made.outcome.ok && made.outcome.nothingChecked === true);
    assert.equal(made.outcome.tests?.verdict, 'vacuous');
    assert.match(notChecked(made).join(), /vitest is not installed.*pnpm install/);
  });

  it('says honestly what it does not support yet', async () => {
    const made = await call(
      folder({
        'package.json': '{"scripts":{"test":"ava"}}',
        'x/test_a.py': '',
        'go/a_test.go': '',
        'rust/Cargo.toml': '',
      }),
    );
    assert.deepEqual(
      notChecked(made).map((line) => line.split(' tests')[0]),
      ['ava', 'pytest', 'go test', 'cargo test'],
    );
    assert.ok(made.outcome.ok && made.outcome.nothingChecked === true);
  });

  it('runs several runners side by side, each its own files', async () => {
    const root = folder({
      'package.json':
        '{"type":"module","scripts":{"test":"mocha && npm run test:node","test:node":"node --test checks"}}',
      'test/old.js': `import assert from 'node:assert'; it('old', () => assert.ok(true));`,
      'checks/new.test.js': nodeTest('new'),
    });
    linkPackage(root, 'mocha');
    assert.deepEqual((await call(root)).lines, ['checks/new.test.js > new: passed', 'test/old.js > old: passed']);
  });

  it('runs each package of a workspace in its own folder, where the root does not run them itself', async () => {
    const root = folder({
      'package.json': '{"workspaces":["packages/*"],"scripts":{"test":"npm test --workspaces"}}',
      'packages/a/package.json': MODULE,
      'packages/a/a.test.js': `import { it } from 'node:test';\nit('runs in ' + process.cwd().split('/').pop(), () => {});\n`,
      'packages/b/package.json': MODULE,
      'packages/b/b.test.js': nodeTest('b'),
    });
    assert.deepEqual((await call(root)).lines, [
      'packages/a/a.test.js > runs in a: passed',
      'packages/b/b.test.js > b: passed',
    ]);
  });

  it('takes the test files that a configuration names, and its set-up', async () => {
    const root = folder({
      'package.json': '{"type":"module","scripts":{"test":"vitest"}}',
      'vitest.config.js': `export default { test: { include: ['spec/*.js'], setupFiles: ['./env.js'] } };`,
      'env.js': 'process.env.READY = "yes";',
      'spec/a.js': `import { expect, it } from 'vitest'; it('a', () => expect(process.env.READY).toBe('yes'));`,
      'spec/b.js': `import { it } from 'vitest'; it('b', () => {});`,
      'c.test.js': `import { it } from 'vitest'; it('c', () => {});`,
    });
    linkPackage(root, 'vitest');
    assert.deepEqual((await call(root, { files: ['spec/a.js'] })).lines, ['spec/a.js > a: passed']);
    assert.deepEqual((await call(root, { files: ['env.js'] })).lines, [
      'spec/a.js > a: passed',
      'spec/b.js > b: passed',
    ]);
  });

  it('gives Mocha its configuration, but only the selected files', async () => {
    const root = folder({
      'package.json': '{"scripts":{"test":"mocha"}}',
      '.mocharc.yml': 'spec: "spec/**/*.js"\nrequire: ./env.js\nui: tdd\n',
      'env.js': 'process.env.READY = "yes";',
      'spec/a.js': `test('a', () => require('node:assert').equal(process.env.READY, 'yes'));`,
      'spec/deep/b.js': `suite('s', () => test('b', () => {}));`,
    });
    linkPackage(root, 'mocha');
    assert.deepEqual((await call(root, { files: ['spec/a.js'] })).lines, ['spec/a.js > a: passed']);
    assert.deepEqual((await call(root)).lines, ['spec/a.js > a: passed', 'spec/deep/b.js > s > b: passed']);
  });

  it('fails the step when the runner cannot look at all', async () => {
    const root = folder({
      'package.json': '{"type":"module","scripts":{"test":"vitest"}}',
      'vitest.config.js': 'export default {',
      'a.test.js': `import 'vitest';`,
    });
    linkPackage(root, 'vitest');
    const { outcome } = await call(root);
    assert.ok(!outcome.ok);
    assert.equal(outcome.error.code, 'exit');
    assert.ok((outcome.error.lastLines ?? []).length > 0 && outcome.error.command?.includes('run'));
  });
});

describe(proves('A12', 'test executor: what it leaves alone'), function () {
  this.timeout(180_000);
  for (const fixture of RUNNER_FIXTURES.filter(({ runner }) => runner === 'vitest' || runner === 'jest')) {
    it(`${fixture.runner} writes no new snapshot and changes no old one`, async () => {
      const body = 'expect({ a: 1 }).toMatchSnapshot();';
      const root = fixture.make({ 'test/add.test.js': fixture.test('snaps', body) });
      folders.push(root);
      const made = await call(root, { files: ['test/add.test.js'] });
      assert.equal(made.cases[0]?.status, 'failed', 'a snapshot that nobody has seen is not green');
      assert.throws(() => readFileSync(join(root, 'test/__snapshots__/add.test.js.snap')), /ENOENT/);
    });
  }

  it('gives the tests no colour that the caller did not ask for', async () => {
    const body = `if (process.env.FORCE_COLOR !== undefined || process.env.NODE_OPTIONS !== undefined) throw new Error('forced');`;
    const made = await call(folder({ 'package.json': MODULE, 'a.test.js': nodeTest('a', body) }));
    assert.deepEqual(made.lines, ['a.test.js > a: passed']);
  });
});

describe(proves('A12', 'test executor: flaky tests'), function () {
  this.timeout(180_000);
  // Fails whenever the marker is there, and takes it away.
  const files = {
    'package.json': MODULE,
    'a.test.js': `import { it } from 'node:test'; import { existsSync, rmSync } from 'node:fs';
      it('moody', () => { if (existsSync(process.env.HOME + '/x')) return; if (existsSync('node_modules/mood')) { rmSync('node_modules/mood'); throw new Error('moody'); } });
      it('steady', () => {});`,
  };
  const sample = (status: 'passed' | 'failed', contentId: string): History['tests'][string][number] => ({
    run: 'r',
    status,
    durationMs: 1,
    contentId,
  });
  const moodyHistory: History = {
    steps: {},
    tests: { 'a.test.js > moody': [sample('passed', 'x'), sample('failed', 'x'), sample('passed', 'x')] },
  };
  const moody = (): string => {
    const root = folder(files);
    mkdirSync(join(root, 'node_modules'));
    writeFiles(root, { 'node_modules/mood': '' });
    return root;
  };

  it('runs a test again that is known to change its result, and names it with its history', async () => {
    const made = await call(moody(), { history: moodyHistory });
    assert.deepEqual(made.lines, ['a.test.js > moody: passed', 'a.test.js > steady: passed']);
    assert.ok(made.outcome.ok);
    assert.equal(made.outcome.summary, '2 tests pass, 1 flaky');
    assert.match(made.cases.find((test) => test.name === 'moody')?.message ?? '', /flaky.*failed in 1 of 3 runs/);
  });
  it('takes the first word of any other test', async () => {
    const made = await call(moody());
    assert.ok(made.lines.includes('a.test.js > moody: failed'));
  });
  it('and of this one, where the user wants it so', async () => {
    const made = await call(moody(), { history: moodyHistory, with: { flaky: 'fail' } });
    assert.ok(made.lines.includes('a.test.js > moody: failed'));
  });
});

describe(proves('A12', 'test executor: the design step'), function () {
  this.timeout(180_000);
  it('tells of changed exported functions that no test leads to, on the changed lines', async () => {
    const root = folder({
      'package.json': MODULE,
      'src/shop.js':
        'export function total() { return 1; }\nexport function tax() { return 2; }\nexport const old = () => 3;\nexport const LIMIT = 4;\n',
      'src/index.js': `export * from './shop.js';\n`,
      'a.test.js': `import { it } from 'node:test'; import { total } from './src/index.js'; it('a', () => { total(); });\n`,
    });
    const git = (...args: string[]): void => {
      const { status, stderr } = spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
        cwd: root,
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
    };
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'x');
    writeFiles(root, {
      'src/shop.js':
        'export function total() { return 10; }\nexport function tax() { return 20; }\nexport const old = () => 3;\nexport const LIMIT = 40;\n',
    });
    const made = await callAgent(createAgent(), root, { operation: 'design' });
    const findings = made.messages.flatMap((message) => (message.kind === 'finding' ? [message.finding] : []));
    assert.deepEqual(
      findings.map(({ rule, severity, file, range }) => [rule, severity, file, range.start]),
      [['test.unreached-export', 'info', 'src/shop.js', { line: 1, character: 16 }]],
    );
    assert.deepEqual(made.lines, ['a.test.js > a: passed']);
  });
});

describe(proves('A12', 'test executor: a command that the task names'), function () {
  this.timeout(180_000);
  it('counts as one test, by its exit code', async () => {
    const root = folder({ 'package.json': MODULE });
    const good = await call(root, { with: { command: ['node', '-e', ''] } });
    assert.deepEqual([good.lines, good.outcome.ok && good.outcome.tests?.verdict], [[' > node -e : passed'], 'passed']);
    const bad = await call(root, { with: { command: ['node', '-e', 'console.error("so sad"); process.exit(4)'] } });
    assert.match(bad.cases[0]?.message ?? '', /exit code 4\nso sad/);
    const none = await call(root, { with: { command: ['no-such-program-here'] } });
    assert.ok(!none.outcome.ok && none.outcome.error.code === 'spawn');
  });

  it('that is no list of words is refused, not passed over', async () => {
    const root = folder({ 'package.json': MODULE, 'a.test.js': "throw new Error('ran');" });
    const { outcome } = await call(root, { with: { command: 'npm run check' } });
    assert.ok(!outcome.ok);
    assert.match(outcome.error.message, /must be a list/);
  });
});
