import type { Origin } from './events.ts';

/** What became of an activity, for one workflow. */
export const DECISIONS = [
  'started',
  'joined',
  'waiting',
  'filtered',
  'cached',
  'superseded',
  'over-budget',
  'untrusted',
  'loop-stopped',
] as const;
export type DecisionKind = (typeof DECISIONS)[number];

/** Why something ran, or did not: one for each workflow that could have started, or one (`workflow: null`) for all of them. */
export interface Decision {
  readonly workflow: string | null;
  readonly decision: DecisionKind;
  /** One plain sentence: "started run 41", "waits for quiet, 1 s", "only for src/**". */
  readonly why: string;
  /** The run that it started, joined or replaced. */
  readonly run: string | null;
  readonly number: number | null;
  /** What stopped it may pass (a pause, the budget, memory, a missing approval): it is then decided anew. */
  readonly held?: true;
  /** Its files are another's content that nobody looks at, HEAD's or a branch's: what was checked before is out of date. */
  readonly leftOut?: true;
  /** ISO time. */
  readonly at: string;
}

/** What led to writes that are (or may be) a run's own. */
export interface Lineage {
  readonly run: string;
  /** Ids of the workflows that must not start: those of the chain, and those that its activities started beside them. */
  readonly ancestors: readonly string[];
  /** 1 for what the first run wrote. */
  readonly hops: number;
}

export interface ActivityFile {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  readonly change: 'created' | 'modified' | 'deleted';
}

/** A burst of writes by one writer, from its first write until it was quiet. */
export interface ActivityView {
  readonly id: string;
  readonly origin: Origin;
  /** ISO times of its first and last write; `settledAt` is null while it may still grow. */
  readonly startedAt: string;
  readonly lastAt: string;
  readonly settledAt: string | null;
  /** The net change: a file that is as it was before is not in it. At most 200 are listed. */
  readonly files: readonly ActivityFile[];
  /** Files in all. */
  readonly total: number;
  /** Writes that were seen. */
  readonly writes: number;
  /** What git did, where `origin` is git: "Switched to feat/invoice". Empty otherwise. */
  readonly label: string;
  readonly decisions: readonly Decision[];
}
