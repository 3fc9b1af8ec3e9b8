import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT_IN_AGENTS } from '../../src/orchestrator/agents/facts.ts';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { createInvoker } from '../../src/orchestrator/integration/invoker.ts';
import type { Protocol } from '../../src/orchestrator/integration/protocols/protocol.ts';
import {
  createAgentRegistry,
  type AgentRegistry,
  type PlannedCall,
} from '../../src/orchestrator/integration/registry.ts';
import { createProcesses } from '../../src/orchestrator/process/create-processes.ts';
import { createGroups } from '../../src/orchestrator/process/groups.ts';
import { createWorkspace } from '../../src/orchestrator/workspace/create-workspace.ts';
import { agentRequest } from '../support/agent-request.ts';
import { writeTree } from '../support/git-repository.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { proves } from '../requirements.ts';

const env = createNodeEnv({ version: '0.0.0-test' });
const callOf = (agent: string, more: Partial<PlannedCall> = {}): PlannedCall => ({
  ...{ agent, operation: 'run', with: {}, where: 'step s of w', typed: [] },
  ...more,
});
const CHECK = 'id: check\ncommand: [node, tools/check.mjs]\n';

describe(proves('A1', 'agent registry'), () => {
  let folder: ReturnType<typeof tempFolder>;
  let root: string;
  let stateDir: string;
  const open = (): AgentRegistry =>
    createAgentRegistry({ root, stateDir, files: env.files, builtIn: BUILT_IN_AGENTS, version: '0' });
  const write = (files: Readonly<Record<string, string>>): void =>
    writeTree(
      root,
      Object.fromEntries(
        Object.entries(files).map(([name, text]) => [name.includes('/') ? name : `.savepoint/agents/${name}`, text]),
      ),
    );
  const problems = async (): Promise<readonly string[]> =>
    (await open().problems()).map(
      ({ file, range, message }) => `${file}:${range.start.line}:${range.start.character} ${message}`,
    );

  beforeEach(() => {
    folder = tempFolder('registry');
    root = join(folder.path, 'work');
    stateDir = join(folder.path, 'state');
    mkdirSync(root);
  });
  afterEach(() => folder.remove());

  it('knows the five built-in agents with the mission’s figures, where there are no files', async () => {
    const known = await open().known();
    const rows = [...known.values()].map(({ id, timeoutMs, retry, idempotent, mayWrite }) => [
      id,
      timeoutMs / 1000,
      retry.max,
      retry.multiplier,
      idempotent,
      mayWrite,
    ]);
    assert.deepEqual(rows, [
      ['security-auditor', 30, 3, 2, true, false],
      ['bug-hunter', 45, 3, 1.5, true, false],
      ['test-executor', 120, 2, 2, true, false],
      ['performance-analyzer', 60, 5, 1.2, true, false],
      ['context-optimizer', 20, 3, 1.5, true, false],
    ]);
    assert.deepEqual(await open().commands([]), []);
  });

  it('gives a command agent the defaults of the contract, and takes what its file says', async () => {
    write({
      'a.yaml': CHECK,
      'b.yaml': `${CHECK.replace('check', 'full')}idempotent: true\ninputs: ["src/**"]\ntimeout: 5s\nretries: 2\nmultiplier: 3\nx-note: n\n`,
    });
    const known = await open().known();
    const { definitionHash: _, ...check } = known.get('check') ?? {};
    const common = { operations: [], mayWrite: true };
    assert.deepEqual(check, {
      id: 'check',
      timeoutMs: 60_000,
      retry: { max: 0, multiplier: 2 },
      idempotent: false,
      inputs: { files: null, tools: [] },
      ...common,
    });
    const { definitionHash: __, ...full } = known.get('full') ?? {};
    assert.deepEqual(full, {
      id: 'full',
      timeoutMs: 5000,
      retry: { max: 2, multiplier: 3 },
      idempotent: true,
      inputs: { files: ['src/**'], tools: [] },
      ...common,
    });
  });

  it('lets a file with the id of a built-in agent override its fields, or replace it by a command', async () => {
    write({ 'a.yaml': 'id: test-executor\ntimeout: 10m\n', 'b.yaml': 'id: bug-hunter\ncommand: [node, hunt.mjs]\n' });
    const registry = open();
    const known = await registry.known();
    const plain = new Map(BUILT_IN_AGENTS.map((one) => [one.id, one]));
    assert.equal(known.get('test-executor')?.timeoutMs, 600_000);
    assert.equal(known.get('test-executor')?.retry.max, plain.get('test-executor')?.retry.max);
    assert.deepEqual(known.get('test-executor')?.operations, plain.get('test-executor')?.operations);
    assert.equal((await registry.endpoint(callOf('test-executor')))?.protocol, 'builtin');
    assert.equal((await registry.endpoint(callOf('bug-hunter')))?.protocol, 'command');
    assert.equal(known.get('bug-hunter')?.mayWrite, true);
    assert.equal(await registry.endpoint(callOf('nobody')), null);
    write({ 'c.yaml': CHECK });
    assert.deepEqual(
      (await open().commands([])).map(({ agent, replacesBuiltIn }) => [agent, replacesBuiltIn]),
      [
        ['bug-hunter', true],
        ['check', false],
      ],
    );
    const refused = await open().approve([callOf('bug-hunter'), callOf('check')], { trust: false });
    assert.ok(!refused.ok);
    assert.match(refused.failure.message, /bug-hunter \([^()]+b\.yaml, in place of the built-in agent\) would start/);
    assert.match(refused.failure.message, /check \(\.savepoint\/agents\/c\.yaml\) would start/);
  });

  it('changes the definition hash with the definition and with every argument that is a file of the workspace', async () => {
    const hash = async (id = 'check'): Promise<string | undefined> => (await open().known()).get(id)?.definitionHash;
    const seen = new Set<string | undefined>();
    for (const files of [
      { 'a.yaml': CHECK },
      { 'tools/check.mjs': '1' },
      { 'tools/check.mjs': '2' },
      { 'a.yaml': `${CHECK}timeout: 3s\n` },
    ]) {
      write(files);
      seen.add(await hash());
    }
    assert.equal(seen.size, 4);
    const before = await hash();
    write({
      'a.yaml': 'timeout: 3s\ncommand:\n  - node\n  - tools/check.mjs\nid: check # the same\n',
      'other.mjs': 'x',
    });
    assert.equal(await hash(), before);
    const builtIn = await hash('bug-hunter');
    write({ 'b.yaml': 'id: bug-hunter\ntimeout: 50s\n' });
    assert.notEqual(await hash('bug-hunter'), builtIn);
  });

  it('names problems with their place, and goes on with the other files', async () => {
    write({
      'a.yaml': 'id: no-command\n',
      'b.yaml': CHECK,
      'c.yaml': CHECK,
      'd.yaml': 'id: x\ncommand: node x\n',
      'e.yaml': 'id: y\ncommand: [node]\ninputs: ["../secret"]\n',
      'f.yaml': 'id: z\ncomand: [node]\n',
      'g.yaml': 'id: u\nprotocol: carrier-pigeon\ncommand: [coo]\n',
      'notes.txt': 'not read',
    });
    mkdirSync(join(root, '.savepoint/agents/h.yaml'));
    symlinkSync('nowhere', join(root, '.savepoint/agents/i.yaml'));
    const found = await problems();
    const expected = [
      /h\.yaml:0:0 This is not a file\./,
      /i\.yaml:0:0 The file cannot be read \(ENOENT\)/,
      /a\.yaml:0:0 "command" is missing here\. Add it, as a list/,
      /c\.yaml:0:4 \.savepoint\/agents\/b\.yaml defines the agent check already/,
      /d\.yaml:1:9 "command" must be a list, not "node x"\./,
      /e\.yaml:2:9 "\.\.\/secret" is outside the workspace/,
      /f\.yaml:1:0 Unknown key "comand"\. Did you mean "command"\?/,
      /g\.yaml:1:10 "protocol" must be one of command, not "carrier-pigeon"/,
    ];
    assert.equal(found.length, expected.length, found.join('\n'));
    expected.forEach((pattern, at) => assert.match(found[at] ?? '', pattern));
    assert.deepEqual([...(await open().known()).keys()].slice(5), ['check']);
    assert.deepEqual(await problems(), found, 'the same from what was kept');
  });

  describe('consent', () => {
    it('is asked for each command by what it would start, kept by hash, and lapses when a file of it changes', async () => {
      write({ 'a.yaml': CHECK, 'tools/check.mjs': '1' });
      const registry = open();
      const refused = await registry.approve([callOf('check'), callOf('bug-hunter')], { trust: false });
      assert.ok(!refused.ok);
      assert.equal(refused.failure.code, 'approval');
      assert.equal(
        refused.failure.message,
        'Not approved yet: check (.savepoint/agents/a.yaml) would start: node tools/check.mjs. Look at it and approve it with "savepoint trust", or pass --trust to allow it this once.',
      );
      assert.deepEqual(refused.failure.data, [
        { agent: 'check', command: ['node', 'tools/check.mjs'], where: '.savepoint/agents/a.yaml' },
      ]);
      for (const command of await registry.commands([])) registry.keepApproval(command);
      const elsewhere = open();
      assert.ok((await elsewhere.approve([callOf('check')], { trust: false })).ok, 'another process sees it at once');
      assert.equal((await elsewhere.commands([]))[0]?.approved, true);
      assert.equal((await elsewhere.commands([]))[0]?.approvedBefore, null);
      write({ 'tools/check.mjs': '2' });
      assert.deepEqual(
        (await registry.commands([]))[0]?.approvedBefore,
        ['node', 'tools/check.mjs'],
        'a file of it changed',
      );
      assert.ok(!(await registry.approve([callOf('check')], { trust: false })).ok);
      write({ 'tools/check.mjs': '1' });
      assert.ok((await registry.approve([callOf('check')], { trust: false })).ok);
      rmSync(join(root, 'tools'), { recursive: true });
      assert.ok(!(await registry.approve([callOf('check')], { trust: false })).ok);
    });

    it('for one call is not kept', async () => {
      write({ 'a.yaml': CHECK });
      const registry = open();
      assert.ok((await registry.approve([callOf('check')], { trust: true })).ok);
      assert.equal((await registry.commands([]))[0]?.approved, false);
      assert.ok(!(await open().approve([callOf('check')], { trust: false })).ok);
    });

    it('is asked for the command of a step too, whichever step names it, and lapses when a file of it changes', async () => {
      write({ 'tools/check.mjs': '1' });
      const registry = open();
      const call = callOf('test-executor', { with: { command: ['node', 'tools/check.mjs'] } });
      const approve = (one: PlannedCall) => registry.approve([one], { trust: false });
      const refused = await approve(call);
      assert.ok(!refused.ok);
      assert.equal(
        refused.failure.message,
        'Not approved yet: test-executor (step s of w) would start: node tools/check.mjs. Look at it and approve it with "savepoint trust", or pass --trust to allow it this once.',
      );
      assert.deepEqual(refused.failure.data, [
        { agent: 'test-executor', command: ['node', 'tools/check.mjs'], where: 'step s of w' },
      ]);
      assert.equal((await registry.endpoint(call))?.approved, false, 'nor does it start');
      const [command, ...others] = await registry.commands([call, call]);
      assert.ok(command && others.length === 0, 'named twice in one place is one command');
      registry.keepApproval(command);
      assert.ok((await approve(call)).ok);
      assert.ok((await approve({ ...call, where: 'step t of v' })).ok);
      assert.ok(!(await approve({ ...call, with: { command: ['node', 'tools/check.mjs', '-f'] } })).ok);
      write({ 'tools/check.mjs': '2' });
      assert.ok(!(await approve(call)).ok);
      assert.equal((await registry.endpoint(call))?.approved, false);
    });

    it('is not asked for a command that the user typed, nor where nothing would start one', async () => {
      const registry = open();
      const call = callOf('test-executor', { with: { command: ['node', 'x.mjs'] } });
      const approved = async (one: PlannedCall): Promise<boolean> =>
        (await registry.approve([one], { trust: false })).ok;
      assert.ok(await approved({ ...call, operation: 'design' }));
      assert.ok(await approved({ ...call, agent: 'bug-hunter', operation: 'hunt' }));
      assert.ok(!(await approved({ ...call, typed: ['task'] })));
      assert.ok(await approved({ ...call, typed: ['command'] }));
      write({ 'x.mjs': 'made by an earlier step' });
      assert.equal((await registry.endpoint(call))?.approved, true);
      write({ 'a.yaml': 'id: test-executor\ncommand: [node, own.mjs]\n' });
      assert.deepEqual(
        (await open().commands([call])).map(({ command }) => command),
        [['node', 'own.mjs']],
        'to an agent of the user it is only data',
      );
    });

    it('is looked at again right before a command starts', async () => {
      write({
        'a.yaml': 'id: check\ncommand: [node, bin/check.mjs]\n',
        'bin/check.mjs': `console.log(JSON.stringify({ kind: 'result', data: 1 }))`,
      });
      const registry = open();
      const builtin: Protocol = {
        invoke: () => assert.fail('not built in'),
        prepare: () => assert.fail('not built in'),
        close: async () => undefined,
      };
      const workspace = createWorkspace({ root, stateDir, files: env.files, host: env.host });
      const processes = createProcesses({
        groups: createGroups({ ...env, folder: join(stateDir, 'groups') }),
        clock: env.clock,
      });
      const invoker = createInvoker({ registry, builtin, processes, workspace });
      const invoke = (signal = new AbortController().signal) =>
        invoker.invoke(agentRequest({ workspace: root, stateDir, agent: 'check' }), {
          signal,
          onMessage: () => undefined,
        });
      assert.ok((await registry.approve([callOf('check')], { trust: true })).ok);
      const first = await invoke();
      assert.ok(first.ok && first.data === 1);
      const stopping = new AbortController();
      const stopped = invoke(stopping.signal);
      stopping.abort();
      assert.deepEqual(await stopped, {
        ok: false,
        error: { code: 'spawn', message: 'It was stopped before it started.' },
      });
      write({ 'bin/check.mjs': 'changed' });
      const second = await invoke();
      assert.deepEqual(second, {
        ok: false,
        error: {
          code: 'spawn',
          message: 'The command of check has changed since it was approved. Look at it with "savepoint trust".',
        },
      });
    });
  });
});
