import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { createGroups } from '../../src/orchestrator/process/groups.ts';
import { createProcesses } from '../../src/orchestrator/process/create-processes.ts';
import type { Command, ProcessEnd, Processes } from '../../src/orchestrator/process/processes.ts';
import { eventually } from '../support/eventually.ts';
import { isAlive } from '../support/is-alive.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { proves } from '../requirements.ts';

const env = createNodeEnv({ version: '0.0.0-test' });
/** Within it both processes have said that they run, on a loaded machine too. */
const STARTED_MS = 2_000;
/** RELIABILITY: trees of processes are gone within so long. */
const GONE_MS = 5_000;
const DETACHED = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' })`;

describe(proves('A1', 'child processes'), () => {
  let folder: ReturnType<typeof tempFolder>;
  let processes: Processes;
  const ledger = (): readonly string[] =>
    existsSync(join(folder.path, 'groups')) ? readdirSync(join(folder.path, 'groups')) : [];
  const node = (code: string, more: Partial<Command> = {}): Promise<ProcessEnd> =>
    processes.run({ argv: [process.execPath, '-e', code], cwd: folder.path, environment: 'caller', ...more });

  beforeEach(() => {
    folder = tempFolder('processes');
    processes = createProcesses({
      groups: createGroups({ ...env, folder: join(folder.path, 'groups') }),
      clock: env.clock,
    });
  });
  afterEach(async () => {
    await processes.close();
    await folder.remove();
  });

  it('tells exit code, output, last lines and leaves no record', async () => {
    const lines: string[] = [];
    const end = await node(
      `console.log('one'); console.error('\\x1b[31mtwo\\x1b[0m'); process.stdout.write('three'); process.exitCode = 3`,
      {
        keepStdoutBytes: 5,
        onLine: (line, stream) => lines.push(`${stream} ${line}`),
      },
    );
    assert.deepEqual(
      { how: end.how, exitCode: end.exitCode, stdout: end.stdout, cut: end.stdoutCut },
      { how: 'exit', exitCode: 3, stdout: 'one\nt', cut: true },
    );
    assert.deepEqual(lines.toSorted(), ['stderr \x1b[31mtwo\x1b[0m', 'stdout one', 'stdout three']);
    assert.deepEqual(end.lastLines.toSorted(), ['one', 'three', 'two']);
    assert.deepEqual(ledger(), []);
  });

  it('feeds standard input, also to a process that does not read it', async () => {
    const end = await node(`process.stdin.pipe(process.stdout)`, { stdin: 'hello', keepStdoutBytes: 100 });
    assert.equal(end.stdout, 'hello');
    assert.equal((await node('process.exit(0)', { stdin: 'x'.repeat(1_000_000) })).exitCode, 0);
  });

  it('reads a third descriptor line by line', async () => {
    const lines: string[] = [];
    await node(`require('node:fs').writeSync(3, 'a\\nb\\n')`, {
      fd3: true,
      onLine: (line, stream) => lines.push(`${stream} ${line}`),
    });
    assert.deepEqual(lines, ['fd3 a', 'fd3 b']);
  });

  it('gives the caller’s environment less what makes tools part of an editor, or an allow-list', async () => {
    const dirty = {
      ...process.env,
      NODE_OPTIONS: '--no-warnings',
      ELECTRON_RUN_AS_NODE: '1',
      VSCODE_PID: '1',
      MY_TOKEN: 't',
    };
    const host = { ...env.host, env: dirty };
    const groups = createGroups({ ...env, host, folder: join(folder.path, 'groups') });
    const own = createProcesses({ groups, clock: env.clock });
    const seen = async (environment: 'caller' | 'tool'): Promise<readonly string[]> => {
      const argv = [process.execPath, '-p', 'JSON.stringify(Object.keys(process.env))'];
      const end = await own.run({
        argv,
        cwd: folder.path,
        environment,
        extraEnv: { EXTRA: '1' },
        keepStdoutBytes: 100_000,
      });
      return end.stdout
        .split(/\W+/)
        .filter((name) =>
          ['NODE_OPTIONS', 'ELECTRON_RUN_AS_NODE', 'VSCODE_PID', 'MY_TOKEN', 'EXTRA', 'PATH'].includes(name),
        )
        .toSorted();
    };
    assert.deepEqual(await seen('caller'), ['EXTRA', 'MY_TOKEN', 'PATH']);
    assert.deepEqual(await seen('tool'), ['EXTRA', 'PATH']);
  });

  it('says what could not be started', async () => {
    const run = async (argv: readonly string[], cwd = folder.path): Promise<string | null> => {
      const end = await processes.run({ argv, cwd, environment: 'caller' });
      assert.equal(end.how, 'spawn');
      return end.message;
    };
    writeFileSync(join(folder.path, 'plain.txt'), '');
    assert.equal(
      await run(['no-such-program-here']),
      'no-such-program-here was not found on PATH. Install it or correct the command.',
    );
    assert.match((await run([join(folder.path, 'plain.txt')])) ?? '', /may not be executed/);
    assert.match((await run(['./missing/tool'])) ?? '', /does not exist\. Correct the command/);
    assert.match((await run(['node'], join(folder.path, 'gone'))) ?? '', /^The folder .*gone does not exist\.$/);
    assert.match((await run(['node\0'])) ?? '', /could not be started/);
    assert.deepEqual(ledger(), []);
  });

  it('reads 100 MB of output with bounded memory, long lines in pieces of 64 KiB', async () => {
    let characters = 0;
    let longest = 0;
    let highest = 0;
    const before = process.memoryUsage().rss;
    const end = await node(
      `const line = 'y'.repeat(1023) + '\\n'; const long = 'z'.repeat(1 << 20);
       let n = 0; const more = () => { while (n++ < 100 * 1024) if (!process.stdout.write(n % 1024 ? line : long + '\\n')) return process.stdout.once('drain', more) }; more()`,
      {
        onLine: (line) => {
          characters += line.length;
          longest = Math.max(longest, line.length);
          if (characters % 1000 === 0) highest = Math.max(highest, process.memoryUsage().rss);
        },
      },
    );
    assert.equal(end.exitCode, 0);
    assert.ok(characters > 200_000_000, `${characters} characters read`);
    assert.equal(longest, 64 * 1024);
    assert.ok(
      highest - before < 150 * 1024 * 1024,
      `memory grew by ${Math.round((highest - before) / 1024 / 1024)} MiB`,
    );
  });

  it('ends the whole tree on a timeout, also who ignores TERM and who left the group', async () => {
    const pids: number[] = [];
    const end = await node(
      `process.on('SIGTERM', () => {}); const child = ${DETACHED}; console.log(process.pid); console.log(child.pid); setInterval(() => {}, 1000)`,
      { timeoutMs: STARTED_MS, onLine: (line) => pids.push(Number(line)) },
    );
    assert.equal(end.how, 'timeout');
    assert.equal(pids.length, 2);
    assert.deepEqual(pids.filter(isAlive), []);
    assert.ok(end.durationMs < STARTED_MS + GONE_MS, `took ${end.durationMs} ms`);
    assert.deepEqual(ledger(), []);
  });

  it('ends the tree on abort, and starts nothing when aborted before', async () => {
    const controller = new AbortController();
    const pids: number[] = [];
    const end = await node(`console.log(process.pid); setInterval(() => {}, 1000)`, {
      signal: controller.signal,
      onLine: (line) => {
        pids.push(Number(line));
        controller.abort();
      },
    });
    assert.equal(end.how, 'aborted');
    assert.equal(end.signal, 'SIGTERM');
    assert.deepEqual(pids.filter(isAlive), []);
    assert.equal((await node('process.exit(9)', { signal: controller.signal })).exitCode, null);
  });

  it('ends what a finished process left in its group', async () => {
    const pids: number[] = [];
    const end = await node(
      `const child = require('node:child_process').spawn('sleep', ['1000'], { stdio: 'inherit' }); console.log(child.pid); child.unref(); process.exit(0)`,
      { onLine: (line) => pids.push(Number(line)) },
    );
    assert.equal(end.exitCode, 0);
    assert.equal(pids.length, 1);
    assert.deepEqual(pids.filter(isAlive), []);
  });

  it('does not wait for a daemon that keeps the output open', async () => {
    const pids: number[] = [];
    const end = await node(
      `const child = require('node:child_process').spawn('sleep', ['1000'], { stdio: 'inherit', detached: true }); console.log(child.pid); child.unref(); process.exit(0)`,
      { onLine: (line) => pids.push(Number(line)) },
    );
    assert.equal(end.exitCode, 0);
    const [daemon] = pids;
    assert.ok(daemon !== undefined && isAlive(daemon));
    process.kill(daemon, 'SIGKILL');
  });

  it('close ends everything', async () => {
    const pids: number[] = [];
    const running = node(`console.log(process.pid); setInterval(() => {}, 1000)`, {
      onLine: (line) => pids.push(Number(line)),
    });
    await eventually('the child runs', () => pids.length === 1);
    await processes.close();
    assert.equal((await running).how, 'signal');
    assert.deepEqual(pids.filter(isAlive), []);
  });

  it('sweeps the tree of a killed Savepoint at the next start, and nothing else', async () => {
    const rig = spawn(
      process.execPath,
      [
        fileURLToPath(import.meta.resolve('../support/process-rig.ts')),
        folder.path,
        `console.log(process.pid); console.log(${DETACHED}.pid); setInterval(() => {}, 1000)`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let text = '';
    rig.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await eventually('both processes run', () => text.split('\n').length > 2);
    const pids = text.trim().split('\n').map(Number);
    assert.equal(await processes.sweep(), 0, 'its owner lives');
    assert.deepEqual(pids.filter(isAlive), pids);
    rig.kill('SIGKILL');
    await eventually('the owner is gone', () => rig.signalCode !== null);
    assert.deepEqual(pids.filter(isAlive), pids);
    assert.equal(await processes.sweep(), 1);
    assert.deepEqual(pids.filter(isAlive), []);
    assert.deepEqual(ledger(), []);
    assert.equal(await processes.sweep(), 0);
  });

  it('never ends a process that only has the same id as a recorded one', async () => {
    const stranger = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
    assert.ok(stranger.pid !== undefined);
    try {
      const groups = join(folder.path, 'groups');
      env.files.makeDir(groups);
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
      const owner = ['4194303', '1'];
      writeFileSync(join(groups, 'a.group'), ['a', stranger.pid, boot, '12345', ...owner, ''].join('\n'));
      writeFileSync(join(groups, 'b.group'), ['b', stranger.pid, 'another-boot', '12345', ...owner, ''].join('\n'));
      writeFileSync(join(groups, 'torn.group'), 'c\n12');
      assert.equal(await processes.sweep(), 0);
      assert.ok(isAlive(stranger.pid));
      assert.deepEqual(ledger(), []);
    } finally {
      stranger.kill('SIGKILL');
    }
  });
});
