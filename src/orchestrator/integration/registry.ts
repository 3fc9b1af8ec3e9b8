import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { AgentRequest, InputDeclaration } from '../../contract/agents.ts';
import { durationMs } from '../../contract/durations.ts';
import { fail, ok, type Result } from '../../contract/failures.ts';
import type { AgentFacts } from '../agents/agent.ts';
import type { Problem } from '../definitions/problem.ts';
import type { StateFiles } from '../env.ts';
import { argvIn } from '../process/argv.ts';
import { createAgentFileReader } from './agent-files.ts';
import type { DefinedAgent } from './parse-agent-files.ts';
import type { CommandAgent } from './protocols/command.ts';
import { agentHash, createApprovals, stepCommandHash } from './trust.ts';

/** An agent as the engine knows it (the shape of workflow/ports.ts, which this side must not import). */
export interface RegisteredAgent {
  readonly id: string;
  readonly definitionHash: string;
  readonly timeoutMs: number;
  readonly retry: { readonly max: number; readonly multiplier: number };
  readonly idempotent: boolean;
  readonly mayWrite: boolean;
  readonly operations: AgentFacts['operations'];
  readonly inputs: InputDeclaration;
}

type Call = Pick<AgentRequest, 'agent' | 'operation' | 'with'>;

/** A call that a run may make (the shape of workflow/ports.ts). */
export interface PlannedCall extends Call {
  readonly where: string;
  readonly typed: readonly string[];
}

/** A command that an agent file, or a step of a workflow file, would start. */
export interface WrittenCommand {
  readonly agent: string;
  readonly command: readonly string[];
  /** The agent file, relative to the workspace, or what the call says. */
  readonly where: string;
  readonly approved: boolean;
  /** It runs in place of a built-in agent. */
  readonly replacesBuiltIn: boolean;
  /** What approval is given to. */
  readonly hash: string;
  /** Of one that is not approved: what of this agent was approved last. The same words mean that a file of it changed since. */
  readonly approvedBefore: readonly string[] | null;
}

/** How to call an agent now. */
export type Endpoint =
  | { readonly protocol: 'builtin'; readonly approved: boolean }
  | { readonly protocol: 'command'; readonly agent: CommandAgent; readonly approved: boolean };

export interface AgentRegistry {
  /** Built-in agents, overridden or not, and the user's own. Files are read again at every call. */
  known(): Promise<ReadonlyMap<string, RegisteredAgent>>;
  problems(): Promise<readonly Problem[]>;
  /** Agent files that are right, relative to the workspace. */
  files(): Promise<readonly string[]>;
  /** Ids of the agents that ship with Savepoint. */
  readonly builtIn: ReadonlySet<string>;
  /** Null when there is no such agent (any more). */
  endpoint(call: Call): Promise<Endpoint | null>;
  /** Of every agent file, and of these calls. */
  commands(calls: readonly PlannedCall[]): Promise<readonly WrittenCommand[]>;
  /**
   * Whether every command that these calls lead to may start. `trust`: as they are now, for this process's life, without keeping
   * that; so may what the user typed.
   */
  approve(calls: readonly PlannedCall[], options: { readonly trust: boolean }): Promise<Result<null>>;
  /** Keeps a person's consent to exactly this. */
  keepApproval(command: WrittenCommand): void;
}

export interface RegistryDeps {
  /** Real path. */
  readonly root: string;
  readonly stateDir: string;
  readonly files: StateFiles;
  readonly builtIn: readonly AgentFacts[];
  /** Savepoint's own. */
  readonly version: string;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_RETRY = { max: 0, multiplier: 2 };
const NEVER_CACHED: InputDeclaration = { files: null, tools: [] };

export function createAgentRegistry({ root, stateDir, files, builtIn, version }: RegistryDeps): AgentRegistry {
  const facts = new Map(builtIn.map((one) => [one.id, one]));
  const reader = createAgentFileReader({
    root,
    files,
    version,
    builtIn: new Set(facts.keys()),
    cache: join(stateDir, 'cache', 'agent-files'),
  });
  const approvals = createApprovals({ files, stateDir });
  const trustedHere = new Set<string>();
  /** Commands that the user typed, as JSON: whatever their files hold. */
  const typedHere = new Set<string>();
  const mayStart = (hash: string): boolean => trustedHere.has(hash) || approvals.has(hash);

  function approvalOf(agent: string, hash: string): Pick<WrittenCommand, 'approved' | 'approvedBefore'> {
    const approved = approvals.has(hash);
    return { approved, approvedBefore: approved ? null : approvals.last(agent) };
  }

  async function defined(id: string): Promise<DefinedAgent | undefined> {
    return (await reader.read()).agents.find(({ definition }) => definition.id === id);
  }

  async function agentCommands(): Promise<readonly WrittenCommand[]> {
    const { agents } = await reader.read();
    const all = agents.map(async (agent): Promise<readonly WrittenCommand[]> => {
      const { id, command } = agent.definition;
      if (command === undefined) return [];
      const hash = await agentHash(agent, root);
      const replacesBuiltIn = facts.has(id);
      return [{ agent: id, command, where: agent.file, replacesBuiltIn, hash, ...approvalOf(id, hash) }];
    });
    return (await Promise.all(all)).flat();
  }

  /** Where an agent file replaced the built-in agent by a command, `with` is only data to it. */
  async function stepCommand({ agent, operation, with: values }: Call): Promise<readonly string[] | null> {
    const starts = facts.get(agent)?.operations.find(({ name }) => name === operation)?.startsCommand;
    if (!starts || (await defined(agent))?.definition.command !== undefined) return null;
    return argvIn(values['command']);
  }

  async function stepCommands(calls: readonly PlannedCall[]): Promise<readonly WrittenCommand[]> {
    const found = new Map<string, WrittenCommand>();
    for (const call of calls) {
      const command = await stepCommand(call);
      if (command === null) continue;
      const { agent, where } = call;
      const hash = await stepCommandHash(command, root);
      found.set(`${hash}\0${where}`, {
        ...{ agent, command, where, hash },
        ...approvalOf(agent, hash),
        replacesBuiltIn: false,
      });
    }
    return [...found.values()];
  }

  return {
    commands: async (calls) => [...(await agentCommands()), ...(await stepCommands(calls))],
    problems: async () => (await reader.read()).problems,
    files: async () => (await reader.read()).agents.map(({ file }) => file),
    builtIn: new Set(facts.keys()),
    async known() {
      const known = new Map(builtIn.map((one) => [one.id, builtInAgent(one, undefined)]));
      for (const agent of (await reader.read()).agents) {
        const fact = facts.get(agent.definition.id);
        const isCommand = agent.definition.command !== undefined;
        known.set(
          agent.definition.id,
          fact && !isCommand ? builtInAgent(fact, agent) : commandAgent(agent, await agentHash(agent, root)),
        );
      }
      return known;
    },
    async endpoint(call) {
      const id = call.agent;
      const agent = await defined(id);
      const { command, report = 'changed' } = agent?.definition ?? {};
      if (!agent || command === undefined) {
        if (!facts.has(id)) return null;
        const argv = await stepCommand(call);
        const free = argv === null || typedHere.has(JSON.stringify(argv));
        return { protocol: 'builtin', approved: free || mayStart(await stepCommandHash(argv, root)) };
      }
      return {
        protocol: 'command',
        agent: { id, command, report },
        approved: mayStart(await agentHash(agent, root)),
      };
    },
    async approve(calls, { trust }) {
      const typed = calls.filter((call) => call.typed.includes('command'));
      for (const { command } of await stepCommands(typed)) typedHere.add(JSON.stringify(command));
      const wanted = [
        ...(await agentCommands()).filter(({ agent }) => calls.some((call) => call.agent === agent)),
        ...(await stepCommands(calls.filter((call) => !typed.includes(call)))),
      ];
      if (trust) for (const { hash } of wanted) trustedHere.add(hash);
      const refused = wanted.filter(({ hash }) => !mayStart(hash));
      return refused.length === 0 ? ok(null) : fail('approval', approvalMessage(refused), refused.map(withoutHash));
    },
    keepApproval: ({ agent, command, hash }) => approvals.add(hash, { agent, command }),
  };
}

function withoutHash({ agent, command, where }: WrittenCommand): {
  readonly agent: string;
  readonly command: readonly string[];
  readonly where: string;
} {
  return { agent, command, where };
}

/** Whose command it is, and that it takes over from a built-in agent: the id alone would hide that. */
export function placeOf({ agent, where, replacesBuiltIn }: WrittenCommand): string {
  return `${agent} (${where}${replacesBuiltIn ? ', in place of the built-in agent' : ''})`;
}

function approvalMessage(refused: readonly WrittenCommand[]): string {
  const list = refused.map((written) => `${placeOf(written)} would start: ${written.command.join(' ')}`).join('; ');
  return `Not approved yet: ${list}. Look at it and approve it with "savepoint trust", or pass --trust to allow it this once.`;
}

/** The five write nothing and may run again (CONTRACT.md, Meaning of a run). */
function builtInAgent(fact: AgentFacts, override: DefinedAgent | undefined): RegisteredAgent {
  const { timeout, retries, multiplier, idempotent, inputs } = override?.definition ?? {};
  const declared = inputs === undefined ? null : { files: inputs, tools: [] };
  return {
    id: fact.id,
    definitionHash: hashOf([fact, override?.definition ?? null]),
    timeoutMs: timeout === undefined ? fact.timeoutMs : durationMs(timeout),
    retry: { max: retries ?? fact.retry.max, multiplier: multiplier ?? fact.retry.multiplier },
    idempotent: idempotent ?? true,
    mayWrite: false,
    operations:
      declared === null
        ? fact.operations
        : fact.operations.map((one) => ({ ...one, inputs: { ...declared, tools: one.inputs.tools } })),
    inputs: declared ?? NEVER_CACHED,
  };
}

function commandAgent({ definition }: DefinedAgent, hash: string): RegisteredAgent {
  const { id, timeout, retries, multiplier, idempotent, inputs } = definition;
  return {
    id,
    definitionHash: hash,
    timeoutMs: timeout === undefined ? DEFAULT_TIMEOUT_MS : durationMs(timeout),
    retry: { max: retries ?? DEFAULT_RETRY.max, multiplier: multiplier ?? DEFAULT_RETRY.multiplier },
    idempotent: idempotent ?? false,
    mayWrite: true,
    operations: [],
    inputs: inputs === undefined ? NEVER_CACHED : { files: inputs, tools: [] },
  };
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
