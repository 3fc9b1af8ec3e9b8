// Drives the built command line from outside, as a person or a script would: one workspace and one state folder a rig.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import {
  checkLine,
  commandLine,
  contextLine,
  decisionLine,
  eventLine,
  problemLine,
  resultLine,
  runLine,
  sessionLine,
} from '../../src/contract/commands/lines.ts';
import { FAILURES, type FailureCode } from '../../src/contract/failures.ts';
import { eventually } from './eventually.ts';
import { createRepository, writeTree } from './git-repository.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** The built command line; SAVEPOINT_CLI names another build, such as an installed package. */
const CLI = process.env['SAVEPOINT_CLI'] ?? path.join(root, 'dist/savepoint.js');
/** Long enough for a loaded machine: a test that waits so long has failed anyhow. */
const DEADLINE_MS = 30_000;
/** An orderly end leaves no process behind for longer (RELIABILITY: process trees are gone within 5 s). */
const LEFTOVER_MS = 8_000;

const failureCode = z.custom<FailureCode>((code) => typeof code === 'string' && Object.hasOwn(FAILURES, code));
const errorLine = z.object({ kind: z.literal('error'), code: failureCode, message: z.string().min(1), data: z.json() });
const anyLine = z.discriminatedUnion('kind', [
  eventLine,
  resultLine,
  runLine,
  sessionLine,
  problemLine,
  checkLine,
  commandLine,
  contextLine,
  decisionLine,
  errorLine,
]);
export type Line = z.infer<typeof anyLine>;
export type LineOf<Kind extends Line['kind']> = Extract<Line, { readonly kind: Kind }>;
export type EventLine = LineOf<'event'>;
export type ResultLine = LineOf<'result'>;

export interface CliResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Every whole line of standard output, checked against the published schemas: anything else throws. */
  readonly lines: () => readonly Line[];
  readonly of: <Kind extends Line['kind']>(kind: Kind) => readonly LineOf<Kind>[];
  /** The only line of this kind. */
  readonly only: <Kind extends Line['kind']>(kind: Kind) => LineOf<Kind>;
}

export interface RunningCli {
  readonly pid: number;
  /** What it has written so far. */
  readonly soFar: () => CliResult;
  /** Resolves with the first line that fits, also one written before; fails when the process ends without. */
  line<Kind extends Line['kind']>(kind: Kind, fits?: (line: LineOf<Kind>) => boolean): Promise<LineOf<Kind>>;
  signal(signal: NodeJS.Signals): void;
  /** Types into its standard input. */
  type(text: string): void;
  closeInput(): void;
  readonly done: Promise<CliResult>;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A program to start it with, such as `script` or `time`. */
  readonly under?: (command: readonly string[]) => readonly string[];
  /** Default true: `--json` is added. */
  readonly json?: boolean;
}

export interface RigOptions {
  /** Files of the workspace, committed when `git` is left out or true. */
  readonly files?: Readonly<Record<string, string>>;
  readonly git?: boolean;
  readonly name?: string;
}

export interface Rig {
  readonly workspace: string;
  /** A folder beside the workspace, for what agents note down. */
  readonly outside: string;
  /** What SAVEPOINT_STATE_DIR says. */
  readonly stateHome: string;
  /** This workspace's state folder, which must exist by now. */
  stateDir(): string;
  write(files: Readonly<Record<string, string>>): void;
  /** Runs a command to its end. */
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  start(args: readonly string[], options?: CliOptions): RunningCli;
  /** Removes everything; fails when a process of the rig is left. */
  dispose(): Promise<void>;
}

export function createRig({ files = {}, git = true, name = 'ws' }: RigOptions = {}): Rig {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'savepoint-e2e-')));
  const workspace = path.join(home, name);
  const outside = path.join(home, 'outside');
  const stateHome = path.join(home, 'state');
  const mark = randomUUID();
  for (const folder of [workspace, outside]) mkdirSync(folder);
  if (git) createRepository(workspace, files);
  else writeTree(workspace, files);
  const running = new Set<RunningCli>();

  const start = (args: readonly string[], options: CliOptions = {}): RunningCli => {
    const { env = {}, cwd = workspace, under = (command) => command, json = true } = options;
    const [program = '', ...rest] = under([process.execPath, CLI, ...args, ...(json ? ['--json'] : [])]);
    const cli = startProgram(program, rest, {
      cwd,
      env: { ...environment(home, stateHome), SAVEPOINT_RIG: mark, ...env },
    });
    running.add(cli);
    void cli.done.then(() => running.delete(cli));
    return cli;
  };
  return {
    workspace,
    outside,
    stateHome,
    stateDir() {
      const names = existsSync(stateHome) ? readdirSync(stateHome) : [];
      const folder = names.find((one) => /-[0-9a-f]{16}$/.test(one));
      if (folder === undefined) throw new Error(`no state folder in ${stateHome}`);
      return path.join(stateHome, folder);
    },
    write: (more) => writeTree(workspace, more),
    run: (args, options) => {
      const cli = start(args, options);
      cli.closeInput();
      return cli.done;
    },
    start,
    async dispose() {
      for (const cli of running) cli.signal('SIGKILL');
      try {
        await eventually('no process of the rig is left', () => processesOf(mark, home).length === 0, LEFTOVER_MS);
      } catch (error) {
        const left = processesOf(mark, home);
        for (const { pid } of left) process.kill(pid, 'SIGKILL');
        throw new Error(`left running: ${left.map(({ command }) => command).join(' | ')}`, { cause: error });
      } finally {
        rmSync(home, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };
}

/** The environment of whoever runs the tests, less what would change the outcome. */
function environment(home: string, stateHome: string): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      !/^(?:NO_COLOR|FORCE_COLOR|CI|GIT_.*|NODE_OPTIONS|SAVEPOINT_.*|XDG_.*|COLUMNS)$/.test(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    // Tools of the workspaces run under the Node that runs the tests.
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}`,
    HOME: home,
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    SAVEPOINT_STATE_DIR: stateHome,
  };
}

function startProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Record<string, string> },
): RunningCli {
  const child = spawn(program, [...args], { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  // Whoever was killed no longer reads.
  child.stdin.on('error', () => undefined);
  let ended: CliResult | null = null;
  const soFar = (): CliResult => ended ?? cliResult(out, err, { code: null, signal: null });
  const done = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      ended = cliResult(out, err, { code, signal });
      resolve(ended);
    });
  });
  return {
    pid: child.pid ?? 0,
    soFar,
    async line(kind, fits = () => true) {
      let seen = 0;
      for (;;) {
        const over = ended !== null;
        const lines = soFar().lines();
        for (; seen < lines.length; seen++) {
          const line = lines[seen];
          if (line && isOf(line, kind) && fits(line)) return line;
        }
        if (over)
          throw new Error(`ended without the ${kind} line that was waited for:\n${soFar().stdout}${soFar().stderr}`);
        await eventually(
          `a further line of ${args.join(' ')}`,
          () => ended !== null || soFar().lines().length > seen,
          DEADLINE_MS,
        );
      }
    },
    signal: (signal) => void child.kill(signal),
    type: (text) => void child.stdin.write(text),
    closeInput: () => child.stdin.end(),
    done,
  };
}

function isOf<Kind extends Line['kind']>(line: Line, kind: Kind): line is LineOf<Kind> {
  return line.kind === kind;
}

function cliResult(out: readonly Buffer[], err: readonly Buffer[], end: Pick<CliResult, 'code' | 'signal'>): CliResult {
  const stdout = Buffer.concat(out).toString('utf8');
  const stderr = Buffer.concat(err).toString('utf8');
  const lines = (): readonly Line[] =>
    stdout
      .split('\n')
      .slice(0, -1)
      .map((text) => anyLine.parse(JSON.parse(text)));
  const of = <Kind extends Line['kind']>(kind: Kind): readonly LineOf<Kind>[] =>
    lines().filter((line): line is LineOf<Kind> => isOf(line, kind));
  return {
    ...end,
    stdout,
    stderr,
    lines,
    of,
    only(kind) {
      const [line, second] = of(kind);
      if (!line || second) throw new Error(`not exactly one ${kind} line:\n${stdout}\n${stderr}`);
      return line;
    },
  };
}

/** What a command said at last, for the message of an assertion. */
export const said = ({ stdout, stderr }: Pick<CliResult, 'stdout' | 'stderr'>): string =>
  `${stdout.trimEnd().split('\n').at(-1)?.slice(0, 1500) ?? ''}\n${stderr.slice(-1500)}`;

/** Processes that carry the rig's mark, or whose command or folder is in the rig; looked up where /proc is (Linux). */
function processesOf(mark: string, home: string): readonly { readonly pid: number; readonly command: string }[] {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    const facts = factsOf(pid);
    if (!facts || (!facts.environment.includes(mark) && !facts.command.includes(home) && !facts.cwd.startsWith(home)))
      return [];
    return [{ pid, command: facts.command }];
  });
}

/** Whether it still runs; one that ended but was not reaped does not. Only where /proc is (Linux). */
export const isRunning = (pid: number): boolean => factsOf(pid) !== null;

function factsOf(pid: number): { readonly environment: string; readonly command: string; readonly cwd: string } | null {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    // A zombie has no command line any more: it is gone but for its exit code.
    if (command === '') return null;
    return {
      environment: readFileSync(`/proc/${pid}/environ`, 'utf8'),
      command,
      cwd: readlinkSync(`/proc/${pid}/cwd`),
    };
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}
