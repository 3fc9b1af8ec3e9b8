import type { AgentMessage, AgentOutcome, AgentRequest, InputDeclaration, WithRules } from '../../contract/agents.ts';
import type { Clock } from '../env.ts';
import type { Processes } from '../process/processes.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** A built-in agent. Runs in the tool host (a child process of ours), never on the orchestrator's thread. */
export interface Agent {
  readonly id: string;
  readonly operations: Readonly<Record<string, Operation>>;
  /**
   * Loads what the next call for these files (relative to `root`) will need, where that is more than the agent itself. Starts, writes
   * and tells nothing: nobody has asked for anything yet.
   */
  prepare?(about: { readonly root: string; readonly files: readonly string[] }): void;
}

/**
 * Does the work of one request. Findings off the changed lines are the operation's to leave out (count them in `older`).
 * Rejects only for bugs (the step then fails with `crashed`); stops soon after `signal` aborts.
 */
export type Operation = (request: AgentRequest, context: AgentContext) => Promise<AgentOutcome>;

export interface AgentContext {
  readonly workspace: Workspace;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Messages reach the run in order. */
  emit(message: AgentMessage): void;
  /** Results of earlier runs that outlive the history: durations and outcomes of tests, durations of steps. */
  history(): Promise<History>;
  /** Takes the machine's one exclusive slot for measuring; resolves with release. Waiting counts as queue. */
  exclusive(): Promise<() => void>;
  /** Replaces what matches the certain secret rules: everything that an agent keeps in the state folder goes through it. */
  readonly mask: (text: string) => string;
  /** argv prefix that starts the Node which runs the workspace's tools, and its version. */
  readonly node: { readonly path: string; readonly version: string };
}

export interface History {
  /** Newest first, at most 32 each. Key: `file > full name`. */
  readonly tests: Readonly<Record<string, readonly TestSample[]>>;
  /** Newest first, at most 32 each. Key: `workflow/step`. Only steps that ran (not cached) and completed. */
  readonly steps: Readonly<Record<string, readonly { readonly run: string; readonly durationMs: number }[]>>;
}

export interface TestSample {
  readonly run: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly durationMs: number;
  /** Hash of all inputs of the step that ran it: equal ids with different outcomes mean flaky. */
  readonly contentId: string;
}

/** What the registry needs to know of a built-in agent without loading its code (SYSTEMS A1 has the figures). */
export interface AgentFacts {
  readonly id: string;
  readonly title: string;
  readonly timeoutMs: number;
  readonly retry: { readonly max: number; readonly multiplier: number };
  /** The first is the default. */
  readonly operations: readonly {
    readonly name: string;
    readonly inputs: InputDeclaration;
    readonly about: string;
    /** It starts `with.command`, an argv: where a file brought that, only after a person approved it. */
    readonly startsCommand?: true;
    /** Checked before a run starts: a value that fits none of these would only fail, or be passed over, late. */
    readonly with?: WithRules;
  }[];
}
