import type { AgentMessage, AgentOutcome, AgentRequest, InputDeclaration, WithRules } from '../../contract/agents.ts';
import type { WorkflowDefinition } from '../../contract/definitions.ts';
import type { Result } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';

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
  readonly operations: readonly {
    readonly name: string;
    readonly inputs: InputDeclaration;
    /** What some values in `with` must be. */
    readonly with?: WithRules;
  }[];
  /** What a result depends on where `operations` does not say. */
  readonly inputs: InputDeclaration;
}

/** A call that a run may make, as far as consent to it goes. */
export interface PlannedCall {
  readonly agent: string;
  readonly operation: string;
  readonly with: JsonObject;
  /** Where it is written, for people: a step of a workflow, or a file. */
  readonly where: string;
  /** Keys of `with` that the user typed for this run: what stands there is the user's own will. */
  readonly typed: readonly string[];
}

/** The agents of this workspace, by id. */
export interface AgentDirectory {
  known(): Promise<ReadonlyMap<string, KnownAgent>>;
  /** Whether every command of these calls may start now (CONTRACT.md, Consent); `approval` when not. `trust`: for this call only. */
  approve(calls: readonly PlannedCall[], options: { readonly trust: boolean }): Promise<Result<null>>;
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

/** Readies agents for calls that are likely to come. */
export interface Preparer {
  /**
   * These calls are likely to come within seconds, all at once, about these files (relative): loads what they will need, into no more
   * processes than they will use.
   */
  prepare(calls: readonly Pick<PlannedCall, 'agent' | 'operation' | 'with'>[], files: readonly string[]): Promise<void>;
}

/** Finds workflows by id: the workspace's own, else the built-in ones. */
export interface WorkflowLibrary {
  /** `not-found` for an unknown id (with what there is), `definition` for a file with problems (data: the problems). */
  find(id: string): Promise<Result<WorkflowDefinition>>;
}

/** Who else writes files while a step is at work: what a person saved is not the run's. */
export interface PeopleAtWork {
  /** Whether a person wrote exactly this content (a git blob id). */
  wrote(file: string, content: string): boolean;
}

/** Facts about the workspace's tools that are part of an input hash. */
export interface ToolFacts {
  /** Version of the Node that runs the workspace's tools. */
  nodeVersion(): Promise<string>;
  /** Installed version of an npm package in the workspace; null when it is not there. */
  toolVersion(name: string): Promise<string | null>;
}
