import { isAbsolute, relative, resolve, sep } from 'node:path';
import * as z from 'zod';
import type { AgentMessage, Evidence } from '../../../contract/agents.ts';
import type { TestCase } from '../../../contract/findings.ts';
import type { AgentContext } from '../agent.ts';
import type { ProcessEnd } from '../../process/processes.ts';
import type { RunnerCommand } from './commands.ts';
import { caseMessage } from './case-message.ts';
import { uncaughtIn } from './uncaught.ts';

/** What the reporters say (reporters/sink.cjs). */
const lineSchema = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('test'),
    name: z.string(),
    file: z.string(),
    status: z.enum(['passed', 'failed', 'skipped']),
    ms: z.number(),
    message: z.string().optional(),
    stack: z.string().optional(),
  }),
  z.object({
    t: z.literal('broken'),
    file: z.string(),
    message: z.string(),
    stack: z.string(),
    /** The end of what the file wrote to standard error, where the runner has no more of its failure than that. */
    output: z.string().optional(),
  }),
  z.object({ t: z.literal('empty'), file: z.string() }),
  z.object({ t: z.literal('begin') }),
  z.object({ t: z.literal('idle') }),
  z.object({ t: z.literal('busy') }),
  z.object({ t: z.literal('end'), files: z.number().optional() }),
]);

/** How one call of a runner went. */
export interface RunnerRun {
  readonly command: RunnerCommand;
  readonly end: ProcessEnd;
  readonly cases: readonly TestCase[];
  /** Files from which something came: tests, or that they hold none. Relative to the workspace. */
  readonly files: ReadonlyMap<string, number>;
  /** Files that hold no test. */
  readonly empty: readonly string[];
  /** The runner said that it was through. */
  readonly ended: boolean;
  /** It said that it found no test file. */
  readonly foundNone: boolean;
  /** It was through and did not end by itself, so it was ended. */
  readonly leftOpen: boolean;
  /** Until the runner came to life; null when it never did. */
  readonly startMs: number | null;
}

/** How long a runner may live on after its last test: then something (a server, a timer) holds it open. */
const LINGER_MS = 5000;

/** Name of the case that stands for a file which failed as a whole. */
export const BROKEN_FILE = '(the file itself)';
/** Name of the case that stands for a failure which the runner lays to no file. */
const NO_FILE = '(outside the tests)';

export interface ListenDeps {
  readonly context: Pick<AgentContext, 'processes' | 'clock' | 'signal' | 'workspace'>;
  /** Each case as it comes. */
  readonly onCase: (test: TestCase) => void;
  readonly onLog: (message: Extract<AgentMessage, { kind: 'log' }>) => void;
}

/** Starts the runner and listens until it has ended, was ended for lingering, or the step was aborted. */
export async function runAndListen(command: RunnerCommand, deps: ListenDeps): Promise<RunnerRun> {
  const { processes, clock, signal, workspace } = deps.context;
  const lingering = new AbortController();
  const cases: TestCase[] = [];
  const files = new Map<string, number>();
  const empty: string[] = [];
  const from = clock.monotonic();
  let startMs: number | null = null;
  let ended = false;
  let foundNone = false;
  let stopWaiting: (() => void) | null = null;

  const add = (test: TestCase): void => {
    files.set(test.file, (files.get(test.file) ?? 0) + 1);
    cases.push(test);
    deps.onCase(test);
  };
  const hear = (line: string): void => {
    const said = lineSchema.safeParse(parseJson(line)).data;
    // A test that writes on descriptor 3 itself is not for us to judge.
    if (said === undefined) return deps.onLog({ kind: 'log', text: line, stream: 'stdout' });
    startMs ??= clock.monotonic() - from;
    if (said.t === 'end') {
      ended = true;
      foundNone = said.files === 0;
    }
    stopWaiting?.();
    stopWaiting =
      said.t === 'idle' || ended ? clock.timer(LINGER_MS, () => lingering.abort(), { keepAlive: true }) : null;
    if (said.t === 'test') add(toCase(said, { root: workspace.root, cwd: command.cwd }));
    else if (said.t === 'broken') add(toCase(brokenCase(said), { root: workspace.root, cwd: command.cwd }));
    else if (said.t === 'empty') {
      empty.push(inWorkspace(said.file, workspace.root));
      files.set(inWorkspace(said.file, workspace.root), 0);
    }
  };
  const end = await processes.run({
    argv: command.argv,
    cwd: command.cwd,
    environment: 'caller',
    extraEnv: command.extraEnv,
    signal: AbortSignal.any([signal, lingering.signal]),
    fd3: true,
    onLine: (line, stream) => (stream === 'fd3' ? hear(line) : deps.onLog({ kind: 'log', text: line, stream })),
  });
  // TypeScript does not see that `hear` sets it.
  (stopWaiting as (() => void) | null)?.();
  const leftOpen = lingering.signal.aborted && !signal.aborted;
  return { command, end, cases, files, empty, ended, foundNone, leftOpen, startMs };
}

export function evidenceOf(
  run: RunnerRun,
  tool: { readonly name: string; readonly version: string },
): Omit<Evidence, 'step'> {
  return {
    tool: tool.name,
    version: tool.version,
    command: run.command.argv,
    cwd: run.command.cwd,
    exitCode: run.end.exitCode,
    durationMs: run.end.durationMs,
  };
}

interface Said {
  readonly name: string;
  readonly file: string;
  readonly status: TestCase['status'];
  readonly ms?: number;
  readonly message?: string | undefined;
  readonly stack?: string | undefined;
}

interface Broken extends Omit<Said, 'name' | 'status'> {
  readonly output?: string | undefined;
}

function brokenCase({ output = '', ...said }: Broken): Said {
  const error = uncaughtIn(output.split('\n'));
  return { ...said, ...error, name: said.file === '' ? NO_FILE : BROKEN_FILE, status: 'failed' };
}

/** A file that does not load and stopped its runner, told by what the runner wrote to standard error. */
export function brokenFile(file: string, output: readonly string[], at: Places): TestCase {
  const error = uncaughtIn(output) ?? { message: ['does not load', ...output.slice(-12)].join('\n'), stack: '' };
  return { name: BROKEN_FILE, file, status: 'failed', message: caseMessage({ ...error, ...at }) };
}

/** Whether a case stands for a file or the run as a whole, no test of its own. */
export function isNoTest({ name }: Pick<TestCase, 'name'>): boolean {
  return name === BROKEN_FILE || name === NO_FILE;
}

interface Places {
  readonly root: string;
  readonly cwd: string;
}

function toCase({ name, file, status, ms, message, stack }: Said, at: Places): TestCase {
  const path = inWorkspace(file, at.root);
  const about =
    status === 'failed' ? { message: caseMessage({ message: message ?? '', stack: stack ?? '', ...at }) } : {};
  return { name, file: path, status, ...(ms === undefined ? {} : { durationMs: Math.max(0, ms) }), ...about };
}

/** Relative with `/` where it lies in the workspace. */
function inWorkspace(file: string, root: string): string {
  if (file === '') return '';
  const path = relative(root, isAbsolute(file) ? file : resolve(root, file));
  return path.split(sep).join('/');
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
