import type { AgentMessage } from '../../contract/agents.ts';
import type { Result } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { RunView } from '../../contract/runs.ts';
import type { ScopeRequest } from '../workspace/workspace.ts';

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
