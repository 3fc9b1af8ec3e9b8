import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentMessage, AgentOutcome } from '../../src/contract/agents.ts';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { createBuiltinProtocol } from '../../src/orchestrator/integration/protocols/builtin.ts';
import type { Protocol } from '../../src/orchestrator/integration/protocols/protocol.ts';
import { createGroups } from '../../src/orchestrator/process/groups.ts';
import { agentRequest } from '../support/agent-request.ts';
import { eventually } from '../support/eventually.ts';
import { isAlive } from '../support/is-alive.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { proves } from '../requirements.ts';

const env = createNodeEnv({ version: '0.0.0-test' });
/** RELIABILITY: trees of processes are gone within so long. */
const GONE_MS = 5000;
const ENTRY = fileURLToPath(import.meta.resolve('../support/scripted-toolhost.ts'));

describe(proves('A1', 'built-in agents in tool hosts'), () => {
  let folder: ReturnType<typeof tempFolder>;
  let protocol: Protocol;
  const open = (idleMs = 60_000): Protocol =>
    createBuiltinProtocol({
      groups: createGroups({ ...env, folder: join(folder.path, 'state/groups') }),
      clock: env.clock,
      argv: [process.execPath, ENTRY],
      idleMs,
      setup: {
        workspace: folder.path,
        stateDir: join(folder.path, 'state'),
        version: '0.0.0-test',
        node: { path: process.execPath, version: process.version },
        slotPath: join(folder.path, 'slot'),
      },
      history: async () => ({ tests: {}, steps: { 'w/s': [] } }),
    });
  const call = async (
    what: string,
    options: { onMessage?: (message: AgentMessage) => void; signal?: AbortSignal; agent?: string } = {},
  ): Promise<{ outcome: AgentOutcome; messages: readonly AgentMessage[] }> => {
    const messages: AgentMessage[] = [];
    const { agent = 'scripted' } = options;
    const own = { workspace: folder.path, stateDir: join(folder.path, 'state') };
    const request = agentRequest({ ...own, agent, with: { do: what } });
    const outcome = await protocol.invoke(request, {
      signal: options.signal ?? new AbortController().signal,
      onMessage: (message) => {
        messages.push(message);
        options.onMessage?.(message);
      },
    });
    return { outcome, messages };
  };
  const dataOf = async (what: string, agent?: string): Promise<unknown> => {
    const { outcome } = await call(what, agent === undefined ? {} : { agent });
    assert.ok(outcome.ok, JSON.stringify(outcome));
    return outcome.data;
  };
  const records = (): readonly string[] => {
    const groups = join(folder.path, 'state/groups');
    return existsSync(groups) ? readdirSync(groups) : [];
  };

  beforeEach(() => {
    folder = tempFolder('builtin');
    protocol = open();
  });
  afterEach(async () => {
    await protocol.close();
    assert.deepEqual(records(), []);
    await folder.remove();
  });

  it('passes messages in order, output as log, and the outcome with its start time', async () => {
    const { outcome, messages } = await call('talk');
    assert.deepEqual(
      messages.filter((message) => message.kind !== 'log'),
      [
        { kind: 'progress', message: 'half', fraction: 0.5 },
        { kind: 'not-checked', what: 'x', why: 'all' },
      ],
    );
    assert.ok(outcome.ok);
    assert.deepEqual({ ...outcome, timeMs: null }, { ok: true, data: 'talked', summary: 'done', timeMs: null });
    assert.ok((outcome.timeMs?.start ?? 0) > 0);
  });

  it('uses an idle host again, and one host for each call at a time', async () => {
    const first = await dataOf('pid');
    assert.equal(await dataOf('pid'), first);
    const [a, b] = await Promise.all([dataOf('pid'), dataOf('pid')]);
    assert.notEqual(a, b);
  });

  it('gives an agent the host that it had before: what it loaded is there', async () => {
    const [one, other] = await Promise.all([dataOf('pid', 'scripted-one'), dataOf('pid', 'scripted-other')]);
    assert.deepEqual(await Promise.all([dataOf('pid', 'scripted-other'), dataOf('pid', 'scripted-one')]), [other, one]);
    assert.deepEqual(await Promise.all([dataOf('pid', 'scripted-one'), dataOf('pid', 'scripted-other')]), [one, other]);
  });

  it('loads an agent once in the life of its host, so that it has what it kept', async () => {
    assert.equal(await dataOf('loads'), 1);
    assert.equal(await dataOf('loads'), 1);
    assert.equal(await dataOf('loads', 'scripted-other'), 2);
  });

  describe('prepared', () => {
    const prepare = (...agents: readonly string[]): Promise<void> =>
      protocol.prepare(
        agents.map((agent) => ({ agent, operation: 'run', with: {} })),
        ['a.ts'],
      );

    it('has what the calls need loaded, and they use those very hosts', async () => {
      await prepare('scripted-one', 'scripted-other');
      assert.equal(records().length, 2);
      assert.equal(await dataOf('prepared', 'scripted-other'), 'scripted-other a.ts');
      assert.equal(await dataOf('prepared', 'scripted-one'), 'scripted-one a.ts');
      assert.equal(await dataOf('loads', 'scripted-one'), 1);
      assert.equal(records().length, 2);
    });

    it('is the host of a call that comes while it starts', async () => {
      const prepared = prepare('scripted');
      assert.equal(await dataOf('prepared'), 'scripted a.ts');
      await prepared;
      assert.equal(records().length, 1);
    });

    it('starts nothing where hosts are there, idle or at work', async () => {
      await Promise.all([dataOf('pid', 'scripted-one'), dataOf('pid', 'scripted-other')]);
      const two = records();
      await Promise.all([prepare('scripted-one'), prepare('scripted-other', 'scripted-one')]);
      assert.deepEqual(records(), two);
      assert.equal(await dataOf('prepared', 'scripted-one'), '', 'it has all that it needs');
      const stopping = new AbortController();
      const atWork = Promise.withResolvers<null>();
      const waiting = [
        call('wait', { signal: stopping.signal, onMessage: () => atWork.resolve(null) }),
        call('wait', { signal: stopping.signal }),
      ];
      await atWork.promise;
      await prepare('scripted-one', 'scripted-other');
      assert.deepEqual(records(), two);
      stopping.abort();
      await Promise.all(waiting);
    });

    it('ends like any idle host where no call comes, and nothing is started once it is closed', async () => {
      await protocol.close();
      protocol = open(1);
      await prepare('scripted');
      await eventually('its record is gone', () => records().length === 0);
      const late = [prepare('scripted-one', 'scripted-other'), protocol.close(), prepare('scripted')];
      await Promise.all(late);
      assert.deepEqual(records(), []);
    });

    it('that breaks is replaced by the call, which tells', async () => {
      await prepare('scripted-broken');
      await eventually('it has ended', () => records().length === 0);
      assert.equal(await dataOf('prepared', 'scripted-broken'), '');
    });
  });

  it('ends an idle host after its time', async () => {
    await protocol.close();
    protocol = open(1);
    const pid = await dataOf('pid');
    await eventually('the host has ended', () => !isAlive(Number(pid)));
    await eventually('its record is gone', () => records().length === 0);
    assert.notEqual(await dataOf('pid'), pid);
  });

  it('answers questions about history and the slot for measuring', async () => {
    assert.equal(await dataOf('history'), 'w/s');
    const { messages } = await call('measure');
    assert.deepEqual(messages, [
      { kind: 'queue', waiting: true },
      { kind: 'queue', waiting: false },
    ]);
  });

  it('tells a bug from a crash, and goes on after both', async () => {
    const bug = await call('throw');
    assert.deepEqual(bug.outcome, {
      ok: false,
      error: { code: 'crashed', message: 'scripted stopped on a bug: no such thing' },
    });
    assert.ok(
      bug.messages.some(
        (message) => message.kind === 'log' && message.stream === 'note' && message.text.includes('TypeError'),
      ),
    );
    const crash = await call('crash');
    assert.deepEqual(crash.outcome, {
      ok: false,
      error: {
        code: 'crashed',
        message: 'scripted ended unexpectedly (exit code 7).',
        exitCode: 7,
        lastLines: ['out of luck'],
      },
    });
    assert.equal(typeof (await dataOf('pid')), 'number');
  });

  it('stops a call that listens to abort and keeps its host', async () => {
    const controller = new AbortController();
    const pid = await dataOf('pid');
    const { outcome } = await call('wait', { signal: controller.signal, onMessage: () => controller.abort() });
    assert.deepEqual(outcome, { ok: false, error: { code: 'cancelled', message: 'as told' } });
    assert.equal(await dataOf('pid'), pid);
  });

  for (const what of ['hang', 'loop']) {
    it(`ends a call that does not stop (${what}), with every process of it`, async () => {
      const controller = new AbortController();
      const pids: number[] = [];
      let abortedAt = 0;
      const { outcome } = await call(what, {
        signal: controller.signal,
        onMessage: (message) => {
          if (message.kind === 'progress') pids.push(Number(message.message));
          abortedAt = performance.now();
          controller.abort();
        },
      });
      const took = performance.now() - abortedAt;
      assert.ok(!outcome.ok && outcome.error.code === 'cancelled');
      assert.equal(pids.length, 1);
      assert.deepEqual(pids.filter(isAlive), []);
      assert.ok(took < GONE_MS, `took ${took} ms`);
    });
  }

  it('ends with everything it started when Savepoint is killed', async () => {
    const rig = spawn(
      process.execPath,
      [fileURLToPath(import.meta.resolve('../support/builtin-rig.ts')), folder.path, ENTRY],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let text = '';
    rig.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await eventually('the agent’s process runs', () => text.includes('\n'));
    const pid = Number(text.trim());
    assert.ok(isAlive(pid));
    const [host] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ').slice(1, 2).map(Number) ?? [];
    rig.kill('SIGKILL');
    await eventually('host and child are gone', () => !isAlive(pid) && !isAlive(host ?? 0));
    await createGroups({ ...env, folder: join(folder.path, 'state/groups') }).sweep();
  });

  it('says when the host cannot be started, and does not start for an aborted call', async () => {
    const aborted = await call('pid', { signal: AbortSignal.abort() });
    assert.ok(!aborted.outcome.ok && aborted.outcome.error.code === 'cancelled');
    protocol = createBuiltinProtocol({
      groups: createGroups({ ...env, folder: join(folder.path, 'state/groups') }),
      clock: env.clock,
      argv: [join(folder.path, 'no-node'), ENTRY],
      setup: {
        workspace: folder.path,
        stateDir: folder.path,
        version: '0',
        node: { path: '', version: '' },
        slotPath: '',
      },
      history: async () => ({ tests: {}, steps: {} }),
    });
    const { outcome } = await call('pid');
    assert.ok(!outcome.ok && outcome.error.code === 'spawn', JSON.stringify(outcome));
  });
});
