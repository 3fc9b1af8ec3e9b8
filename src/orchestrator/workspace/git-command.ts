import { spawn } from 'node:child_process';

/** Nothing of the user's or the repository's configuration may start a program, page, colour or quote. */
const FIXED = [
  '--no-pager',
  '-c',
  'core.quotepath=off',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'color.ui=false',
  '-c',
  'core.hooksPath=/dev/null',
];

/** Variables of git that only say where its own configuration and programs are; the others would point at another repository. */
const KEPT = /^GIT_(?:CONFIG|EXEC_PATH|CEILING)/;

export type GitEnd =
  | { readonly how: 'done'; readonly exitCode: number; readonly stdout: Buffer; readonly stderr: string }
  /** git itself is not there. */
  | { readonly how: 'missing' };

export interface Git {
  /** Runs one reading git command in the folder. `onChunk` streams standard output instead of keeping it. */
  (args: readonly string[], onChunk?: (chunk: Buffer) => void): Promise<GitEnd>;
}

/** One git process, as it is started. */
export interface GitProcess {
  readonly cwd: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Runs it to its end. Rejects where the operating system refuses to start anything. */
export type RunGit = (git: GitProcess, onChunk?: (chunk: Buffer) => void) => Promise<GitEnd>;

const MAX_STDERR = 4000;

/**
 * Reading only: takes no lock, fetches nothing, asks nothing. Messages are English, so that their meaning can be told. `run`: by
 * whom git is started; default: by this thread.
 */
export function createGit(deps: {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly run?: RunGit | undefined;
}): Git {
  const { cwd, run = spawnGit } = deps;
  const env = gitEnvironment(deps.env);
  return (args, onChunk) => run({ cwd, env, args: [...FIXED, ...args] }, onChunk);
}

export const spawnGit: RunGit = ({ cwd, env, args }, onChunk) =>
  new Promise((resolve, reject) => {
    const child = spawn('git', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', onChunk ?? ((chunk: Buffer) => chunks.push(chunk)));
    child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString('utf8')).slice(0, MAX_STDERR)));
    child.once('error', (error) => {
      if ('code' in error && error.code === 'ENOENT') resolve({ how: 'missing' });
      else reject(error);
    });
    child.once('close', (code) =>
      resolve({ how: 'done', exitCode: code ?? -1, stdout: Buffer.concat(chunks), stderr }),
    );
  });

export function gitEnvironment(caller: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(caller)) {
    if (value !== undefined && (!name.startsWith('GIT_') || KEPT.test(name))) env[name] = value;
  }
  return { ...env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '1' };
}

/** The first line that git said about a failure, without its prefix. */
export function gitComplaint(stderr: string): string {
  return (stderr.trim().split('\n')[0] ?? '').replace(/^(?:fatal|error): /, '');
}
