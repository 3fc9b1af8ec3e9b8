import type { AgentMessage, AgentOutcome, AgentRequest, InputDeclaration } from '../../contract/agents.ts';
import type { Result } from '../../contract/failures.ts';

/** What the engine knows of an agent: pinned with the run, so that a resume goes on with what it was started on. */
export interface KnownAgent {
  readonly id: string;
  /** SHA-256 over everything that decides what the agent does: part of every input hash. */
  readonly definitionHash: string;
  /** Per attempt, unless the step says otherwise. */
  readonly timeoutMs: number;
  readonly retry: { readonly max: number; readonly multiplier: number };
  /** May run again when a crash or a timeout cut it off. */
  readonly idempotent: boolean;
  /** Whether it may change the world: then a step without an undo is listed under `cannotUndo`. */
  readonly mayWrite: boolean;
  /** Names it accepts, the first being the default; empty where any name is passed on as it is. */
  readonly operations: readonly { readonly name: string; readonly inputs: InputDeclaration }[];
  /** What a result depends on where `operations` does not say. */
  readonly inputs: InputDeclaration;
}

/** The agents of this workspace, by id. */
export interface AgentDirectory {
  known(): Promise<ReadonlyMap<string, KnownAgent>>;
  /** Whether these agents may start now (consent of CONTRACT.md); `approval` when not. `trust`: for this call only. */
  approve(agents: readonly string[], options: { readonly trust: boolean }): Promise<Result<null>>;
}

/**
 * Calls an agent. Timeouts are the engine's: it aborts `signal`, and the call then settles within seconds with every process
 * of it gone. Never rejects for what an agent does.
 */
export interface Invoker {
  invoke(
    request: AgentRequest,
    context: { readonly signal: AbortSignal; readonly onMessage: (message: AgentMessage) => void },
  ): Promise<AgentOutcome>;
}

/** Who owns which run (files of their own in the state folder; survives power loss). */
export interface RunClaims {
  /** Takes the next number of this workspace for this session. */
  claimNew(run: string): Result<{ readonly number: number }>;
  /** Takes over the run of a dead session; `run-live` when some live session has it, `not-found` when nobody ever had it. */
  claim(run: string): Result<null>;
  /** By number or id. */
  find(
    ref: string,
  ): { readonly run: string; readonly number: number; readonly session: string; readonly live: boolean } | null;
  /** Every run that was ever claimed and is kept, newest first. */
  list(): readonly {
    readonly run: string;
    readonly number: number;
    readonly session: string;
    readonly live: boolean;
  }[];
}

/** Facts about the workspace's tools that are part of an input hash. */
export interface ToolFacts {
  /** Version of the Node that runs the workspace's tools. */
  nodeVersion(): Promise<string>;
  /** Installed version of an npm package in the workspace; null when it is not there. */
  toolVersion(name: string): Promise<string | null>;
}
