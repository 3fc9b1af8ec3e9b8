import { deepEqual, equal, ok } from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentMessage } from '../../../src/contract/agents.ts';
import type { Json } from '../../../src/contract/json.ts';
import { createAgent } from '../../../src/orchestrator/agents/security-auditor/agent.ts';
import { callAgent, type AgentCall, type AskedOf } from '../../support/agent-rig.ts';
import { createRepository, writeTree } from '../../support/git-repository.ts';
import { proves } from '../../requirements.ts';

const OLD = "app.get('/old', (req, res) => { db.query('SELECT * FROM a WHERE b = ' + req.query.b); });\n";
const NEW = "app.get('/new', (req, res) => { db.query('SELECT * FROM c WHERE d = ' + req.query.d); });\n";
const TOKEN = ['sk', 'live', 'aB3dE5gH7jK9mN1pQ3sT4x2Q'].join('_');

const findingsOf = (messages: readonly AgentMessage[]): readonly string[] =>
  messages.flatMap((message) =>
    message.kind === 'finding'
      ? [`${message.finding.rule} ${message.finding.file}:${String(message.finding.range.start.line + 1)}`]
      : [],
  );
const gapsOf = (messages: readonly AgentMessage[]): readonly string[] =>
  messages.flatMap((message) => (message.kind === 'not-checked' ? [`${message.what}: ${message.why}`] : []));

describe(proves('A12', 'security auditor: on a repository'), () => {
  let root: string;
  const call = (asked: Partial<AskedOf> = {}): Promise<AgentCall> =>
    callAgent(createAgent(), root, { operation: 'pre-check', ...asked });

  beforeEach(() => {
    root = join(realpathSync(mkdtempSync(join(tmpdir(), 'savepoint-audit-'))), 'repository');
  });
  afterEach(() => {
    rmSync(join(root, '..'), { recursive: true, force: true });
  });

  it('tells what is new on changed lines and counts what was there before', async () => {
    createRepository(root, { 'src/server.js': OLD });
    writeTree(root, { 'src/server.js': OLD + NEW, '.env.production': `STRIPE_KEY=${TOKEN}\n` });
    const { outcome, messages } = await call();
    deepEqual(findingsOf(messages), ['secret.stripe .env.production:1', 'injection.sql src/server.js:2']);
    ok(outcome.ok);
    equal(outcome.older, 1);
    equal(outcome.summary, '2 findings');
  });

  it('never lets a secret out', async () => {
    createRepository(root, {});
    writeTree(root, { 'a.txt': `${TOKEN}\n${TOKEN}\n` });
    const { outcome, messages } = await call();
    const said = JSON.stringify([outcome, messages]);
    ok(!said.includes(TOKEN) && !said.includes(TOKEN.slice(8, 20)));
    ok(said.includes('sk_live_••••4x2Q'));
    equal(new Set(messages.flatMap((one) => (one.kind === 'finding' ? [one.finding.fingerprint] : []))).size, 2);
  });

  it('tells everything when asked for everything', async () => {
    createRepository(root, { 'src/server.js': OLD });
    const { messages } = await call({ all: true });
    deepEqual(findingsOf(messages), ['injection.sql src/server.js:1']);
  });

  it('tells possible secrets only on lines that differ from HEAD, also when asked for everything', async () => {
    const guess = (name: string, value: string): string => `${name}_TOKEN=${value}\n`;
    const old = guess('OLD', 'q7Zx91LmPw3Vb8Nc2Rt6');
    createRepository(root, { 'deploy.env': old, 'stripe.env': `STRIPE_KEY=${TOKEN}\n` });
    writeTree(root, { 'deploy.env': old + guess('NEW', 'h4Kd82QsXv5Ty1Gj9Wm3') });
    const { outcome, messages } = await call({ all: true });
    deepEqual(findingsOf(messages), ['secret.generic deploy.env:2', 'secret.stripe stripe.env:1']);
    ok(outcome.ok);
    equal(outcome.older, 1);
  });

  it('says whose patterns it does not know', async () => {
    createRepository(root, {});
    writeTree(root, { 'App.vue': '<script>eval(location.hash)</script>', 'a.py': 'eval(input())\n' });
    const why = 'the rules know JavaScript, TypeScript and JSX only';
    deepEqual(gapsOf((await call()).messages), [
      `insecure patterns of 1 Vue file: ${why}`,
      `insecure patterns of 1 Python file: ${why}`,
    ]);
  });

  it('says which code is nested too deeply to follow, and goes on', async () => {
    createRepository(root, {});
    const deep = `export default ${'[\n'.repeat(5_000)}${']\n'.repeat(5_000)};\n`;
    const chain = `export default a${'\n.then((x) => x)'.repeat(5_000)};\n`;
    writeTree(root, { 'a-chain.js': chain, 'deep.js': deep, 'src/server.js': NEW });
    const { outcome, messages } = await call();
    ok(outcome.ok);
    deepEqual(findingsOf(messages), ['injection.sql src/server.js:1']);
    deepEqual(gapsOf(messages), [
      'a-chain.js: insecure patterns: nested too deeply to follow',
      'deep.js: insecure patterns, in part: syntax error in code that is nested too deeply to be parsed',
    ]);
  });

  it('keeps quiet about what a comment with a reason explains', async () => {
    createRepository(root, {});
    writeTree(root, { 'src/server.js': `// savepoint-ignore injection.sql: b comes from a list\n${NEW}` });
    deepEqual(findingsOf((await call()).messages), []);
  });

  it('tells of harm in another file of the scope', async () => {
    createRepository(root, {});
    writeTree(root, {
      'src/db.js': "exports.find = (name) => pool.query(`SELECT * FROM t WHERE n = '${name}'`);\n",
      'src/routes.js': "const db = require('./db');\napp.get('/x', (req, res) => res.json(db.find(req.query.n)));\n",
    });
    deepEqual(findingsOf((await call()).messages), ['injection.sql src/db.js:1']);
  });

  it('a post-check tells only what the pre-check did not', async () => {
    createRepository(root, {});
    writeTree(root, { 'src/a.js': OLD });
    const before = await call();
    ok(before.outcome.ok);
    const hunted = { findings: [{ file: 'src/server.js', rule: 'lint.no-debugger', message: 'No.' }] };
    const needs: Readonly<Record<string, Json>> = { 'security-pre-check': before.outcome.data, 'bug-hunting': hunted };
    writeTree(root, { 'src/b.js': NEW });
    const after = await call({ operation: 'post-check', needs });
    deepEqual(findingsOf(after.messages), ['injection.sql src/b.js:1']);
    ok(after.outcome.ok && !JSON.stringify(after.outcome.data).includes('server.js'), 'only fingerprints are known');
  });

  it('validates the files that the task concerns', async () => {
    createRepository(root, {});
    writeTree(root, { 'src/a.js': OLD, 'src/b.js': NEW });
    const { messages } = await call({ operation: 'validate', needs: { 'task-analysis': { files: ['src/b.js'] } } });
    deepEqual(findingsOf(messages), ['injection.sql src/b.js:1']);
    deepEqual(gapsOf(messages), ['1 changed file that the task does not concern: src/a.js: not looked at']);
    writeTree(root, { 'src/c.js': '' });
    const more = await call({ operation: 'validate', needs: { 'task-analysis': { files: ['src/b.js'] } } });
    deepEqual(gapsOf(more.messages), ['2 changed files that the task does not concern, e.g. src/a.js: not looked at']);
    const whole = await call({ operation: 'validate' });
    deepEqual(findingsOf(whole.messages), ['injection.sql src/a.js:1', 'injection.sql src/b.js:1']);
    deepEqual(gapsOf(whole.messages), []);
  });

  it('says what it did not look at', async () => {
    createRepository(root, {});
    writeTree(root, {
      'broken.js': 'const a = {;\n',
      'bundle.js': 'var a=1;'.repeat(2000),
      'package-lock.json': '{"lockfileVersion": 1}\n',
    });
    writeFileSync(join(root, 'huge.js'), 'x'.repeat(3 * 1024 * 1024));
    const gaps = gapsOf((await call()).messages);
    for (const start of [
      'broken.js: insecure patterns, in part: syntax error in line 1',
      'bundle.js: insecure patterns: minified',
      'huge.js: over 2 MiB',
      'package-lock.json: dependencies:',
      'known advisories of dependencies: ',
    ]) {
      ok(
        gaps.some((gap) => gap.startsWith(start)),
        `${start} in ${JSON.stringify(gaps)}`,
      );
    }
  });

  it('tells how it looked: tools, versions, durations', async () => {
    createRepository(root, {});
    writeTree(root, { 'a.js': OLD });
    const evidence = (await call()).messages.flatMap((one) => (one.kind === 'evidence' ? [one.evidence] : []));
    deepEqual(
      evidence.map(({ tool }) => tool.replace(/ \(.*/, '')),
      ['built in: secrets', 'built in: insecure patterns'],
    );
    ok(
      evidence.every(({ version, durationMs, command }) => version !== null && durationMs >= 0 && command.length === 0),
    );
  });

  it('stops when it is told to', async () => {
    createRepository(root, {});
    writeTree(root, { 'a.js': OLD });
    const { outcome } = await call({ signal: AbortSignal.abort() });
    ok(!outcome.ok);
    equal(outcome.error.code, 'cancelled');
  });
});
