import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Clock } from '../env.ts';
import type { Group, Groups } from './groups.ts';
import { isDiskFull } from '../state-file.ts';
import { createLastLines, createLineSplitter } from './lines.ts';
import type { Command, ProcessEnd, Processes } from './processes.ts';

/** How long output may still come after the process has ended, while something that it started holds the pipe. */
const DRAIN_MS = 1000;

export function createProcesses({ groups, clock }: { readonly groups: Groups; readonly clock: Clock }): Processes {
  return {
    run: (command) => runCommand({ command, groups, clock }),
    sweep: () => groups.sweep(),
    close: () => groups.close(),
  };
}

interface Job {
  readonly command: Command;
  readonly groups: Groups;
  readonly clock: Clock;
}
type Ending = Pick<ProcessEnd, 'how' | 'diskFull' | 'exitCode' | 'signal' | 'message'>;

async function runCommand(job: Job): Promise<ProcessEnd> {
  const { command, groups, clock } = job;
  const from = clock.monotonic();
  const output = createOutput(command);
  const finish = (ending: Ending): ProcessEnd => ({
    ...ending,
    durationMs: clock.monotonic() - from,
    ...output.kept(),
  });
  if (command.signal?.aborted === true) return finish(ABORTED);
  let group: Group;
  try {
    group = await groups.start({
      argv: command.argv,
      cwd: command.cwd,
      environment: command.environment,
      extraEnv: command.extraEnv,
      stdio: [
        command.stdin === undefined ? 'ignore' : 'pipe',
        'pipe',
        'pipe',
        ...(command.fd3 === true ? (['pipe'] as const) : []),
      ],
      lowPriority: command.lowPriority !== false,
    });
  } catch (error) {
    return finish(notStarted(command, error));
  }
  output.attach(group.child);
  feed(group.child, command.stdin);
  return finish(await watch(group, job));
}

const ABORTED: Ending = { how: 'aborted', exitCode: null, signal: null, message: null };

/** Resolves when the process and what it left are gone and the output is read. */
async function watch(group: Group, { command, clock }: Job): Promise<Ending> {
  const { child } = group;
  let cut: 'timeout' | 'aborted' | null = null;
  let killed = Promise.resolve();
  const stop = (why: 'timeout' | 'aborted'): void => {
    cut ??= why;
    killed = group.kill();
  };
  const onAbort = (): void => stop('aborted');
  command.signal?.addEventListener('abort', onAbort, { once: true });
  if (command.signal?.aborted === true) onAbort();
  const cancelTimer = command.timeoutMs === undefined ? null : clock.timer(command.timeoutMs, () => stop('timeout'));
  try {
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const ending = await exitOf(child, command);
    await (cut === null ? group.settle() : killed);
    if (ending.how !== 'spawn') await drained(child, closed, clock);
    return cut === null ? ending : { ...ending, how: cut };
  } finally {
    cancelTimer?.();
    command.signal?.removeEventListener('abort', onAbort);
  }
}

function exitOf(child: ChildProcess, command: Command): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) =>
      resolve({ how: signal === null ? 'exit' : 'signal', exitCode, signal, message: null }),
    );
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(notStarted(command, error));
    });
  });
}

/** A daemon that left the group may hold our pipes for ever: after a moment they are closed from our side. */
async function drained(child: ChildProcess, closed: Promise<void>, clock: Clock): Promise<void> {
  const cancel = clock.timer(
    DRAIN_MS,
    () => {
      for (const stream of child.stdio) stream?.destroy();
    },
    { keepAlive: true },
  );
  await closed;
  cancel();
}

function feed(child: ChildProcess, text: string | undefined): void {
  if (!child.stdin || text === undefined) return;
  // A process that does not read its input breaks the pipe (EPIPE): its exit code tells whether that was wrong.
  child.stdin.on('error', () => undefined);
  child.stdin.end(text);
}

interface Output {
  attach(child: ChildProcess): void;
  kept(): Pick<ProcessEnd, 'stdout' | 'stdoutCut' | 'lastLines'>;
}

function createOutput({ onLine, keepStdoutBytes = 0 }: Command): Output {
  const last = createLastLines();
  const chunks: Buffer[] = [];
  let left = keepStdoutBytes;
  let cut = false;

  function keep(chunk: Buffer): void {
    if (chunk.length > left) cut = true;
    if (left > 0) chunks.push(chunk.subarray(0, left));
    left = Math.max(0, left - chunk.length);
  }

  function read(stream: Readable, name: 'stdout' | 'stderr' | 'fd3'): void {
    const lines = createLineSplitter((line, ends) => {
      if (name !== 'fd3') last.add(line);
      onLine?.(line, name, ends);
    });
    stream.on('data', (chunk: Buffer) => {
      if (name === 'stdout' && keepStdoutBytes > 0) keep(chunk);
      lines.write(chunk);
    });
    stream.once('close', () => lines.end());
  }

  return {
    attach(child) {
      if (child.stdout) read(child.stdout, 'stdout');
      if (child.stderr) read(child.stderr, 'stderr');
      const extra = child.stdio[3];
      if (extra && 'read' in extra) read(extra, 'fd3');
    },
    kept: () => ({ stdout: Buffer.concat(chunks).toString('utf8'), stdoutCut: cut, lastLines: last.lines() }),
  };
}

function notStarted({ argv, cwd }: Command, error: unknown): Ending {
  const program = argv[0] ?? '';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const full = isDiskFull(error) ? { diskFull: true as const } : {};
  return { how: 'spawn', ...full, exitCode: null, signal: null, message: explain(code) };

  function explain(reason: unknown): string {
    if (!existsSync(cwd)) return `The folder ${cwd} does not exist.`;
    if (reason === 'ENOENT' && program.includes('/')) return `${program} does not exist. Correct the command.`;
    if (reason === 'ENOENT') return `${program} was not found on PATH. Install it or correct the command.`;
    if (isDiskFull(error)) return 'The disk that holds Savepoint’s own files is full. Make room there.';
    if (reason === 'EACCES') return `${program} may not be executed. Check its permissions.`;
    return `${program} could not be started: ${error instanceof Error ? error.message : String(error)}`;
  }
}
