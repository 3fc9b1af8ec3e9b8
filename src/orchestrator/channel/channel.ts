import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../env.ts';

/** What one end offers to the other: the parameters and results must survive a structured clone. */
export type Api = Readonly<Record<string, { readonly request: unknown; readonly reply: unknown }>>;
export type Events = Readonly<Record<string, unknown>>;

/** Answers the other end's requests. */
export type Handlers<A extends Api> = {
  readonly [M in keyof A & string]: (request: A[M]['request'], asker: Asker) => Promise<A[M]['reply']>;
};

export interface Asker {
  /** Aborts when the asker lost interest or the channel ends. Made when first read: most handlers never do. */
  readonly signal: AbortSignal;
}

export interface Channel<Remote extends Api, Sent extends Events> {
  /** Rejects with a ChannelError. */
  request<M extends keyof Remote & string>(
    method: M,
    request: Remote[M]['request'],
    options?: RequestOptions,
  ): Promise<Remote[M]['reply']>;
  send<E extends keyof Sent & string>(event: E, data: Sent[E]): void;
  /** Ends the channel: what waits fails with `closed`, what is being answered is aborted, the port is closed. Idempotent. */
  dispose(): void;
}

export interface RequestOptions {
  /** Default: no limit but the channel's end. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** `remote`: the handler threw, with its message; the others are this end's. */
export class ChannelError extends Error {
  readonly code: 'timeout' | 'aborted' | 'closed' | 'remote';
  constructor(code: ChannelError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

type Message =
  | { readonly kind: 'request'; readonly id: number; readonly method: string; readonly value: unknown }
  | { readonly kind: 'abort'; readonly id: number }
  | { readonly kind: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly message: string }
  | { readonly kind: 'event'; readonly event: string; readonly value: unknown };

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: ChannelError) => void;
  /** Ends the watch over timeout and abort. */
  readonly stop: (() => void) | null;
}

export function createChannel<
  Local extends Api,
  Remote extends Api,
  Sent extends Events,
  Received extends Events,
>(deps: {
  readonly port: MessagePort;
  readonly clock: Clock;
  readonly handlers: Handlers<Local>;
  readonly onEvent?: <E extends keyof Received & string>(event: E, data: Received[E]) => void;
}): Channel<Remote, Sent> {
  const { port } = deps;
  const waiting = new Map<number, Waiting>();
  const answering = new Map<number, AbortableAsker>();
  let outgoing: Message[] = [];
  let lastId = 0;
  let closed = false;
  port.on('message', (messages: readonly Message[]) => messages.forEach(receive));
  port.on('close', dispose);

  return { request, send: (event, value) => post({ kind: 'event', event, value }), dispose };

  function request<M extends keyof Remote & string>(
    method: M,
    value: Remote[M]['request'],
    options: RequestOptions = {},
  ): Promise<Remote[M]['reply']> {
    if (closed) return Promise.reject(closedError());
    if (options.signal?.aborted) return Promise.reject(new ChannelError('aborted', `${method} was aborted`));
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      const giveUp = (error: ChannelError): void => {
        post({ kind: 'abort', id });
        settle(id)?.reject(error);
      };
      waiting.set(id, { resolve, reject, stop: watch(options, { method, clock: deps.clock, giveUp }) });
      post({ kind: 'request', id, method, value });
    });
  }

  function receive(message: Message): void {
    switch (message.kind) {
      case 'request':
        void answer(message);
        break;
      case 'abort':
        answering.get(message.id)?.abort();
        break;
      case 'reply':
        settle(message.id)?.resolve(message.value);
        break;
      case 'error':
        settle(message.id)?.reject(new ChannelError('remote', message.message));
        break;
      case 'event':
        deps.onEvent?.(message.event, message.value as Received[string]);
        break;
    }
  }

  async function answer({ id, method, value }: Message & { kind: 'request' }): Promise<void> {
    const asker = createAsker();
    answering.set(id, asker);
    try {
      const handler = Object.hasOwn(deps.handlers, method) ? deps.handlers[method] : undefined;
      if (handler === undefined) throw new Error(`nothing answers ${method}`);
      post({ kind: 'reply', id, value: await handler(value, asker) });
    } catch (error) {
      post({ kind: 'error', id, message: error instanceof Error ? error.message : String(error) });
    } finally {
      answering.delete(id);
    }
  }

  /** Takes the request off the list: a reply that comes later finds nobody, and is dropped. */
  function settle(id: number): Waiting | undefined {
    const found = waiting.get(id);
    waiting.delete(id);
    found?.stop?.();
    return found;
  }

  function post(message: Message): void {
    if (closed) return;
    outgoing.push(message);
    if (outgoing.length === 1) queueMicrotask(flush);
  }

  function flush(): void {
    const messages = outgoing;
    outgoing = [];
    if (!closed && messages.length > 0) port.postMessage(messages);
  }

  function dispose(): void {
    if (closed) return;
    flush();
    closed = true;
    port.close();
    for (const id of [...waiting.keys()]) settle(id)?.reject(closedError());
    for (const asker of answering.values()) asker.abort();
  }
}

interface AbortableAsker extends Asker {
  abort(): void;
}

function createAsker(): AbortableAsker {
  let controller: AbortController | undefined;
  let aborted = false;
  return {
    get signal() {
      controller ??= new AbortController();
      if (aborted) controller.abort();
      return controller.signal;
    },
    abort() {
      aborted = true;
      controller?.abort();
    },
  };
}

function closedError(): ChannelError {
  return new ChannelError('closed', 'the other end is gone');
}

/** Gives up at the timeout or the abort. Returns stop; null where there is neither. */
function watch(
  options: RequestOptions,
  to: { readonly method: string; readonly clock: Clock; readonly giveUp: (error: ChannelError) => void },
): (() => void) | null {
  const { signal, timeoutMs } = options;
  if (signal === undefined && timeoutMs === undefined) return null;
  const onAbort = (): void => to.giveUp(new ChannelError('aborted', `${to.method} was aborted`));
  signal?.addEventListener('abort', onAbort);
  const onTimeout = (): void =>
    to.giveUp(new ChannelError('timeout', `no reply to ${to.method} within ${timeoutMs} ms`));
  const cancel = timeoutMs === undefined ? undefined : to.clock.timer(timeoutMs, onTimeout);
  return () => {
    signal?.removeEventListener('abort', onAbort);
    cancel?.();
  };
}
