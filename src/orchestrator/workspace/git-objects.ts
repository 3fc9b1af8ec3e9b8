import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { gitEnvironment } from './git-command.ts';

/** A blob's bytes; null when there is no such object or it is longer than asked for. */
export type Blob = Buffer | null;

interface Request {
  readonly resolve: (blob: Blob) => void;
  readonly reject: (error: Error) => void;
}

export interface GitObjects {
  /** `<revision>:<path>`, without a line feed. */
  read(name: string): Promise<Blob>;
}

/** An idle reader ends after this long. */
const IDLE_MS = 5000;

/**
 * Reads blobs through one `git cat-file --batch` that serves while there are questions, ends when it is idle or when this process
 * does (its input closes), and keeps nothing awake. Blobs over `maxBytes` are skipped without being held.
 */
export function createGitObjects(deps: {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly maxBytes: number;
}): GitObjects {
  let reader: Reader | null = null;
  return {
    read(name) {
      if (reader === null || reader.ended()) reader = startReader(deps);
      return reader.read(name);
    },
  };
}

interface Reader extends GitObjects {
  ended(): boolean;
}

function startReader({ cwd, env, maxBytes }: Parameters<typeof createGitObjects>[0]): Reader {
  const child = spawn('git', ['cat-file', '--batch'], {
    cwd,
    env: gitEnvironment(env),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const waiting: Request[] = [];
  let ended = false;
  let idle: NodeJS.Timeout | null = null;
  const parser = createBatchParser(maxBytes, (blob) => {
    waiting.shift()?.resolve(blob);
    if (waiting.length > 0) return;
    keepAwake(child, false);
    idle = setTimeout(retire, IDLE_MS).unref();
  });
  const retire = (): void => {
    ended = true;
    child.stdin.end();
  };
  const end = (error: Error): void => {
    ended = true;
    for (const request of waiting.splice(0)) request.reject(error);
  };
  child.stdout.on('data', (chunk: Buffer) => parser.write(chunk));
  child.once('error', end);
  child.once('close', (code) => end(new Error(`git cat-file ended with exit code ${code}`)));
  // A broken pipe is also an end, which `close` reports.
  child.stdin.on('error', () => undefined);
  return {
    ended: () => ended,
    read: (name) =>
      new Promise((resolve, reject) => {
        if (idle !== null) clearTimeout(idle);
        waiting.push({ resolve, reject });
        keepAwake(child, true);
        child.stdin.write(`${name}\n`);
      }),
  };
}

function keepAwake(child: ChildProcessByStdio<Writable, Readable, null>, awake: boolean): void {
  for (const part of [child, child.stdin, child.stdout]) {
    if (!(part === child || part instanceof Socket)) continue;
    if (awake) part.ref();
    else part.unref();
  }
}

/** Parses "<id> blob <size>\n<bytes>\n" and "<name> missing\n". */
function createBatchParser(maxBytes: number, onBlob: (blob: Blob) => void): { write(chunk: Buffer): void } {
  let buffered = Buffer.alloc(0);
  let body: { left: number; readonly chunks: Buffer[] | null } | null = null;

  function takeHeader(): boolean {
    const end = buffered.indexOf(0x0a);
    if (end < 0) return false;
    const size = /^\S+ blob (\d+)$/.exec(buffered.toString('utf8', 0, end))?.[1];
    const other = /^\S+ (?:tree|commit|tag) (\d+)$/.exec(buffered.toString('utf8', 0, end))?.[1];
    buffered = buffered.subarray(end + 1);
    if (size === undefined && other === undefined) onBlob(null);
    else body = { left: Number(size ?? other) + 1, chunks: size !== undefined && Number(size) <= maxBytes ? [] : null };
    return true;
  }

  function takeBody(current: { left: number; readonly chunks: Buffer[] | null }): boolean {
    const part = buffered.subarray(0, current.left);
    buffered = buffered.subarray(part.length);
    current.left -= part.length;
    current.chunks?.push(part);
    if (current.left > 0) return false;
    body = null;
    onBlob(current.chunks === null ? null : Buffer.concat(current.chunks).subarray(0, -1));
    return true;
  }

  return {
    write(chunk) {
      buffered = buffered.length === 0 ? Buffer.from(chunk) : Buffer.concat([buffered, chunk]);
      while (buffered.length > 0 && (body === null ? takeHeader() : takeBody(body)));
    },
  };
}
