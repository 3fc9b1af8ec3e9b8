import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { AgentMessage, AgentOutcome, AgentRequest } from '../../src/contract/agents.ts';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { runCommandAgent, type CommandAgent } from '../../src/orchestrator/integration/protocols/command.ts';
import { insideWorkspace } from '../../src/orchestrator/integration/protocols/command-lines.ts';
import { createProcesses } from '../../src/orchestrator/process/create-processes.ts';
import { createGroups } from '../../src/orchestrator/process/groups.ts';
import { createWorkspace } from '../../src/orchestrator/workspace/create-workspace.ts';
import { agentRequest } from '../support/agent-request.ts';
import { createRepository, writeTree } from '../support/git-repository.ts';
import { isAlive } from '../support/is-alive.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { proves } from '../requirements.ts';

const env = createNodeEnv({ version: '0.0.0-test' });
const FAKE = join(import.meta.dirname, '../support/fake-command.mjs');

describe(proves('A1', 'command agents'), () => {
  let folder: ReturnType<typeof tempFolder>;
  let root: string;

  interface Options {
    readonly request?: Partial<AgentRequest>;
    readonly agent?: Partial<CommandAgent>;
    readonly signal?: AbortSignal;
    readonly onMessage?: (message: AgentMessage) => void;
    readonly callerEnv?: Record<string, string | undefined>;
  }
  async function run(
    what: string,
    options: Options = {},
  ): Promise<{ readonly outcome: AgentOutcome; readonly messages: readonly AgentMessage[] }> {
    const host = { ...env.host, env: options.callerEnv ?? env.host.env };
    const stateDir = join(folder.path, 'state');
    const workspace = createWorkspace({ root, stateDir, files: env.files, host });
    const processes = createProcesses({
      groups: createGroups({ ...env, host, folder: join(stateDir, 'groups') }),
      clock: env.clock,
    });
    const agent: CommandAgent = {
      id: 'fake',
      command: [process.execPath, FAKE, what],
      report: 'changed',
      ...options.agent,
    };
    const messages: AgentMessage[] = [];
    let settled = false;
    const outcome = await runCommandAgent(
      { processes, workspace, agent },
      agentRequest({ workspace: root, stateDir, agent: 'fake', ...options.request }),
      {
        signal: options.signal ?? new AbortController().signal,
        onMessage: (message) => {
          assert.ok(!settled, 'a message after the end');
          messages.push(message);
          options.onMessage?.(message);
        },
      },
    );
    settled = true;
    return { outcome, messages };
  }
  const logs = (messages: readonly AgentMessage[]): readonly string[] =>
    messages.flatMap((one) => (one.kind === 'log' ? [`${one.stream} ${one.text}`] : []));
  const findings = (messages: readonly AgentMessage[]) =>
    messages.flatMap((one) => (one.kind === 'finding' ? [one.finding] : []));

  beforeEach(() => {
    folder = tempFolder('command');
    root = join(folder.path, 'repo');
    createRepository(root, { 'a.ts': 'one\ntwo\nthree\n', 'b.ts': 'b\n' });
  });
  afterEach(() => folder.remove());

  it('gets on standard input what the contract says, for an undo too', async () => {
    const request = {
      scope: { kind: 'files', base: null, files: ['a.ts'] },
      with: { x: 1 },
      needs: { before: { y: 2 } },
      attempt: 2,
    } as const;
    const { outcome } = await run('echo', { request });
    assert.ok(outcome.ok);
    const common = {
      run: 'run-1',
      step: 'step-1',
      attempt: 2,
      idempotencyKey: 'key-1',
      workspace: root,
      files: ['a.ts'],
      with: { x: 1 },
      needs: { before: { y: 2 } },
    };
    assert.deepEqual(outcome.data, common);
    const undo = await run('echo', { request: { ...request, compensate: { step: 's', result: 7 } } });
    assert.ok(undo.outcome.ok);
    assert.deepEqual(undo.outcome.data, { ...common, compensate: { step: 's', result: 7 } });
  });

  it('may say progress, text and results, of which the last counts, and leaves evidence', async () => {
    const { outcome, messages } = await run('talk');
    assert.deepEqual(outcome, { ok: true, data: 'talked', summary: 'done' });
    assert.deepEqual(
      messages.filter((one) => one.kind === 'progress'),
      [{ kind: 'progress', message: 'half', fraction: 0.5 }],
    );
    assert.deepEqual(logs(messages).toSorted(), ['stderr on stderr', 'stdout plain text']);
    const [evidence] = messages.flatMap((one) => (one.kind === 'evidence' ? [one.evidence] : []));
    assert.deepEqual(
      { command: evidence?.command, cwd: evidence?.cwd, exitCode: evidence?.exitCode },
      { command: [process.execPath, FAKE, 'talk'], cwd: root, exitCode: 0 },
    );
  });

  it('reports findings, completed; what does not fit or lies outside is text with one note for each kind', async () => {
    const { outcome, messages } = await run('findings');
    assert.ok(outcome.ok);
    assert.equal(outcome.summary, '4 findings');
    const found = findings(messages);
    assert.deepEqual(
      found.map(({ file, agent, confidence }) => [file, agent, confidence]),
      [
        ['a.ts', 'fake', 'certain'],
        ['a.ts', 'fake', 'certain'],
        ['a.ts', 'fake', 'certain'],
        ['b.ts', 'other', 'possible'],
      ],
    );
    assert.equal(found[3]?.fingerprint, 'own');
    assert.equal(new Set(found.map(({ fingerprint }) => fingerprint)).size, 4);
    const text = logs(messages);
    assert.equal(text.filter((line) => line.startsWith('stdout {')).length, 7);
    assert.deepEqual(
      text.filter((line) => line.startsWith('note')).map((line) => line.slice(0, 85)),
      ['note A finding line was taken as text: the file ../x.ts is outside the workspace: {"k'],
    );
  });

  it('says once that findings and tests were not understood, so that they do not vanish under a green tick', async () => {
    const notChecked = async (what: string) =>
      (await run(what)).messages.flatMap((one) => (one.kind === 'not-checked' ? [[one.what, one.why]] : []));
    assert.deepEqual(await notChecked('findings'), [
      [
        'findings of fake',
        '5 lines were not understood (the file ../x.ts is outside the workspace); see docs/agents/your-own.md for the fields',
      ],
    ]);
    const [unfit, ...more] = await notChecked('unfit');
    assert.deepEqual(more, []);
    assert.equal(unfit?.[0], 'findings and tests of fake');
    assert.match(unfit[1] ?? '', /^2 lines were not understood \("range": .*\); see docs/);
    assert.deepEqual(await notChecked('talk'), []);
  });

  it('in a changed scope shows what touches a changed line and counts the rest, unless report: all', async () => {
    writeTree(root, { 'a.ts': 'one\nTWO\nthree\n' });
    const workspace = createWorkspace({ root, stateDir: join(folder.path, 'state'), files: env.files, host: env.host });
    const scope = await workspace.scope({});
    assert.ok(scope.ok);
    const changed = await run('findings', { request: { scope: scope.value } });
    assert.deepEqual(
      findings(changed.messages).map(({ file, range }) => `${file}:${range.start.line}`),
      ['a.ts:1'],
    );
    assert.ok(changed.outcome.ok && changed.outcome.older === 3);
    const all = await run('findings', { request: { scope: scope.value }, agent: { report: 'all' } });
    assert.equal(findings(all.messages).length, 4);
  });

  it('leaves out what a comment or a person silenced', async () => {
    writeTree(root, { 'a.ts': 'one // savepoint-ignore demo.rule: known\ntwo\nthree\n' });
    const first = await run('findings');
    assert.equal(findings(first.messages).length, 3);
    const [two] = findings(first.messages);
    assert.ok(two);
    env.files.makeDir(join(folder.path, 'state/dismissed'));
    writeTree(folder.path, { [`state/dismissed/${two.fingerprint}`]: '' });
    assert.equal(findings((await run('findings')).messages).length, 2);
  });

  it('counts tests', async () => {
    const { outcome, messages } = await run('tests');
    assert.ok(outcome.ok);
    assert.deepEqual(outcome.tests, { passed: 1, failed: 1, skipped: 1, selected: 3, total: null, verdict: 'failed' });
    assert.equal(outcome.summary, '1 of 3 tests fail');
    assert.equal(messages.filter((one) => one.kind === 'test').length, 3);
  });

  it('fails by its exit code, its findings kept', async () => {
    const { outcome, messages } = await run('fail');
    assert.ok(!outcome.ok);
    assert.deepEqual(
      { ...outcome.error, message: '' },
      { code: 'exit', message: '', command: [process.execPath, FAKE, 'fail'], exitCode: 3, lastLines: ['it broke'] },
    );
    assert.match(outcome.error.message, /ended with exit code 3\.$/);
    assert.equal(findings(messages).length, 1);
  });

  it('fails by a signal, or when it is not there', async () => {
    const died = await run('die');
    assert.ok(!died.outcome.ok && died.outcome.error.code === 'crashed');
    const missing = await run('', { agent: { command: ['no-such-program'] } });
    assert.deepEqual(missing.outcome, {
      ok: false,
      error: {
        code: 'spawn',
        message: 'no-such-program was not found on PATH. Install it or correct the command.',
        command: ['no-such-program'],
      },
    });
  });

  it('is ended on abort', async () => {
    const controller = new AbortController();
    const pids: number[] = [];
    const { outcome } = await run('wait', {
      signal: controller.signal,
      onMessage: (message) => {
        if (message.kind === 'progress') pids.push(Number(message.message));
        controller.abort();
      },
    });
    assert.ok(!outcome.ok && outcome.error.code === 'cancelled');
    assert.deepEqual(pids.filter(isAlive), []);
  });

  it('may give long results; beyond the limits output is cut with a note, and the step does not fail', async () => {
    const { outcome, messages } = await run('long');
    assert.ok(outcome.ok);
    assert.equal(typeof outcome.data === 'string' && outcome.data.length, 1_000_000);
    assert.deepEqual(
      logs(messages).filter((line) => line.startsWith('note')),
      ['note A line longer than 4096 kB was cut.'],
    );
    const many = await run('many');
    assert.ok(many.outcome.ok);
    assert.equal(many.messages.filter((one) => one.kind === 'progress').length, 20_010);
    assert.equal(many.messages.filter((one) => one.kind === 'test').length, 20_000);
    assert.equal(many.outcome.tests?.failed, 1, 'what is cut counts');
    assert.deepEqual(
      many.messages.flatMap((one) => (one.kind === 'not-checked' ? [one.what] : [])),
      ['10 more findings and test results'],
    );
  });

  it('gets the caller’s environment less what the contract names', async () => {
    const { outcome } = await run('environment', {
      callerEnv: { ...process.env, NODE_OPTIONS: '--no-warnings', ELECTRON_X: '1', VSCODE_X: '1', KEPT: '1' },
    });
    assert.ok(outcome.ok);
    assert.deepEqual(outcome.data, ['KEPT']);
  });

  it('knows which names are inside the workspace', () => {
    const cases = {
      'a.ts': 'a.ts',
      './a//b.ts': 'a/b.ts',
      'a/../b.ts': 'b.ts',
      '/w/x.ts': 'x.ts',
      '/w2/x.ts': null,
      '../w/x.ts': null,
      'C:\\x': null,
      '.': null,
      '': null,
    } as const;
    for (const [name, inside] of Object.entries(cases)) assert.equal(insideWorkspace(name, '/w'), inside, name);
  });
});
