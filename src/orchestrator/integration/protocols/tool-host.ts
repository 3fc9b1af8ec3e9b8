import type { AgentOutcome, AgentRequest } from '../../../contract/agents.ts';
import type { StepError } from '../../../contract/failures.ts';
import type { History } from '../../agents/agent.ts';
import type { Clock } from '../../env.ts';
import type { Group, Groups } from '../../process/groups.ts';
import { createLastLines, createLineSplitter } from '../../process/lines.ts';
import type { InvokeContext } from './protocol.ts';
import { isFromHost, type FromHost, type ToHost, type ToolHostSetup } from './tool-host-messages.ts';

/** How long an aborted call may take to stop by itself, so that its host can be used again. With the kill below 2 s. */
const STOP_MS = 300;
const LAST_WORDS_MS = 500;

export interface ToolHostDeps {
  readonly groups: Groups;
  readonly clock: Clock;
  /** argv that starts a tool host: Node and the entry file. */
  readonly argv: readonly string[];
  readonly extraEnv?: Readonly<Record<string, string>>;
  readonly setup: ToolHostSetup;
  history(): Promise<History>;
}

/** One child process of ours that runs one call at a time. */
export interface ToolHost {
  /** Lets it load what a call of this agent about these files will need. A call that comes meanwhile waits for that. */
  prepare(agent: string, files: readonly string[]): void;
  call(request: AgentRequest, context: InvokeContext): Promise<AgentOutcome>;
  /** False once it has ended: it takes no further call. */
  alive(): boolean;
  end(): Promise<void>;
}

interface Call {
  readonly number: number;
  readonly began: number;
  readonly request: AgentRequest;
  readonly context: InvokeContext;
  readonly settle: (outcome: AgentOutcome) => void;
}

/** Rejects only when the process could not be spawned at all. */
export async function startToolHost(deps: ToolHostDeps): Promise<ToolHost> {
  const { groups, clock, setup } = deps;
  const group = await groups.start({
    argv: deps.argv,
    cwd: setup.workspace,
    environment: 'caller',
    extraEnv: deps.extraEnv,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    lowPriority: true,
    serialization: 'json',
  });
  const { child } = group;
  const last = createLastLines();
  let current: Call | null = null;
  let calls = 0;
  let ended: StepError | null = null;
  let readyAt: number | null = null;

  const send = (message: ToHost): void => {
    // A channel that breaks here belongs to a host that ends: its `exit` settles the call.
    if (child.connected) child.send(message, () => undefined);
  };
  const settle = (outcome: AgentOutcome): void => {
    const call = current;
    current = null;
    call?.settle(outcome);
  };

  function receive(message: FromHost): void {
    if (message.kind === 'ready') readyAt = clock.monotonic();
    else if (message.kind === 'ask-history') void answerHistory();
    else if (message.call !== current?.number) return;
    else if (message.kind === 'message') current.context.onMessage(message.message);
    else settle(withStartTime(message.outcome, current, readyAt));
  }

  async function answerHistory(): Promise<void> {
    try {
      send({ kind: 'history', history: await deps.history() });
    } catch (error) {
      settle({
        ok: false,
        error: { code: 'crashed', message: `The history of earlier runs could not be read: ${String(error)}` },
      });
    }
  }

  listenToOutput(group, (line, stream) => {
    last.add(line);
    current?.context.onMessage({ kind: 'log', text: line, stream });
  });
  child.on('message', (message) => {
    if (isFromHost(message)) receive(message);
  });
  const exited = new Promise<StepError>((resolve) => {
    child.once('error', (error) => {
      if (child.pid !== undefined) return;
      resolve({ code: 'spawn', message: `Savepoint's own helper process could not be started: ${error.message}` });
    });
    child.once('exit', (code, signal) => {
      // Its last words may come behind its exit.
      const tell = (): void => resolve(crash({ agent: current?.request.agent, code, signal, lastLines: last.lines() }));
      const cancel = clock.timer(LAST_WORDS_MS, tell, { keepAlive: true });
      child.once('close', () => {
        cancel();
        tell();
      });
    });
  });
  const gone = exited.then(async (error) => {
    ended = error;
    settle({ ok: false, error });
    // What it started is in groups of its own, recorded under its name.
    await group.kill();
    await groups.sweep();
  });
  send({ kind: 'setup', setup });

  async function end(): Promise<void> {
    await group.kill();
    await gone;
  }

  /** First it may stop by itself; then it is ended with all that it started. */
  async function stop(call: Call): Promise<void> {
    send({ kind: 'abort', call: call.number });
    await new Promise<void>((resolve) => clock.timer(STOP_MS, resolve, { keepAlive: true }));
    if (current === call) await end();
  }

  return {
    prepare: (agent, files) => send({ kind: 'prepare', agent, files }),
    alive: () => ended === null && child.connected,
    end,
    async call(request, context) {
      const onAbort = (): void => {
        if (current !== null) void stop(current);
      };
      const outcome = await new Promise<AgentOutcome>((resolve) => {
        current = { number: ++calls, began: clock.monotonic(), request, context, settle: resolve };
        send({ kind: 'call', call: calls, request });
        context.signal.addEventListener('abort', onAbort, { once: true });
        if (context.signal.aborted) onAbort();
        if (ended !== null) settle({ ok: false, error: ended });
      });
      context.signal.removeEventListener('abort', onAbort);
      if (ended !== null) await gone;
      if (!context.signal.aborted || outcome.ok) return outcome;
      return { ok: false, error: { ...outcome.error, code: 'cancelled' } };
    },
  };
}

function listenToOutput({ child }: Group, onLine: (line: string, stream: 'stdout' | 'stderr') => void): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const splitter = createLineSplitter((line) => onLine(line, stream));
    child[stream]?.on('data', (chunk: Buffer) => splitter.write(chunk));
    child[stream]?.once('close', () => splitter.end());
  }
}

function withStartTime(outcome: AgentOutcome, call: Call, readyAt: number | null): AgentOutcome {
  if (!outcome.ok || readyAt === null || readyAt <= call.began) return outcome;
  return { ...outcome, timeMs: { ...outcome.timeMs, start: (outcome.timeMs?.start ?? 0) + (readyAt - call.began) } };
}

function crash(how: {
  readonly agent: string | undefined;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lastLines: readonly string[];
}): StepError {
  const what = how.signal === null ? `exit code ${how.code}` : how.signal;
  return {
    code: 'crashed',
    message: `${how.agent ?? 'The agent'} ended unexpectedly (${what}).`,
    exitCode: how.code,
    lastLines: how.lastLines,
  };
}
