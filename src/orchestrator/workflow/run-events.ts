import type { Evidence, NotChecked, Scope, TestTotals } from '../../contract/agents.ts';
import type { StoredEvent } from '../../contract/events.ts';
import type { StepError } from '../../contract/failures.ts';
import type { Finding, TestCase } from '../../contract/findings.ts';
import type { Json, JsonObject } from '../../contract/json.ts';
import type { ChangedSince, RunTrigger, TimeSplit } from '../../contract/runs.ts';
import type { ScopeRequest } from '../workspace/workspace.ts';
import type { Plan } from './plan.ts';

/** Everything that a step's call gave, bounded and masked: what the run view, later steps and the cache need of it. */
export interface StepResult {
  readonly data: Json;
  readonly summary: string;
  readonly nothingChecked: boolean;
  readonly older: number;
  readonly tests: TestTotals | null;
  readonly cases: readonly TestCase[];
  readonly findings: readonly Finding[];
  readonly notChecked: readonly Omit<NotChecked, 'step'>[];
  readonly evidence: readonly Omit<Evidence, 'step'>[];
  /** Files of the workspace that changed while the step ran. */
  readonly written: readonly string[];
  /** Files with findings → their content ids when the step began: what was found is true of these. Missing in older records. */
  readonly contents?: Readonly<Record<string, string>>;
}

/** `files` is null for "all" and where the list is very long: it is then asked for again on resume. */
export type PinnedScope = Omit<Scope, 'files'> & { readonly files: readonly string[] | null; readonly count: number };

/** What of a run's start is the same for its whole life. */
export interface RunStart {
  readonly run: string;
  readonly number: number;
  readonly workflow: string;
  readonly name: string;
  readonly definitionHash: string;
  readonly plan: Plan;
  readonly scopeRequest: ScopeRequest;
  readonly scope: PinnedScope;
  /** Scopes that steps ask for by `with.scope`, where they are not the run's. */
  readonly stepScopes: Readonly<Partial<Record<'changed' | 'all', PinnedScope>>>;
  readonly overlay: JsonObject;
  readonly noCache: boolean;
  /** The session that starts it. */
  readonly session: string;
  readonly retryOf: string | null;
  /** Only for a retry: the step it starts from. */
  readonly from: string | null;
  /** Absent from runs that earlier versions started, all by hand. */
  readonly trigger?: RunTrigger;
  /** An editor goes on by itself with what it started; what a terminal started waits for `resume`. */
  readonly host?: RunHost;
}

export type RunHost = 'editor' | 'terminal';

interface OfStep {
  readonly run: string;
  readonly step: string;
}
interface Attempt extends OfStep {
  readonly attempt: number;
  readonly timeMs: TimeSplit;
}

/** The events that a run is folded from, as the decider writes them. */
export type RunEvent =
  | { readonly type: 'workflow.started'; readonly data: RunStart }
  | {
      readonly type: 'workflow.step.started';
      readonly data: Attempt & {
        readonly idempotencyKey: string;
        readonly inputHash: string | null;
        readonly missedBecause: string | null;
      };
    }
  | {
      readonly type: 'workflow.step.completed';
      readonly data: Attempt & {
        /** The run whose result this is; null for one of its own. */
        readonly cached: string | null;
        readonly cachedNumber: number | null;
        /** Taken over by a retry from the run it retries: then it can still be undone. */
        readonly takenOver: boolean;
        readonly inputHash: string | null;
        readonly stale: boolean;
        readonly result: StepResult;
      };
    }
  | {
      readonly type: 'workflow.step.retrying';
      readonly data: Attempt & {
        readonly error: StepError;
        readonly result: StepResult;
        readonly nextTryAt: string;
        readonly delayMs: number;
      };
    }
  | {
      readonly type: 'workflow.step.failed';
      readonly data: Attempt & {
        readonly error: StepError;
        readonly result: StepResult;
        readonly changedSince: ChangedSince | null;
      };
    }
  | { readonly type: 'workflow.step.skipped'; readonly data: OfStep & { readonly because: string } }
  | {
      readonly type: 'workflow.interrupted';
      /** `session`: whose it was; it says nothing of a session that has the run since. */
      readonly data: {
        readonly run: string;
        readonly session: string;
        readonly reason: 'stopped' | 'died';
        /** Steps whose start was stored, or their undo's, and that were stopped before anything of it ran. */
        readonly neverBegan?: readonly string[];
      };
    }
  | {
      readonly type: 'workflow.resumed';
      /** Steps cut off that may start once more because somebody said so. */
      readonly data: {
        readonly run: string;
        readonly session: string;
        readonly again: readonly string[];
        readonly host?: RunHost;
      };
    }
  | { readonly type: 'workflow.waiting'; readonly data: OfStep & { readonly question: string } }
  | { readonly type: 'workflow.cancelled'; readonly data: { readonly run: string } }
  | {
      readonly type: 'workflow.superseded';
      /** `by`: the number of the run that replaces it; null where what it looked at needs no look any more. */
      readonly data: { readonly run: string; readonly by: number | null };
    }
  | { readonly type: 'workflow.completed'; readonly data: { readonly run: string; readonly status: 'completed' } }
  | {
      readonly type: 'workflow.failed';
      readonly data: OfStep & {
        readonly status: 'failed' | 'compensated';
        readonly error: StepError;
        readonly cannotUndo: readonly string[];
      };
    }
  | {
      readonly type: 'workflow.compensation.started';
      readonly data: OfStep & { readonly attempt: number; readonly idempotencyKey: string };
    }
  | {
      readonly type: 'workflow.compensation.completed';
      readonly data: OfStep & { readonly attempt: number; readonly durationMs: number };
    }
  | {
      readonly type: 'workflow.compensation.failed';
      readonly data: OfStep & {
        readonly attempt: number;
        readonly error: StepError;
        /** Null when it is not tried again by itself. */
        readonly nextTryAt: string | null;
        /** Somebody decided to leave it as it is. */
        readonly givenUp: boolean;
      };
    };

export type RunEventType = RunEvent['type'];

/** A run's event with its time (ISO), as a fold needs it. */
export type TimedRunEvent = RunEvent & { readonly time: string };

const RUN_EVENT_TYPES: Readonly<Record<RunEventType, true>> = {
  'workflow.started': true,
  'workflow.step.started': true,
  'workflow.step.completed': true,
  'workflow.step.retrying': true,
  'workflow.step.failed': true,
  'workflow.step.skipped': true,
  'workflow.interrupted': true,
  'workflow.resumed': true,
  'workflow.waiting': true,
  'workflow.cancelled': true,
  'workflow.superseded': true,
  'workflow.completed': true,
  'workflow.failed': true,
  'workflow.compensation.started': true,
  'workflow.compensation.completed': true,
  'workflow.compensation.failed': true,
};

/**
 * The stored event as one of a run's, or null when it is of another kind. Shapes are not checked again: the journal's checksum
 * proves that the record is what this engine wrote, and a reader of a million events must not parse each twice.
 */
export function asRunEvent(event: StoredEvent): TimedRunEvent | null {
  return Object.hasOwn(RUN_EVENT_TYPES, event.type) ? (event as unknown as TimedRunEvent) : null;
}

/** A step that ended without giving anything. */
export const EMPTY_RESULT: StepResult = {
  data: null,
  summary: '',
  nothingChecked: false,
  older: 0,
  tests: null,
  cases: [],
  findings: [],
  notChecked: [],
  evidence: [],
  written: [],
};

export const NO_TIME: TimeSplit = { queue: 0, start: 0, tool: 0, disk: 0, wait: 0 };
