import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TestSample } from '../../../src/orchestrator/agents/agent.ts';
import type { Finding } from '../../../src/contract/findings.ts';
import { createAgent } from '../../../src/orchestrator/agents/performance-analyzer/agent.ts';
import { callAgent, type AgentCall } from '../../support/agent-rig.ts';
import { createRepository, git, writeTree } from '../../support/git-repository.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { proves } from '../../requirements.ts';

/** A slowdown exact by construction: `work` goes round its loop `rounds` times an item. */
const cart = (rounds: number): string => `
export function total(items) { return work(items) + 1; }
export function other(items) { let s = 0; for (let i = 0; i < items.length * 20; i++) s = (s * 31 + i) % 1000003; return s; }
function work(items) { let s = 0; for (let i = 0; i < items.length * ${String(rounds)}; i++) s = (s * 31 + i) % 1000003; return s; }
`;
const IMPORTS = "import { total, other } from '../src/cart.js'; const items = Array(500).fill(1);";
const BENCHES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a plain script': {
    'package.json': '{"type":"module","scripts":{"bench":"node bench/cart.js"}}',
    'bench/cart.js': `${IMPORTS} for (let i = 0; i < 300; i++) total(items); if (process.argv[1] !== import.meta.filename) other(items);`,
  },
  tinybench: {
    'package.json': '{"type":"module"}',
    'bench/cart.js': `${IMPORTS} import { Bench } from 'tinybench'; const bench = new Bench();
      bench.add('total', () => total(items)).add('other', async () => other(items)); await bench.run(); console.table(bench.table());`,
  },
  vitest: {
    'package.json': '{"type":"module"}',
    'bench/cart.bench.js': `${IMPORTS} import { test } from 'vitest';
      test('cart', async ({ bench }) => { await bench.compare(bench('total', () => { total(items); }), bench('other', () => { other(items); })); });`,
  },
};

describe(proves('A12', 'performance-analyzer on a repository'), function () {
  this.timeout(180_000);
  let folder: ReturnType<typeof tempFolder>;
  let root: string;
  beforeEach(() => {
    folder = tempFolder('performance');
    root = join(folder.path, 'workspace');
  });
  afterEach(() => folder.remove());

  function repository(files: Readonly<Record<string, string>>): void {
    createRepository(root, { '.gitignore': 'node_modules\n', ...files });
    mkdirSync(join(root, 'node_modules'));
    for (const name of ['tinybench', 'vitest', 'vite']) {
      symlinkSync(resolve('node_modules', name), join(root, 'node_modules', name));
    }
  }
  const analyze = (timeoutMs = 170_000): Promise<AgentCall> =>
    callAgent(createAgent(), root, { operation: 'analyze', timeoutMs });
  const findings = ({ messages }: AgentCall): readonly Finding[] =>
    messages.flatMap((message) => (message.kind === 'finding' ? [message.finding] : []));
  const notChecked = ({ messages }: AgentCall): string =>
    messages
      .flatMap((message) => (message.kind === 'not-checked' ? [`${message.what}: ${message.why}`] : []))
      .join('\n');

  for (const [name, files] of Object.entries(BENCHES)) {
    it(`names the function that made ${name} slower, and leaves the workspace alone`, async () => {
      repository({ 'src/cart.js': cart(20), ...files });
      writeTree(root, { 'src/cart.js': cart(80) });
      const call = await analyze();
      const [found, second] = findings(call);
      assert.equal(second, undefined);
      assert.equal(found?.rule, 'performance.slower', notChecked(call));
      assert.match(
        found.message,
        /^work is slower than before: bench\/cart.* takes .* times as long \(\d+ pairs of runs\)/,
      );
      assert.deepEqual([found.file, found.range.start], ['src/cart.js', { line: 3, character: 9 }]);
      assert.equal(git(root, 'status', '--porcelain').trim(), 'M src/cart.js');
      assert.equal(readFileSync(join(root, 'src/cart.js'), 'utf8'), cart(80));
    });
  }

  it('says nothing about a change that costs nothing', async () => {
    repository({ 'src/cart.js': cart(20), ...BENCHES['tinybench'] });
    writeTree(root, { 'src/cart.js': `${cart(20)}\nexport const unused = 1;\n` });
    const call = await analyze();
    assert.deepEqual(findings(call), []);
    assert.equal(call.outcome.ok && call.outcome.nothingChecked, undefined);
  });

  it('says what it could not look at, and why', async () => {
    repository({ 'package.json': '{"type":"module"}', 'src/cart.js': cart(20), 'README.md': 'a' });
    writeTree(root, { 'README.md': 'b' });
    assert.match(notChecked(await analyze()), /benchmarks against the base: no code file differs/);
    writeTree(root, { 'src/cart.js': cart(30) });
    assert.match(notChecked(await analyze()), /there is no benchmark that Savepoint can run/);
    writeTree(root, { 'bench/unrelated.js': 'console.log(1);' });
    const none = await analyze();
    assert.match(notChecked(none), /none of the 1 benchmark files uses a changed file/);
    assert.equal(none.outcome.ok && none.outcome.summary, 'nothing to measure');
    assert.equal(none.outcome.ok && none.outcome.nothingChecked, true);
  });

  it('tells tests that failed just before from no tests', async () => {
    repository({ 'README.md': 'a' });
    const after = async (...samples: readonly TestSample[]): Promise<string> =>
      notChecked(
        await callAgent(createAgent(), root, {
          operation: 'analyze',
          history: { tests: { 'a.test.js > adds': samples }, steps: {} },
        }),
      );
    const sample = { durationMs: 5, contentId: 'content' };
    assert.match(await after(), /durations of tests: no test ran in this run/);
    assert.match(await after({ ...sample, run: 'before', status: 'failed' }), /no test ran in this run/);
    assert.match(await after({ ...sample, run: 'run', status: 'failed' }), /no test passed in this run/);
    assert.match(await after({ ...sample, run: 'run', status: 'passed' }), /no test has 8 earlier passes/);
  });

  it('says so when the benchmark does not run, and when the time is too short', async () => {
    repository({ 'src/cart.js': cart(20), ...BENCHES['a plain script'] });
    writeTree(root, {
      'src/cart.js': 'export function total() { throw new Error("half done"); }\nexport const other = 1;\n',
    });
    assert.match(notChecked(await analyze()), /it runs on the base but not on the change: .*half done/);
    writeTree(root, { 'src/cart.js': "export * from './missing.js';\n" });
    assert.match(notChecked(await analyze()), /Cannot find module 'src\/missing\.js' imported from src\/cart\.js/);
    writeTree(root, { 'src/cart.js': cart(80) });
    assert.match(notChecked(await analyze(300)), /a longer timeout|longer than the time left/);
  });

  it('stops when it is told to', async () => {
    repository({ 'src/cart.js': cart(20), ...BENCHES['a plain script'] });
    writeTree(root, { 'src/cart.js': cart(80) });
    const stop = new AbortController();
    const call = await callAgent(createAgent(), root, {
      operation: 'analyze',
      signal: stop.signal,
      onMessage: (message) => {
        if (message.kind === 'progress' && message.message.includes('pair 2')) stop.abort();
      },
    });
    assert.deepEqual(call.outcome, { ok: false, error: { code: 'cancelled', message: 'Measuring was stopped.' } });
    assert.deepEqual(findings(call), []);
  });
});
