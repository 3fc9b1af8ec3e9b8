import type { MessagePort } from 'node:worker_threads';
import type { Board, BoardChange, BoardSnapshot } from '../../contract/board.ts';
import type { JsonObject } from '../../contract/json.ts';
import type {
  CommandMessage,
  EditorWrite,
  HostApi,
  HostEvents,
  WorkerApi,
  WorkerEvents,
  WorkerSettings,
} from '../../contract/worker.ts';
import { ChannelError, createChannel, type Channel, type RequestOptions } from '../../orchestrator/channel/channel.ts';
import type { Clock } from '../../orchestrator/env.ts';
import { createOutbox } from '../edits/outbox.ts';
import { createBoardCopy } from './board-copy.ts';
import { ended, NO_ENDINGS } from './restarts.ts';

/** Where a worker stands: the states of a folder that has one (folder.ts). */
export type LinkState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'restarting'; readonly since: string }
  | { readonly kind: 'stopped'; readonly reason: string; readonly at: string; readonly endings: number };

/** A thread with the orchestrator of one folder. */
export interface WorkerThread {
  readonly port: MessagePort;
  /** Called once, however it ends. */
  onEnd(listener: (why: string) => void): void;
  terminate(): void;
}

export interface WorkerLink {
  readonly state: LinkState;
  readonly board: Board | null;
  request<M extends keyof WorkerApi>(
    method: M,
    request: WorkerApi[M]['request'],
    options?: RequestOptions,
  ): Promise<WorkerApi[M]['reply']>;
  command(
    command: string,
    input: JsonObject,
    options: { readonly signal?: AbortSignal; readonly onMessage?: (message: CommandMessage) => void },
  ): Promise<WorkerApi['command']['reply']>;
  /** Kept where the worker is away, and sent when it is back. */
  wrote(writes: readonly EditorWrite[]): void;
  /** A hint of the file watcher; sent together with others. */
  touched(path: string): void;
  configure(settings: WorkerSettings): void;
  typing(active: boolean): void;
  startAgain(): void;
  /** Ends the worker orderly; resolves when it is gone, or the time for that is up. */
  close(): Promise<void>;
}

export interface WorkerLinkDeps {
  readonly clock: Clock;
  /** With the settings of that moment. */
  readonly start: () => WorkerThread;
  /** State or board changed; `change` is null where everything may have. */
  readonly onChange: (change: BoardChange | null) => void;
  readonly onTest: (test: WorkerEvents['test']) => void;
  readonly onLog: (log: WorkerEvents['log']) => void;
}

/** The editor hears first that the extension is active: a thread that comes to life takes time from that. */
const FIRST_START_MS = 50;
/** A worker that does not answer for so long hangs: it is ended, and started again. */
const PING_EVERY_MS = 10_000;
const HANGS_AFTER_MS = 20_000;
/** VS Code gives `deactivate` 5 s. */
const CLOSE_WITHIN_MS = 4500;

/** Keeps one worker alive, and the last that it told. */
export function createWorkerLink(deps: WorkerLinkDeps): WorkerLink {
  const { clock } = deps;
  const outbox = createOutbox({ clock, onLog: deps.onLog });
  const copy = createBoardCopy();
  const calls = new Map<number, (message: CommandMessage) => void>();
  let state: LinkState = { kind: 'starting' };
  let restarts = NO_ENDINGS;
  let lastCall = 0;
  let live: { readonly channel: ToWorker; readonly thread: WorkerThread } | null = null;
  let cancelStart: (() => void) | null = null;
  let cancelPing = (): void => undefined;
  let closed = false;
  cancelStart = clock.timer(FIRST_START_MS, start);

  return {
    get state() {
      return state;
    },
    get board() {
      return copy.board;
    },
    request,
    command,
    wrote: (writes) => outbox.wrote(writes),
    touched: (path) => outbox.touched(path),
    configure: (settings) => live?.channel.send('settings', settings),
    typing: (active) => live?.channel.send('typing', { active }),
    startAgain,
    close,
  };

  function start(): void {
    cancelStart = null;
    const thread = deps.start();
    const channel: ToWorker = createChannel<HostApi, WorkerApi, HostEvents, WorkerEvents>({
      ...{ port: thread.port, clock, handlers: {} },
      onEvent: (event, data) => heard(event, data),
    });
    const mine = { channel, thread };
    live = mine;
    thread.onEnd((why) => {
      if (live === mine) onEnd(why);
    });
    ping(mine);
    channel.request('snapshot', null).then(
      (snapshot) => {
        if (live === mine && !closed) onReady(mine.channel, snapshot);
      },
      (error: unknown) => {
        // Its end is told apart. A worker that cannot say how things stand is of no use.
        if (live === mine && !(error instanceof ChannelError && error.code === 'closed')) hang(mine, String(error));
      },
    );
  }

  function onReady(channel: ToWorker, snapshot: BoardSnapshot): void {
    copy.take(snapshot);
    state = { kind: 'ready' };
    deps.onChange(null);
    outbox.opened(channel);
  }

  function heard<E extends keyof WorkerEvents>(event: E, data: WorkerEvents[E]): void {
    switch (event) {
      case 'changed':
        changed(data as BoardChange);
        break;
      case 'command': {
        const { call, message } = data as WorkerEvents['command'];
        calls.get(call)?.(message);
        break;
      }
      case 'test':
        deps.onTest(data as WorkerEvents['test']);
        break;
      case 'log':
        deps.onLog(data as WorkerEvents['log']);
        break;
    }
  }

  function changed(change: BoardChange): void {
    // For everybody else the folder is gone.
    if (closed) return;
    const came = copy.change(change);
    if (came === 'taken') deps.onChange(change);
    else if (came === 'missed') void takeSnapshot();
  }

  /** A change was missed. */
  async function takeSnapshot(): Promise<void> {
    const asked = live;
    const snapshot = await asked?.channel.request('snapshot', null).catch(unlessClosed);
    // One that was asked for twice may come after changes that it does not know.
    if (snapshot !== undefined && live === asked && !closed && copy.take(snapshot)) deps.onChange(null);
  }

  function onEnd(why: string): void {
    const wasLive = live;
    live = null;
    cancelPing();
    outbox.closed();
    wasLive?.channel.dispose();
    calls.clear();
    if (closed) return;
    const since = new Date(clock.now()).toISOString();
    const after = ended(restarts, clock.monotonic());
    restarts = after.restarts;
    copy.cutOff();
    deps.onLog({ level: 'error', text: `The worker ended: ${why}` });
    if (after.next.kind === 'stop') {
      const { endings } = after.next;
      state = { kind: 'stopped', reason: asSentence(why), at: since, endings };
    } else {
      state = state.kind === 'starting' || state.kind === 'restarting' ? state : { kind: 'restarting', since };
      cancelStart = clock.timer(after.next.inMs, start);
    }
    deps.onChange(null);
  }

  function ping(mine: NonNullable<typeof live>): void {
    cancelPing = clock.timer(PING_EVERY_MS, () => {
      mine.channel.request('ping', null, { timeoutMs: HANGS_AFTER_MS }).then(
        () => {
          if (live === mine) ping(mine);
        },
        (error: unknown) => {
          if (error instanceof ChannelError && error.code === 'timeout')
            hang(mine, `it did not answer for ${HANGS_AFTER_MS / 1000} s`);
        },
      );
    });
  }

  function hang(mine: NonNullable<typeof live>, why: string): void {
    if (live !== mine) return;
    mine.thread.terminate();
    onEnd(why);
  }

  function startAgain(): void {
    if (closed) return;
    restarts = NO_ENDINGS;
    cancelStart?.();
    if (live !== null) {
      const { thread, channel } = live;
      live = null;
      cancelPing();
      outbox.closed();
      channel.dispose();
      thread.terminate();
    }
    copy.cutOff();
    state =
      copy.board === null ? { kind: 'starting' } : { kind: 'restarting', since: new Date(clock.now()).toISOString() };
    deps.onChange(null);
    start();
  }

  function request<M extends keyof WorkerApi>(
    method: M,
    value: WorkerApi[M]['request'],
    options?: RequestOptions,
  ): Promise<WorkerApi[M]['reply']> {
    const to = live ?? startedNow();
    if (to !== null) return to.channel.request(method, value, options);
    return Promise.reject(
      new ChannelError('closed', 'Savepoint’s worker is not there now. Ask once more in a moment.'),
    );
  }

  /** Whoever asks before the first start, as a command does that activates the extension, does not wait for it. */
  function startedNow(): typeof live {
    if (closed || cancelStart === null || restarts !== NO_ENDINGS) return null;
    cancelStart();
    start();
    return live;
  }

  async function command(
    name: string,
    input: JsonObject,
    { signal, onMessage }: Parameters<WorkerLink['command']>[2],
  ): Promise<WorkerApi['command']['reply']> {
    const call = ++lastCall;
    if (onMessage) calls.set(call, onMessage);
    try {
      return await request('command', { call, command: name, input }, signal ? { signal } : {});
    } finally {
      calls.delete(call);
    }
  }

  async function close(): Promise<void> {
    closed = true;
    cancelStart?.();
    cancelPing();
    outbox.closed();
    const last = live;
    if (last === null) return;
    const gone = new Promise<void>((resolve) => last.thread.onEnd(() => resolve()));
    await last.channel.request('close', null, { timeoutMs: CLOSE_WITHIN_MS }).catch(unlessClosed);
    live = null;
    last.channel.dispose();
    last.thread.terminate();
    await gone;
  }
}

/** Why a worker ended, as a person reads it. */
const asSentence = (why: string): string => `${why.slice(0, 1).toUpperCase()}${why.slice(1).replace(/\.$/, '')}.`;

type ToWorker = Channel<WorkerApi, HostEvents>;

/** The worker ended, or took too long: nothing is lost by that, and its end is told apart. */
function unlessClosed(error: unknown): undefined {
  if (!(error instanceof ChannelError)) throw error;
  return undefined;
}
