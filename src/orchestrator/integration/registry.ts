import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { InputDeclaration } from '../../contract/agents.ts';
import { durationMs } from '../../contract/durations.ts';
import { fail, ok, type Result } from '../../contract/failures.ts';
import type { AgentFacts } from '../agents/agent.ts';
import type { Problem } from '../definitions/problem.ts';
import type { StateFiles } from '../env.ts';
import { createAgentFileReader, type DefinedAgent } from './agent-files.ts';
import type { CommandAgent } from './protocols/command.ts';
import { createApprovals, trustHash } from './trust.ts';

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

/** A command that an agent file would start. */
export interface AgentCommand {
  readonly agent: string;
  readonly command: readonly string[];
  /** The agent file, relative to the workspace. */
  readonly file: string;
  readonly approved: boolean;
  /** What approval is given to. */
  readonly hash: string;
}

/** How to call an agent now. */
export type Endpoint =
  | { readonly protocol: 'builtin' }
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
  endpoint(id: string): Promise<Endpoint | null>;
  commands(): Promise<readonly AgentCommand[]>;
  /** Whether these agents may start; `trust`: as they are now, for this process's life, without keeping that. */
  approve(agents: readonly string[], options: { readonly trust: boolean }): Promise<Result<null>>;
  /** Keeps a person's consent to exactly this. */
  keepApproval(command: AgentCommand): void;
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
  const mayStart = (hash: string): boolean => trustedHere.has(hash) || approvals.has(hash);

  async function defined(id: string): Promise<DefinedAgent | undefined> {
    return (await reader.read()).agents.find(({ definition }) => definition.id === id);
  }

  async function commands(): Promise<readonly AgentCommand[]> {
    const { agents } = await reader.read();
    const all = agents.map(async (agent): Promise<readonly AgentCommand[]> => {
      const { id, command } = agent.definition;
      if (command === undefined) return [];
      const hash = await trustHash(agent, root);
      return [{ agent: id, command, file: agent.file, approved: approvals.has(hash), hash }];
    });
    return (await Promise.all(all)).flat();
  }

  return {
    commands,
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
          fact && !isCommand ? builtInAgent(fact, agent) : commandAgent(agent, await trustHash(agent, root)),
        );
      }
      return known;
    },
    async endpoint(id) {
      const agent = await defined(id);
      const { command, report = 'changed' } = agent?.definition ?? {};
      if (!agent || command === undefined) return facts.has(id) ? { protocol: 'builtin' } : null;
      return {
        protocol: 'command',
        agent: { id, command, report },
        approved: mayStart(await trustHash(agent, root)),
      };
    },
    async approve(agents, { trust }) {
      const wanted = (await commands()).filter(({ agent }) => agents.includes(agent));
      if (trust) for (const { hash } of wanted) trustedHere.add(hash);
      const refused = wanted.filter(({ hash }) => !mayStart(hash));
      return refused.length === 0 ? ok(null) : fail('approval', approvalMessage(refused), refused.map(withoutHash));
    },
    keepApproval: ({ agent, command, hash }) => approvals.add(hash, { agent, command }),
  };
}

function withoutHash({ agent, command, file }: AgentCommand): {
  readonly agent: string;
  readonly command: readonly string[];
  readonly file: string;
} {
  return { agent, command, file };
}

function approvalMessage(refused: readonly AgentCommand[]): string {
  const list = refused
    .map(({ agent, command, file }) => `${agent} (${file}) would start: ${command.join(' ')}`)
    .join('; ');
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
