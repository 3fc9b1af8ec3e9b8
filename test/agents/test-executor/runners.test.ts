import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createAgent } from '../../../src/orchestrator/agents/test-executor/agent.ts';
import { proves } from '../../requirements.ts';
import { callAgent, type AgentCall, type AskedOf } from '../../support/agent-rig.ts';
import { eventually } from '../../support/eventually.ts';
import { removeFolder } from '../../support/folder-workspace.ts';
import { linkPackage, RUNNER_FIXTURES, type RunnerFixture } from '../../support/runner-fixture.ts';

const ALL_CASES = [
  'test/add.test.js > add > adds infinities: skipped',
  'test/add.test.js > add > adds negatives: passed',
  'test/add.test.js > add > adds: passed',
  'test/greet.test.js > greet > greets: passed',
  'test/sub.test.js > sub > of equals > is one, says this wrong test: failed',
  'test/sub.test.js > sub > subtracts: passed',
];
const NO_TESTS = { 'test/add.test.js': '', 'test/sub.test.js': '', 'test/greet.test.js': '' };

const folders: string[] = [];
afterEach(() => {
  for (const root of folders.splice(0)) for (const folder of [root, `${root}.state`]) removeFolder(folder);
});

async function run(root: string, asked: Partial<AskedOf> = {}): Promise<AgentCall> {
  folders.push(root);
  return callAgent(createAgent(), root, { operation: 'run', all: asked.files === undefined, ...asked });
}

function tests(call: AgentCall): {
  verdict: string;
  passed: number;
  failed: number;
  skipped: number;
  selected: number;
  total: number | null;
} {
  if (!call.outcome.ok || call.outcome.tests === undefined) throw new Error(JSON.stringify(call.outcome));
  return call.outcome.tests;
}

/** Everything in the folder but what the runner keeps in node_modules. */
function listing(root: string): readonly string[] {
  return readdirSync(root, { recursive: true })
    .map(String)
    .filter((file) => !file.startsWith('node_modules'))
    .sort();
}

for (const fixture of RUNNER_FIXTURES) {
  describe(proves('A12', `test executor with ${fixture.runner}`), function () {
    this.timeout(180_000);
    conformance(fixture);
  });
}

/** What every adapter must do; real runners on a real folder. */
function conformance(fixture: RunnerFixture): void {
  it('tells each test with its file, full name and result, and why it failed', async () => {
    const root = fixture.make();
    const before = listing(root);
    const call = await run(root);
    assert.deepEqual(call.lines, ALL_CASES);
    assert.deepEqual(
      { ...tests(call) },
      { passed: 4, failed: 1, skipped: 1, selected: 6, total: 6, verdict: 'failed' },
    );
    const failed = call.cases.find((test) => test.status === 'failed');
    assert.match(failed?.message ?? '', /at test\/sub\.test\.js:\d+:\d+$/);
    assert.ok(!/\u001b\[/.test(failed?.message ?? ''));
    assert.match(call.log, /hello from the test itself/);
    assert.deepEqual(listing(root), before, 'the runner wrote into the workspace');
    const evidence = call.messages.find((message) => message.kind === 'evidence')?.evidence;
    assert.deepEqual([evidence?.tool, evidence?.exitCode], [fixture.runner, 1]);
    assert.ok(call.outcome.ok && !JSON.stringify(call.outcome.data).includes('duration'));
  });

  it('runs the tests that reach a change, counts the others as not run, and never says that all passed', async () => {
    const root = fixture.make();
    const first = await run(root, { files: ['src/add.js'] });
    assert.deepEqual(first.lines, ALL_CASES.slice(0, 3));
    assert.deepEqual(
      { ...tests(first) },
      { passed: 2, failed: 0, skipped: 1, selected: 3, total: null, verdict: 'passed' },
    );
    assert.ok(first.outcome.ok);
    assert.equal(first.outcome.summary, '2 tests pass, selected 1 of 3 files');
    await run(root);
    const later = await run(root, { files: ['src/add.js'] });
    assert.equal(tests(later).total, 6);
    assert.ok(later.outcome.ok);
    assert.equal(later.outcome.summary, '2 tests pass, selected 3 of 6');
  });

  it('runs all, most relevant first, when most tests reach the change', async () => {
    const call = await run(fixture.make(), { files: ['src/sub.js', 'test/greet.test.js'] });
    assert.deepEqual(call.lines, ALL_CASES);
    const first = call.cases.map((test) => test.file).indexOf('test/add.test.js');
    assert.ok(first > 0, `the file that does not reach the change came first`);
    assert.equal(tests(call).total, 6);
  });

  it('quotes a command that a person can run again, with the same end and each result', async () => {
    const call = await run(fixture.make({ 'test/sub.test.js': fixture.test('a', '') }), {
      files: ['src/sub.js', 'src/add.js', 'test/sub.test.js', 'test/greet.test.js'],
    });
    assert.equal(tests(call).verdict, 'passed');
    const evidence = call.messages.flatMap((one) => (one.kind === 'evidence' ? [one.evidence] : []));
    assert.ok(evidence.length > 0);
    for (const { command, cwd, exitCode } of evidence) {
      const again = spawnSync(command[0] ?? '', command.slice(1), { cwd, encoding: 'utf8', timeout: 120_000 });
      assert.equal(again.status, exitCode, again.stderr);
      assert.match(again.stdout, /"passed"/);
    }
  });

  it('is vacuous, not green, where every test is skipped or no test is there', async () => {
    const skipped = fixture.test('never runs', '').replace(/^it\(/m, 'it.skip(');
    const files = {
      ...NO_TESTS,
      'test/add.test.js': skipped,
      'test/sub.test.js': skipped,
      'test/greet.test.js': skipped,
    };
    const call = await run(fixture.make(files));
    assert.deepEqual([tests(call).verdict, tests(call).passed, tests(call).skipped], ['vacuous', 0, 3]);
    assert.equal(call.outcome.ok && call.outcome.nothingChecked, true);
    const none = fixture.make();
    removeFolder(join(none, 'test'));
    assert.equal(tests(await run(none)).verdict, 'vacuous');
  });

  it('reports a file that does not load as failed and still runs the others', async () => {
    const call = await run(
      fixture.make({
        'test/greet.test.js': fixture.test('x', '').replace('it(', `throw new Error('not today');\nit(`),
      }),
    );
    assert.equal(tests(call).verdict, 'failed');
    const broken = call.cases.filter((test) => test.file === 'test/greet.test.js');
    assert.deepEqual(
      broken.map((test) => [test.name, test.status]),
      [['(the file itself)', 'failed']],
    );
    // Its error and its place, as of any test that fails.
    assert.match(broken[0]?.message ?? '', /^not today\n/);
    assert.match(broken[0]?.message ?? '', /test\/greet\.test\.js:\d+:\d+/);
    for (const line of ALL_CASES.filter((one) => !one.includes('greet'))) assert.ok(call.lines.includes(line), line);
  });

  it('names the place where a file cannot be read as a program, though it is the only one', async () => {
    const root = fixture.make({ 'test/greet.test.js': fixture.test('x', 'const ;') });
    for (const other of ['add', 'sub']) removeFolder(join(root, `test/${other}.test.js`));
    const call = await run(root);
    const broken = call.cases.map(({ name, file }) => [name, file]);
    assert.deepEqual(broken, [['(the file itself)', 'test/greet.test.js']]);
    assert.match(call.cases[0]?.message ?? '', /greet\.test\.js[^]*\d+:\d+/);
  });

  it('ends a runner that is through but left handles open, and says so', async () => {
    const open = fixture.test('leaves a timer', 'setInterval(() => undefined, 1000);');
    const root = fixture.make({
      'test/add.test.js': open,
      'test/sub.test.js': open,
      'test/greet.test.js': fixture.test('ends', ''),
    });
    const call = await run(root);
    assert.deepEqual([tests(call).verdict, tests(call).passed], ['passed', 3]);
    // Vitest ends its workers by itself; the others wait for the timer for ever.
    if (fixture.runner !== 'vitest') assert.match(call.log, /left open handles/);
  });

  it('is gone soon, with its tests, when a hanging run is stopped', async () => {
    const stop = new AbortController();
    const root = fixture.make({
      'test/add.test.js': fixture.test('hangs', `console.error('pid', process.pid); for (;;);`),
    });
    const call = await run(root, {
      signal: stop.signal,
      onMessage: (message) => {
        if (message.kind === 'test' || (message.kind === 'log' && message.text.includes('pid'))) stop.abort();
      },
    });
    assert.ok(!call.outcome.ok);
    assert.equal(call.outcome.error.code, 'cancelled');
    await eventually('no process of the run is left', () => !processesIn(root));
  });

  it('does not call green what ended with a bad exit code', async () => {
    const call = await run(
      fixture.make({
        ...NO_TESTS,
        'test/add.test.js': fixture.test('passes', 'process.exitCode = 3;'),
        'test/sub.test.js': fixture.test('a', ''),
        'test/greet.test.js': fixture.test('b', ''),
      }),
    );
    // Runners with workers take the worker's exit code for nothing; then the run itself was green.
    const evidence = call.messages.find((message) => message.kind === 'evidence')?.evidence;
    assert.equal(tests(call).verdict, evidence?.exitCode === 0 ? 'passed' : 'failed');
  });
}

describe(proves('A12', 'test executor with vitest: errors outside the tests'), function () {
  this.timeout(180_000);
  const vitest = RUNNER_FIXTURES.find(({ runner }) => runner === 'vitest') ?? assert.fail('no such fixture');

  it('are one failure a file, with their places, and no test’s', async () => {
    const reject = (word: string): string => `void Promise.reject(new Error('${word}'));`;
    const root = vitest.make({
      'test/add.test.js': vitest.test('c', ''),
      'test/sub.test.js': vitest.test('a', ''),
      'test/greet.test.js': vitest.test(
        'b',
        `${reject('one')}\n${reject('two')}\nawait new Promise((go) => setTimeout(go, 50));`,
      ),
    });
    const call = await run(root);
    const outside = call.cases.filter(
      (test) => test.name === '(the file itself)' && test.file === 'test/greet.test.js',
    );
    assert.equal(outside.length, 1);
    assert.match(outside[0]?.message ?? '', /^one.*\ntwo/);
    assert.match(call.outcome.ok ? call.outcome.summary : '', /^3 tests pass, 1 file broken$/);
  });

  it('of its type check are laid to the source, which is no test file for that', async () => {
    const root = vitest.make({
      'test/add.test.js': vitest.test('c', ''),
      'test/sub.test.js': vitest.test('a', ''),
      'test/greet.test.js': vitest.test('b', ''),
      'test/types.test-d.ts': `import { expectTypeOf, it } from 'vitest';\nit('is a number', () => expectTypeOf(1).toEqualTypeOf<number>());\n`,
      'src/bad.ts': `export const word: number = 'one';\nexport const other: string = 2;\n`,
      'tsconfig.json':
        '{ "compilerOptions": { "strict": true, "skipLibCheck": true, "noEmit": true, "module": "esnext", "moduleResolution": "bundler" } }',
      'vitest.config.js': 'export default { test: { typecheck: { enabled: true } } };',
    });
    linkPackage(root, 'typescript');
    const call = await run(root);
    const outside = call.cases.filter((test) => test.status === 'failed');
    assert.deepEqual(
      outside.map(({ file, name }) => [file, name]),
      [['src/bad.ts', '(the file itself)']],
    );
    assert.match(outside[0]?.message ?? '', /\(line 1, column 14\)\n.*\(line 2, column 14\)$/);
    const again = await run(root, { files: ['src/bad.ts'] });
    assert.match(again.outcome.ok ? JSON.stringify(again.outcome.data) : '', /no test is known to reach src\/bad\.ts/);
  });
});

function processesIn(root: string): boolean {
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' });
  return stdout.includes(root);
}
