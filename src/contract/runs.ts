import type { Lineage } from './activities.ts';
import type { Evidence, NotChecked, TestTotals } from './agents.ts';
import type { StepError } from './failures.ts';
import type { Finding, TestCase } from './findings.ts';

export const RUN_STATUSES = [
  'running',
  'waiting',
  'retrying',
  'interrupted',
  'compensating',
  'completed',
  'failed',
  'compensated',
  'cancelled',
  'superseded',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const STEP_STATUSES = [
  'pending',
  'running',
  'retrying',
  'waiting',
  'interrupted',
  'completed',
  'cached',
  'failed',
  'skipped',
  'cancelled',
  'compensating',
  'compensated',
] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

/** Where a step's time went, milliseconds; the five sum to its durationMs. */
export interface TimeSplit {
  /** Waiting for a slot. */
  readonly queue: number;
  /** Starting processes. */
  readonly start: number;
  readonly tool: number;
  /** Journal, hashing, caches. */
  readonly disk: number;
  /** Between tries, or for a person. */
  readonly wait: number;
}

/** One step as people and scripts see it (the `steps` of the result line, plus what views need). */
export interface StepView {
  readonly id: string;
  readonly agent: string;
  readonly operation: string;
  readonly needs: readonly string[];
  readonly status: StepStatus;
  readonly attempts: number;
  /** Retries allowed after the first try. */
  readonly retryMax: number;
  readonly durationMs: number;
  /** Id of the run that the result was taken from. */
  readonly cached: string | null;
  /** Its number, for people. */
  readonly cachedNumber: number | null;
  readonly error: StepError | null;
  /** Name of the first input that differs from the last completed result of this step. */
  readonly missedBecause: string | null;
  /** Of a failed step that completed before in this workspace: that run, when, and the inputs that differ since (at most 50 named). */
  readonly changedSince: ChangedSince | null;
  readonly timeMs: TimeSplit;
  /** The agent's few words: "41 tests pass". Empty before the end. */
  readonly summary: string;
  /** ISO times; null where not yet. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly nextTryAt: string | null;
  /** The inputs changed while it ran. */
  readonly stale: boolean;
  readonly nothingChecked: boolean;
  /** Tests that it ran and that failed: the step completed, and is not well. */
  readonly failedTests: number;
}

/** What started a run: everything but `manual` is an automatic run. */
export interface RunTrigger {
  readonly kind: 'manual' | 'save' | 'activity' | 'commit' | 'schedule';
  /** Ids of the activities that it was started for. */
  readonly activities: readonly string[];
  /** Where what it was started for was written by a run. */
  readonly lineage: Lineage | null;
  /** Other workflows that were started for the same, at the same time. */
  readonly beside: readonly string[];
}

export interface ChangedSince {
  readonly run: string;
  readonly number: number;
  /** ISO time of its completion. */
  readonly at: string;
  /** Names of inputs (files, tools, settings); the first is the first that differs. */
  readonly inputs: readonly string[];
  /** How many differ in all. */
  readonly total: number;
}

/** A run folded from its events. `result` lines, `runs`, `show`, the report and the views are all made from it. */
export interface RunView {
  readonly run: string;
  readonly number: number;
  readonly workflow: string;
  /** The workflow's name for people. */
  readonly name: string;
  readonly status: RunStatus;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly onError: 'rollback' | 'continue' | 'fail';
  readonly definitionHash: string;
  readonly scope: { readonly kind: 'changed' | 'files' | 'all'; readonly base: string | null; readonly files: number };
  readonly retryOf: string | null;
  readonly session: string;
  readonly steps: readonly StepView[];
  readonly cannotUndo: readonly string[];
  readonly findings: readonly Finding[];
  readonly older: number;
  readonly notChecked: readonly NotChecked[];
  readonly tests: TestTotals & { readonly cases: readonly TestCase[] };
  readonly evidence: readonly Evidence[];
  /** Files in the workspace that tools wrote during the run (new or with another content). */
  readonly written: readonly string[];
  readonly trigger: RunTrigger;
  /** Of a superseded run: the number of the run that replaced it; null where it was replaced by none. */
  readonly replacedBy: number | null;
  /** Why it waits for a person: the step and the question; null otherwise. */
  readonly needsDecision: { readonly step: string; readonly question: string } | null;
}
