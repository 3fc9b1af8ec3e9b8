import type { StepError } from '../../contract/failures.ts';
import type { ChangedSince, TimeSplit } from '../../contract/runs.ts';
import type { AgentEvent } from './agent-events.ts';
import type { RunEvent, RunHost, RunStart, StepResult } from './run-events.ts';

/** What happened to a run, or what somebody wants of it. Times and chance come in from outside. */
export type RunCommand =
  | { readonly kind: 'start'; readonly start: RunStart }
  | {
      readonly kind: 'begin';
      readonly step: string;
      readonly inputHash: string | null;
      readonly missedBecause: string | null;
      readonly timeMs: TimeSplit;
    }
  | {
      readonly kind: 'take';
      readonly step: string;
      /** The run that the result is from. */
      readonly cached: string;
      readonly cachedNumber: number;
      readonly takenOver: boolean;
      readonly inputHash: string;
      readonly result: StepResult;
      readonly timeMs: TimeSplit;
    }
  | {
      readonly kind: 'succeed';
      readonly step: string;
      readonly stale: boolean;
      readonly result: StepResult;
      readonly timeMs: TimeSplit;
    }
  | {
      readonly kind: 'fail';
      readonly step: string;
      readonly error: StepError;
      readonly result: StepResult;
      readonly timeMs: TimeSplit;
      readonly changedSince: ChangedSince | null;
      readonly chance: Chance;
    }
  | { readonly kind: 'begin-undo'; readonly step: string }
  | { readonly kind: 'undo-succeeded'; readonly step: string; readonly durationMs: number }
  | {
      readonly kind: 'undo-failed';
      readonly step: string;
      readonly error: StepError;
      readonly durationMs: number;
      readonly chance: Chance;
    }
  | { readonly kind: 'cancel' }
  /** `by`: as in `workflow.superseded`. */
  | { readonly kind: 'supersede'; readonly by: number | null }
  | { readonly kind: 'interrupt'; readonly neverBegan: readonly string[] }
  | {
      readonly kind: 'resume';
      readonly session: string;
      readonly host: RunHost;
      readonly answer: 'again' | 'done' | 'fail' | null;
    };

export interface Chance {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** In [0, 1). */
  readonly jitter: number;
}

export type DecidedEvent = RunEvent | AgentEvent;
/** One to three events that are stored all or none. */
export type EventGroup = readonly DecidedEvent[];

/** At most so many events are stored all or none. */
export const MAX_GROUP = 3;
