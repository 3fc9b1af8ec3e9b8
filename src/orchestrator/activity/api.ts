import type { ActivityFile, ActivityView, Decision, Lineage } from '../../contract/activities.ts';
import type { Origin } from '../../contract/events.ts';
import type { Result } from '../../contract/failures.ts';
import type { EditorWrite, WorkerSettings } from '../../contract/worker.ts';

/** Watches one workspace: what was written, by whom, when a burst is over, and what starts for it. */
export interface ActivityEngine {
  /** What this window's editor did; resolves when it is stored. */
  wrote(writes: readonly EditorWrite[]): Promise<Result<null>>;
  /** Hints that files may have changed (absolute paths); `lost` hints were dropped: everything is looked at again. */
  touched(hints: { readonly paths: readonly string[]; readonly lost: number }): void;
  /**
   * From here on this process runs triggers and takes in what others write. Bursts that the leader before left open go on.
   * Called once, by the one that holds the folder's lock.
   */
  lead(): Promise<Result<null>>;
  configure(settings: WorkerSettings): void;
  /** Null pauses every workflow's automatic runs; kept in the state folder, for all windows. */
  pause(workflow: string | null, paused: boolean): Result<null>;
  /** Ends timers and watches. What is open stays open on disk and goes on with the next leader. */
  close(): Promise<void>;
}

/** One burst that is over: what its activities changed in sum, handed from the settle gate to the triggers. */
export interface SettledBurst {
  /** By writer; at least one. What git did starts nothing and is not in it. */
  readonly activities: readonly ActivityView[];
  /** The net change of all of them. */
  readonly files: readonly ActivityFile[];
  /** More files changed than are named: all that differs from HEAD is to be looked at. */
  readonly everything?: boolean;
  /** Where every write is (or may be) a run's own: that run, what led to it, and how many runs followed from each other. */
  readonly lineage: Lineage | null;
}

/** Decides what runs for a burst, a save, a commit or the clock, starts it, and stores each decision. */
export interface Triggers {
  /** Stores the decisions (`activity.decided`) and starts the runs. Resolves when their starts are stored. */
  settled(burst: SettledBurst): Promise<Result<readonly Decision[]>>;
  /**
   * A burst that is not over: what would start for it, were it over now, is likely to start. Readies the agents of that; starts and
   * stores nothing. False where nothing would start.
   */
  foresee(burst: SettledBurst): Promise<boolean>;
  /** A save in an editor: for workflows with `on.save`. */
  saved(save: {
    readonly path: string;
    readonly event: string;
    readonly origin: Origin;
  }): Promise<Result<readonly Decision[]>>;
  committed(commit: {
    readonly head: string;
    readonly files: readonly string[];
    readonly event: string;
  }): Promise<Result<readonly Decision[]>>;
  /**
   * What stopped edits from starting something may have passed (a pause, a missing approval, memory, the hour's budget): what was
   * held is decided anew, in sum. Costs nothing where nothing is.
   */
  again(): Promise<Result<null>>;
  /** Automatic runs of this process that are at work, and the steps whose tools may be writing now. */
  live(): readonly LiveRun[];
  /**
   * Only the leader, once, before the others: counts the last hour's automatic runs, starts the clock of `on.schedule`, and decides
   * what a leader that died had settled without a decision.
   */
  start(): Promise<Result<null>>;
  close(): void;
}

export interface LiveRun {
  readonly run: string;
  readonly number: number;
  readonly workflow: string;
  readonly automatic: boolean;
  /** Of what it was started for; of what it writes: `lineageOf`. */
  readonly lineage: Lineage | null;
  /** Steps at work; `mayWrite`: their agent may change files (the built-in ones do not). */
  readonly steps: readonly { readonly id: string; readonly mayWrite: boolean }[];
}
