import { join } from 'node:path';
import type { AgentMessage, AgentOutcome, AgentRequest } from '../../../contract/agents.ts';
import type { Agent, AgentContext, History } from '../../agents/agent.ts';
import type { Env } from '../../env.ts';
import {
  isToHost,
  type FromHost,
  type ToHost,
  type ToolHostSetup,
} from '../../integration/protocols/tool-host-messages.ts';
import { createMasker } from '../../agents/security-auditor/secrets/masker.ts';
import { createExclusiveSlot, type ExclusiveSlot } from '../../process/exclusive-slot.ts';
import { createGroups } from '../../process/groups.ts';
import { createProcesses } from '../../process/create-processes.ts';
import type { Processes } from '../../process/processes.ts';
import { isDiskFull } from '../../state-file.ts';
import { createWorkspace } from '../../workspace/create-workspace.ts';

const mask = createMasker();

export interface ToolHostParts {
  readonly createEnv: (options: { readonly version: string }) => Env;
  /** Loads a built-in agent by id; null when there is none. Called once for each: what an agent keeps, it keeps for its next call. */
  readonly loadAgent: (id: string) => Promise<Agent | null>;
}

/**
 * Serves calls of one orchestrator over this process's IPC channel, one at a time. When the channel closes (the orchestrator
 * ended, however) every child process is ended and then this one.
 */
export function serveToolHost(parts: ToolHostParts): void {
  let host: Host | null = null;
  let stopCall = new AbortController();
  const agents = new Map<string, Promise<Agent | null>>();
  const historyWaiters: ((history: History) => void)[] = [];
  const send = (message: FromHost): void => {
    if (process.connected) process.send?.(message);
  };

  function receive(message: ToHost): void {
    if (message.kind === 'setup') host = createHost(parts.createEnv({ version: message.setup.version }), message.setup);
    else if (message.kind === 'prepare') void prepare(message.agent, message.files);
    else if (message.kind === 'abort') stopCall.abort(new Error('The call was stopped.'));
    else if (message.kind === 'history') for (const resolve of historyWaiters.splice(0)) resolve(message.history);
    else void serveCall(message.call, message.request);
    if (message.kind === 'setup') send({ kind: 'ready' });
  }

  function agentOf(id: string): Promise<Agent | null> {
    const agent = agents.get(id) ?? parts.loadAgent(id);
    agents.set(id, agent);
    return agent;
  }

  /** A bug in it ends this process, as it would the call's: that starts in another one, meets the same and tells it. */
  async function prepare(id: string, files: readonly string[]): Promise<void> {
    const agent = await agentOf(id);
    if (host !== null) agent?.prepare?.({ root: host.setup.workspace, files });
  }

  async function serveCall(call: number, request: AgentRequest): Promise<void> {
    stopCall = new AbortController();
    const emit = (message: AgentMessage): void => send({ kind: 'message', call, message });
    const history = (): Promise<History> =>
      new Promise((resolve) => {
        historyWaiters.push(resolve);
        send({ kind: 'ask-history' });
      });
    if (host === null) throw new Error('A call came before the set-up.');
    const outcome = await runCall({
      host,
      request,
      signal: stopCall.signal,
      emit,
      history,
      loadAgent: agentOf,
    });
    send({ kind: 'outcome', call, outcome });
  }

  process.on('message', (message: unknown) => {
    if (isToHost(message)) receive(message);
  });
  process.once('disconnect', () => {
    stopCall.abort(new Error('Savepoint ended.'));
    void (host?.processes.close() ?? Promise.resolve()).finally(() => process.exit());
  });
}

interface Host {
  readonly env: Env;
  readonly setup: ToolHostSetup;
  readonly processes: Processes;
  readonly slot: ExclusiveSlot;
}

function createHost(env: Env, setup: ToolHostSetup): Host {
  const groups = createGroups({ ...env, folder: join(setup.stateDir, 'groups') });
  const slot = createExclusiveSlot({ locks: env.locks, clock: env.clock, path: setup.slotPath });
  return { env, setup, slot, processes: createProcesses({ groups, clock: env.clock }) };
}

interface CallParts {
  readonly host: Host;
  readonly request: AgentRequest;
  readonly signal: AbortSignal;
  readonly emit: (message: AgentMessage) => void;
  readonly history: () => Promise<History>;
  readonly loadAgent: ToolHostParts['loadAgent'];
}

/** Tells when a process could not be started only because the disk is full: what the agent makes of it is no result then. */
function noting(processes: Processes, onDiskFull: () => void): Processes {
  return {
    ...processes,
    async run(command) {
      const end = await processes.run(command);
      if (end.diskFull === true) onDiskFull();
      return end;
    },
  };
}

function stoppedByFullDisk({ agent }: AgentRequest): AgentOutcome {
  const message = `${agent} was cut off: a disk that it writes to is full. Free some space, then go on with the run.`;
  return { ok: false, error: { code: 'crashed', message }, diskFull: true };
}

/** A bug in an agent fails its step, with the stack in the step's log; nothing else. */
async function runCall({ host, request, signal, emit, history, loadAgent }: CallParts): Promise<AgentOutcome> {
  const releases: (() => void)[] = [];
  let full = false;
  try {
    const agent = await loadAgent(request.agent);
    const operation = agent?.operations[request.operation];
    if (operation === undefined) {
      return {
        ok: false,
        error: {
          code: 'protocol',
          message: `There is no built-in ${request.agent} with the operation ${request.operation}.`,
        },
      };
    }
    const { env, setup } = host;
    const processes = noting(host.processes, () => (full = true));
    const context: AgentContext = {
      workspace: createWorkspace({
        root: request.workspace,
        stateDir: request.stateDir,
        files: env.files,
        host: env.host,
      }),
      processes,
      clock: env.clock,
      signal,
      emit,
      history,
      node: setup.node,
      mask,
      exclusive: async () => {
        emit({ kind: 'queue', waiting: true });
        try {
          const release = await host.slot.take(signal);
          releases.push(release);
          return release;
        } finally {
          emit({ kind: 'queue', waiting: false });
        }
      },
    };
    const outcome = await operation(request, context);
    return full ? stoppedByFullDisk(request) : outcome;
  } catch (error) {
    if (full || isDiskFull(error)) return stoppedByFullDisk(request);
    if (signal.aborted) return { ok: false, error: { code: 'cancelled', message: 'Stopped.' } };
    const bug = error instanceof Error ? error : new Error(String(error));
    emit({ kind: 'log', stream: 'note', text: bug.stack ?? bug.message });
    return { ok: false, error: { code: 'crashed', message: `${request.agent} stopped on a bug: ${bug.message}` } };
  } finally {
    for (const release of releases) release();
  }
}
