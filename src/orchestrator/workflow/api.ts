import type { AgentMessage } from '../../contract/agents.ts';
import type { WorkflowDefinition } from '../../contract/definitions.ts';
import type { Result } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { RunTrigger, RunView } from '../../contract/runs.ts';
import type { Look, ScopeRequest } from '../workspace/workspace.ts';
import type { RunState } from './run-state.ts';

/** Starts, resumes, retries and stops runs of one workspace. Runs take a number ("41") or an id. */
export interface Runner {
  /** Resolves when the run is known to the claims; its first events are stored soon after. */
  startRun(request: StartRequest): Promise<Result<RunHandle>>;
  /**
   * Goes on with an interrupted or waiting run. Of a finished one the handle's `done` is its result and nothing runs. `run-live`
   * while some process has it; `needs-decision` (data: step, question) where a step that must not run twice was cut off and
   * `answer` is missing.
   */
  resumeRun(ref: string, request: ResumeRequest): Promise<Result<RunHandle>>;
  /** A new run that takes over what had completed. `not-retryable` unless failed, compensated or cancelled. */
  retryRun(ref: string, request: RetryRequest): Promise<Result<RunHandle>>;
  /** Stops a run, whoever owns it; resolves with the run as it then is. `not-cancellable` when it had ended. */
  cancelRun(ref: string): Promise<Result<RunView>>;
  /**
   * Ends an automatic run at work in this process as superseded; resolves with the run as it then is, its processes gone.
   * `by`: the number of the run that replaces it. A run that takes back what it did is left to that, and waited for.
   * `not-cancellable` for a run by hand or one that is not at work here.
   */
  supersedeRun(ref: string, how: { readonly by: number | null }): Promise<Result<RunView>>;
  /**
   * Goes on with runs that editors had when they closed or died; for editors, at their start and when another one died. A run
   * whose step may not run twice is then waiting; one whose commands are not approved stays interrupted. Gives those that go on.
   */
  goOn(): Promise<Result<readonly RunHandle[]>>;
  /** Runs at work in this process, as stored. */
  live(): readonly RunState[];
  /** Called with every run of this process when its end is stored. Returns unsubscribe. */
  onEnd(listener: (view: RunView) => void): () => void;
  /** While somebody types, automatic runs have one step at work at a time. */
  setTyping(active: boolean): void;
  /** Stores `workflow.interrupted` for runs of dead sessions. Called by `startRun` and kin; for others that write. */
  recordInterruptions(): Promise<Result<null>>;
  /** Interrupts every run of this process that is live; resolves when that is stored. */
  close(): Promise<void>;
}

export interface RunOptions {
  /** Aborting leaves the run interrupted and resumable; its processes are ended first. */
  readonly signal?: AbortSignal | undefined;
  /** What the agents say while they work; not stored, except in the steps' log files. */
  readonly onMessage?: ((step: string, message: AgentMessage) => void) | undefined;
  /** Consent to the commands of agent and workflow files, for this call only. */
  readonly trust?: boolean | undefined;
}

export interface StartRequest extends RunOptions {
  readonly workflow: string;
  readonly scope?: ScopeRequest | undefined;
  /** Laid over each step's `with`, and wins. */
  readonly with?: JsonObject | undefined;
  readonly noCache?: boolean | undefined;
  /** A definition for this run only, in place of the one that `workflow` names. Its agents and operations must be known. */
  readonly definition?: WorkflowDefinition | undefined;
  /** `reuse` where the work tree was looked at just now, for this start. */
  readonly look?: Look | undefined;
  /** Default: by hand. */
  readonly trigger?: RunTrigger | undefined;
  /** Automatic runs of this process that this one replaces: its start is stored at once, its steps begin when they have ended. */
  readonly supersedes?: readonly string[] | undefined;
}

export interface ResumeRequest extends RunOptions {
  /** For steps that must not run twice and were cut off, and for an undo that failed. */
  readonly answer?: ResumeAnswer | undefined;
}

export type ResumeAnswer = 'again' | 'done' | 'fail';

export interface RetryRequest extends RunOptions {
  /** Default: the first step that failed. */
  readonly from?: string | undefined;
  /** On the workflow file as it is now, not the pinned definition. */
  readonly edited?: boolean | undefined;
  readonly noCache?: boolean | undefined;
}

export interface RunHandle {
  readonly run: string;
  readonly number: number;
  /** As it stands now, by what is stored. */
  view(): RunView;
  /** Resolves when the run has ended, waits, or was interrupted, and that is stored. Fails where the journal does. */
  readonly done: Promise<Result<RunView>>;
}
