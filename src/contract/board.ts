import type { ActivityView } from './activities.ts';
import type { TestTotals } from './agents.ts';
import type { Finding, Range } from './findings.ts';
import type { RunView } from './runs.ts';

/** A run as trees and the status bar need it: a RunView less everything that can be long. */
export interface RunRow extends Omit<
  RunView,
  'findings' | 'tests' | 'evidence' | 'written' | 'notChecked' | 'definitionHash'
> {
  readonly findings: { readonly error: number; readonly warning: number; readonly info: number };
  readonly tests: TestTotals;
  /** Names of at most five failing tests. */
  readonly failing: readonly string[];
  /** What was not checked, as `what: why`. */
  readonly notChecked: readonly string[];
  /** Of a failed step: its last command line as it can be pasted; null where it ran none. */
  readonly failedCommand: string | null;
  /** Activities that started it; empty for a run by hand. */
  readonly activities: readonly string[];
  /** Of running steps of this window's runs, by step: what they said last ("118 of 190 files"). Shown, never stored; empty for others' runs. */
  readonly progress: Readonly<Record<string, string>>;
}

/** What a file's newest check said, as long as the file still has the content that was checked. */
export interface FileFindings {
  readonly file: string;
  readonly findings: readonly (Finding & {
    readonly run: string;
    readonly number: number;
    readonly at: string;
    /** Git blob id of the content that it was found in; null where it is not known. */
    readonly content: string | null;
  })[];
  /** Findings beyond the limit for Problems (50 per activity). */
  readonly left: number;
}

/** A workflow as the Workflows view shows it. */
export interface WorkflowRow {
  readonly id: string;
  readonly name: string;
  /** What it does, as its file says; missing or empty where it says nothing. */
  readonly about?: string;
  /** Absolute path; for a built-in one, of the file that ships with Savepoint. */
  readonly file: string;
  readonly builtIn: boolean;
  /** "after edits in src/**", "by hand", "off, you paused it". */
  readonly when: string;
  /** Whether something else than a person can start it. */
  readonly automatic: boolean;
  readonly paused: boolean;
  /** Newest run that ended; null when it never ran. */
  readonly last: { readonly run: string; readonly number: number } | null;
  /** Of a broken file. */
  readonly problem: { readonly message: string; readonly range: Range } | null;
}

/** Something wrong in a workflow or agent file. */
export interface DefinitionProblem {
  /** Absolute path. */
  readonly file: string;
  readonly range: Range;
  readonly message: string;
}

export interface HealthRow {
  readonly id: 'agents' | 'journal' | 'worker' | 'budgets' | 'flow';
  readonly status: 'ok' | 'note' | 'warning' | 'error';
  /** A few words, to stand after its name. */
  readonly message: string;
  /** More, for its tooltip; rows below it where something is wrong. */
  readonly details: readonly string[];
}

/** A command of an agent or workflow file that waits for approval. */
export interface UnapprovedCommand {
  readonly agent: string;
  readonly command: readonly string[];
  readonly file: string;
}

/** Everything the editor shows of one folder. Made by the worker from the journal; another window's work included. */
export interface Board {
  /** `leader`: this window runs triggers. */
  readonly role: 'leader' | 'follower';
  /** Id of the session that this window's worker writes. */
  readonly session: string;
  /** Automatic runs are paused for the whole folder. */
  readonly paused: boolean;
  /** Newest first: every live one, the newest 50, and those that stand under Failed. */
  readonly runs: readonly RunRow[];
  readonly olderRuns: number;
  /** Newest first, at most 50. */
  readonly activities: readonly ActivityView[];
  readonly workflows: readonly WorkflowRow[];
  readonly files: readonly FileFindings[];
  readonly definitions: readonly DefinitionProblem[];
  readonly health: readonly HealthRow[];
  readonly unapproved: readonly UnapprovedCommand[];
  /** Files that were edited since the newest automatic run began, and that nothing has checked or is going to. */
  readonly unchecked: number;
  /** Why nothing can be stored any more ("0 bytes free"); null while all is well. */
  readonly readOnly: string | null;
}

/** Numbered changes after a snapshot: `revision` counts up by one; who misses one asks for a snapshot. */
export interface BoardChange {
  readonly revision: number;
  /** Slices that changed, whole, except runs and activities: of these only the rows that changed or came. */
  readonly slices: Partial<Omit<Board, 'runs' | 'activities'>>;
  /** Absent where none changed; `order`: the ids of all that are on the board now. */
  readonly activities?: { readonly changed: readonly ActivityView[]; readonly order: readonly string[] };
  readonly runs: readonly RunRow[];
  /** Ids of runs that left the board. */
  readonly gone: readonly string[];
}

export interface BoardSnapshot {
  readonly revision: number;
  readonly board: Board;
}
