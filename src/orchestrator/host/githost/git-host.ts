import type { Clock } from '../../env.ts';
import type { Group, Groups } from '../../process/groups.ts';
import { spawnGit, type GitEnd, type RunGit } from '../../workspace/git-command.ts';
import type { FromGitHost, ToGitHost } from './messages.ts';

/** Its memory is given back after this long without a question (RELIABILITY: 2 min). */
const IDLE_MS = 2 * 60_000;

/**
 * Starts git in a small process of its own. On Linux, starting a process copies the tables of all memory of the one that starts it
 * and holds all its threads up while they write to that memory again: in an editor's extension host of 350 MB, 10 ms of processor
 * time and 20 to 150 ms by the clock each time, VS Code's own thread included.
 */
export interface GitHost {
  readonly run: RunGit;
  close(): Promise<void>;
}

export interface GitHostDeps {
  readonly groups: Groups;
  readonly clock: Clock;
  /** argv that starts it: Node and the entry file. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly idleMs?: number;
}

/** Where that process cannot be started, or dies before it said anything, git is started by this thread. */
export function createGitHost(deps: GitHostDeps): GitHost {
  const { clock, idleMs = IDLE_MS } = deps;
  let current: Running | null = null;
  let cancelEnd = (): void => undefined;
  let atWork = 0;
  let closed = false;

  async function ask(...question: Parameters<RunGit>): Promise<GitEnd | null> {
    if (closed) return null;
    if (current?.isGone() !== false) current = startHost(deps);
    return current.ask(...question);
  }

  async function end(): Promise<void> {
    cancelEnd();
    const last = current;
    current = null;
    await last?.end();
  }

  return {
    async run(...question) {
      cancelEnd();
      atWork++;
      try {
        return (await ask(...question)) ?? (await spawnGit(...question));
      } finally {
        atWork--;
        if (atWork === 0 && !closed) cancelEnd = clock.timer(idleMs, () => void end());
      }
    },
    async close() {
      closed = true;
      await end();
    },
  };
}

interface Running {
  /** Null where it gave no answer and nothing of one. */
  ask(...question: Parameters<RunGit>): Promise<GitEnd | null>;
  isGone(): boolean;
  end(): Promise<void>;
}

interface Asked {
  heard: boolean;
  readonly onChunk: (chunk: Buffer) => void;
  readonly settle: (end: GitEnd | null) => void;
}

function startHost({ groups, argv, cwd }: GitHostDeps): Running {
  const asked = new Map<number, Asked>();
  let calls = 0;
  let gone = false;
  const starting = start();

  /** Null where the operating system refuses. */
  async function start(): Promise<Group | null> {
    try {
      const group = await groups.start({
        ...{ argv, cwd, environment: 'caller', lowPriority: false },
        ...{ stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' },
      });
      listenTo(group);
      return group;
    } catch (error) {
      gone = true;
      if (error instanceof Error && 'code' in error) return null;
      throw error;
    }
  }

  function listenTo(group: Group): void {
    const { child } = group;
    child.on('message', (message) => receive(message as FromGitHost));
    child.once('error', leave);
    child.once('exit', () => {
      leave();
      void group.settle();
    });
  }

  function receive(message: FromGitHost): void {
    const one = asked.get(message.call);
    if (one === undefined) return;
    if (message.kind === 'refused') one.settle(null);
    else if (message.kind === 'end') one.settle(message.end);
    else {
      one.heard = true;
      one.onChunk(asBuffer(message.bytes));
    }
  }

  function leave(): void {
    gone = true;
    for (const { heard, settle } of asked.values())
      settle(heard ? { how: 'done', exitCode: -1, stdout: Buffer.alloc(0), stderr: 'it was killed' } : null);
  }

  return {
    isGone: () => gone,
    end: async () => (await starting)?.kill(),
    async ask(git, onChunk) {
      const group = await starting;
      if (group === null || gone) return null;
      const chunks: Buffer[] = [];
      const call = ++calls;
      const end = await new Promise<GitEnd | null>((resolve) => {
        asked.set(call, { heard: false, onChunk: onChunk ?? ((chunk) => chunks.push(chunk)), settle: resolve });
        const message: ToGitHost = { call, git };
        // A channel that breaks here belongs to a host that ends: its `exit` settles the call.
        group.child.send(message, () => undefined);
      });
      asked.delete(call);
      return end?.how === 'done' && onChunk === undefined ? { ...end, stdout: Buffer.concat(chunks) } : end;
    },
  };
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
