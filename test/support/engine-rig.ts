import type { AgentMessage, AgentOutcome, AgentRequest } from '../../src/contract/agents.ts';
import { workflowSchema } from '../../src/contract/definitions.ts';
import type { StoredEvent } from '../../src/contract/events.ts';
import { fail, ok } from '../../src/contract/failures.ts';
import type { RunView } from '../../src/contract/runs.ts';
import type { Env, FileHandle, StateFiles } from '../../src/orchestrator/env.ts';
import { createClaims, type Claims } from '../../src/orchestrator/journal/claims.ts';
import { joinJournal } from '../../src/orchestrator/journal/joined-journal.ts';
import { openJournal, type OpenedJournal } from '../../src/orchestrator/journal/open-journal.ts';
import { createJournalReader } from '../../src/orchestrator/journal/reader.ts';
import type { RunHandle, Runner } from '../../src/orchestrator/workflow/api.ts';
import { createCheckedFiles } from '../../src/orchestrator/workflow/checked-files.ts';
import type { AgentDirectory, KnownAgent } from '../../src/orchestrator/workflow/ports.ts';
import { createRenewedRunner, type OwnSession } from '../../src/orchestrator/workflow/renewed-runner.ts';
import { createResultCache } from '../../src/orchestrator/workflow/result-cache.ts';
import type { RunHost } from '../../src/orchestrator/workflow/run-events.ts';
import { createRunner } from '../../src/orchestrator/workflow/runner.ts';
import type { Workspace } from '../../src/orchestrator/workspace/workspace.ts';
import { eventually } from './eventually.ts';
import { folderWorkspace, makeFolder, removeFolder } from './folder-workspace.ts';
import { createSimulatedMachine, type SimulatedMachine } from './simulated-env.ts';

export const STATE_DIR = '/state';

export interface CallContext {
  readonly signal: AbortSignal;
  readonly say: (message: AgentMessage) => void;
}
/** What an agent does when it is called. */
export type Script = (request: AgentRequest, context: CallContext) => AgentOutcome | Promise<AgentOutcome>;

/** One process with the engine in it. */
export interface EngineProcess {
  readonly runner: Runner;
  readonly session: string;
  readonly events: readonly StoredEvent[];
  /** Called when an event of the type is on disk, before whoever stored it hears of that. Returns stop. */
  onStored(type: string, listener: () => void): () => void;
  /** It dies: its locks are freed, its timers stop, and nothing it does later is stored. */
  kill(): void;
  close(): Promise<void>;
}

export interface EngineRig {
  readonly root: string;
  readonly machine: SimulatedMachine;
  /** Every call that any process made. */
  readonly calls: AgentRequest[];
  readonly agents: Map<string, KnownAgent>;
  workflow(definition: unknown): void;
  /** By agent id; others succeed at once. */
  script(agent: string, script: Script): void;
  /** Resolves when the step was begun so many times, in whatever runs. */
  atWork(step: string, times?: number): Promise<void>;
  /** `host`: default a terminal. */
  process(options?: { readonly host?: RunHost }): EngineProcess;
  events(run: string): readonly StoredEvent[];
  /** How often anything was made durable so far. */
  syncs(): number;
  remove(): void;
}

export function knownAgent(id: string, facts: Partial<KnownAgent> = {}): KnownAgent {
  return {
    id,
    definitionHash: `definition of ${id}`,
    timeoutMs: 60_000,
    retry: { max: 0, multiplier: 2 },
    idempotent: true,
    mayWrite: true,
    operations: [],
    inputs: { files: null, tools: [] },
    ...facts,
  };
}

/** One step an agent, each after the one before. */
export const chain = (...agents: readonly string[]): unknown => ({
  id: 'chain',
  steps: agents.map((agent, at) => ({ id: agent, agent, ...(at > 0 ? { needs: [agents[at - 1]] } : {}) })),
});

/** Ends only with its process. */
export const stuck: Script = () => new Promise(() => {});

export const done = (data: string | number | null = null, summary = ''): AgentOutcome => ({ ok: true, data, summary });
export const failed = (code: 'exit' | 'crashed' | 'missing-tool' = 'exit', message = 'exit code 1'): AgentOutcome => ({
  ok: false,
  error: { code, message },
});

/** The engine on a simulated machine: real journal, claims and cache, a real folder, scripted agents. */
export function createEngineRig(
  options: {
    readonly files?: Readonly<Record<string, string>>;
    readonly parallel?: number;
    /** Default: everything may start. */
    readonly approve?: AgentDirectory['approve'];
  } = {},
): EngineRig {
  const root = makeFolder(options.files ?? {});
  const machine = createSimulatedMachine({ seed: 7 });
  const calls: AgentRequest[] = [];
  const agents = new Map<string, KnownAgent>();
  const workflows = new Map<string, ReturnType<typeof workflowSchema.parse>>();
  const scripts = new Map<string, Script>();
  let syncs = 0;

  function startProcess({ host = 'terminal' }: { readonly host?: RunHost } = {}): EngineProcess {
    const simulated = machine.start();
    let dead = false;
    const { clock, files } = simulated.env;
    const env: Env = {
      ...simulated.env,
      clock: { ...clock, timer: (ms, callback, how) => clock.timer(ms, () => void (dead || callback()), how) },
      files: countingSyncs(files, () => syncs++),
    };
    const open = (): OpenedJournal => {
      const opened = openJournal({ env, stateDir: STATE_DIR });
      if (!opened.ok) throw new Error(opened.failure.message);
      return opened.value;
    };
    const first = open();
    const joined = joinJournal(first);
    const { journal } = joined;
    const events: StoredEvent[] = [];
    journal.subscribe((event) => events.push(event));
    const reader = createJournalReader({ env, stateDir: STATE_DIR });
    const claimsFor = (session: string | null): Claims =>
      createClaims({ env, stateDir: STATE_DIR, session, highestRun: () => reader.highestRun() });
    const runnerOn = (session: OpenedJournal): OwnSession => ({
      epoch: session.epoch,
      runner: createRunner({
        env,
        stateDir: STATE_DIR,
        host,
        // A dead process does not come back from its last write; who dies in a turn has written nothing of it.
        journal: {
          ...session,
          append: async (group) => {
            await Promise.resolve();
            return dead ? new Promise(() => {}) : session.append(group);
          },
        },
        reader,
        claims: claimsFor(session.session),
        workspace: ignoringEnv(folderWorkspace(root)),
        library: {
          find: async (id) => {
            const workflow = workflows.get(id);
            return workflow ? ok(workflow) : fail('not-found', `There is no workflow ${id}.`);
          },
        },
        agents: { known: async () => agents, approve: options.approve ?? (async () => ok(null)) },
        invoker: {
          invoke: async (request, { signal, onMessage }) => {
            calls.push(request);
            const script = scripts.get(request.agent) ?? ((): AgentOutcome => done());
            return script(request, { signal, say: onMessage });
          },
        },
        tools: { nodeVersion: async () => 'v24', toolVersion: async () => null },
        cache: createResultCache(createCheckedFiles({ files: env.files, dir: `${STATE_DIR}/cache` })),
        mask: (text) => text.replaceAll('hunter2', '••••'),
        parallel: options.parallel ?? 4,
      }),
    });
    const runner = createRenewedRunner({
      first: runnerOn(first),
      open: async () => {
        const session = open();
        joined.add(session);
        return ok(runnerOn(session));
      },
      sweep: () => Promise.resolve(),
      reader,
      claims: claimsFor(null),
    });
    return {
      runner,
      session: journal.session,
      events,
      onStored: (type, listener) => journal.subscribe((event) => void (event.type === type && listener())),
      kill() {
        dead = true;
        simulated.kill();
      },
      async close() {
        await runner.close();
        await journal.close();
      },
    };
  }

  return {
    root,
    machine,
    calls,
    agents,
    workflow(definition) {
      const parsed = workflowSchema.parse(definition);
      for (const { agent, compensate } of parsed.steps) {
        for (const id of [agent, ...(compensate ? [compensate.agent] : [])])
          if (!agents.has(id)) agents.set(id, knownAgent(id));
      }
      workflows.set(parsed.id, parsed);
    },
    script: (agent, script) => void scripts.set(agent, script),
    atWork: (step, times = 1) =>
      eventually(`${step} is at work`, () => calls.filter((call) => call.step === step).length === times),
    process: startProcess,
    events: (run) => [...createJournalReader({ env: machine.start().env, stateDir: STATE_DIR }).events({ run })],
    syncs: () => syncs,
    remove: () => removeFolder(root),
  };
}

/** As with a .gitignore that names .env files. */
function ignoringEnv(workspace: Workspace): Workspace {
  const kept = (files: readonly string[]): readonly string[] => files.filter((file) => !/(?:^|\/)\.env/.test(file));
  return {
    ...workspace,
    files: async () => kept(await workspace.files()),
    scope: async (request) => {
      const scope = await workspace.scope(request);
      return scope.ok ? ok({ ...scope.value, files: kept(scope.value.files) }) : scope;
    },
  };
}

function countingSyncs(files: StateFiles, count: () => void): StateFiles {
  const counted = (handle: FileHandle): FileHandle => ({
    ...handle,
    dataSync() {
      count();
      handle.dataSync();
    },
  });
  return { ...files, open: (path, mode) => counted(files.open(path, mode)) };
}

/** The handle, or the failure as an error. */
export async function begun(started: ReturnType<Runner['startRun']>): Promise<RunHandle> {
  const result = await started;
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}

/** The run at its end. */
export async function finished(started: ReturnType<Runner['startRun']>): Promise<RunView> {
  const { done: ending } = await begun(started);
  const result = await ending;
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}

export function statuses(view: RunView): Readonly<Record<string, string>> {
  return Object.fromEntries(view.steps.map(({ id, status }) => [id, status]));
}

/** Resolves when the signal aborts, as an agent whose processes were ended. */
export function untilAborted(signal: AbortSignal): Promise<AgentOutcome> {
  const outcome: AgentOutcome = { ok: false, error: { code: 'cancelled', message: 'stopped' } };
  if (signal.aborted) return Promise.resolve(outcome);
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(outcome), { once: true }));
}
