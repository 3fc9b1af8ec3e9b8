import type { Finding, TestCase } from './findings.ts';
import type { StepError } from './failures.ts';
import type { Json, JsonObject } from './json.ts';

/** Which part of the workspace a step looks at. */
export interface Scope {
  /** `changed`: what differs from `base`; `files`: named by the user; `all`: every file not ignored. */
  readonly kind: 'changed' | 'files' | 'all';
  /** Commit that "changed" is against; null for the other kinds, so that a commit alone changes no input hash. */
  readonly base: string | null;
  /** Relative paths with `/`, sorted; deleted files are not in it. */
  readonly files: readonly string[];
}

/** The data of an earlier step, or why there is none. */
export type NeedResult = Json | { readonly error: StepError };

/** One call of an agent by a step. Crosses the process border, so plain JSON. */
export interface AgentRequest {
  readonly run: string;
  readonly step: string;
  /** Counts every start of the step in this run, from 1. */
  readonly attempt: number;
  /** The same for every attempt of the step in this run; an undo has its own. */
  readonly idempotencyKey: string;
  /** Absolute path, real. */
  readonly workspace: string;
  /** Absolute path of this workspace's state folder: caches of agents go to `agents/<id>/` in it. */
  readonly stateDir: string;
  readonly agent: string;
  readonly operation: string;
  readonly scope: Scope;
  readonly with: JsonObject;
  readonly needs: Readonly<Record<string, NeedResult>>;
  /** The attempt's timeout in milliseconds, time in the queue not counted: work that can be cut to size keeps within it. No input of the result. */
  readonly timeoutMs?: number;
  /** Only for an undo: the step being undone and its result data. */
  readonly compensate?: { readonly step: string; readonly result: Json };
}

/** One command that an agent ran (or a built-in check), as a person could repeat it. */
export interface Evidence {
  readonly step: string;
  /** Tool name; built-in checks say `built in: …`. */
  readonly tool: string;
  readonly version: string | null;
  /** argv; empty for built-in checks. */
  readonly command: readonly string[];
  /** Absolute path. */
  readonly cwd: string;
  readonly exitCode: number | null;
  readonly durationMs: number;
}

/** Something the agent did not look at. Never looks like "clean". */
export interface NotChecked {
  readonly step: string;
  readonly what: string;
  readonly why: string;
}

/** What an agent streams while it works. */
export type AgentMessage =
  | { readonly kind: 'progress'; readonly message: string; readonly fraction?: number | undefined }
  | { readonly kind: 'log'; readonly text: string; readonly stream: 'stdout' | 'stderr' | 'note' }
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'test'; readonly test: TestCase }
  | { readonly kind: 'evidence'; readonly evidence: Omit<Evidence, 'step'> }
  | { readonly kind: 'not-checked'; readonly what: string; readonly why: string }
  /** Begins or ends waiting for a slot (measuring takes the machine's one): that time counts as queue, and no timeout runs. */
  | { readonly kind: 'queue'; readonly waiting: boolean };

/** How one call of an agent ended. Findings that came before a failure are kept. */
export type AgentOutcome =
  | {
      readonly ok: true;
      /** Becomes `needs.<step>` of later steps. Nothing volatile (durations, times) in it: it is part of their input hash. */
      readonly data: Json;
      /** At most eight words for the step's row: "41 tests pass", "nothing found", "no slowdown". */
      readonly summary: string;
      /** True when no part of the work could be looked at. */
      readonly nothingChecked?: boolean;
      /** Findings on lines that did not change: only counted. */
      readonly older?: number;
      readonly tests?: TestTotals;
      /** Milliseconds from the call to the first instruction of the tool proper (start) and of Savepoint's own disk work. */
      readonly timeMs?: { readonly start?: number; readonly disk?: number; readonly queue?: number };
    }
  | {
      readonly ok: false;
      readonly error: StepError;
      /** Only because a disk that Savepoint itself writes to is full: the run is cut off, and the step has not failed. */
      readonly diskFull?: true;
    };

export interface TestTotals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Tests that were selected to run; `total` is null where the runner cannot tell without running. */
  readonly selected: number;
  readonly total: number | null;
  /** PASSED: exit code 0 seen on this content. VACUOUS: no tests ran. */
  readonly verdict: 'passed' | 'failed' | 'vacuous' | 'not-run';
}

/** What a value in `with` may be: a list of words to start as a command, or one of these words. */
export type WithRule = 'argv' | readonly string[];
/** By key; other keys may hold anything. */
export type WithRules = Readonly<Record<string, WithRule>>;

/** What the result of an operation depends on, besides request, Node, Savepoint and the agent's definition: the cache key. */
export interface InputDeclaration {
  /** `scope`: the scope's files; `workspace`: every file not ignored, and .env*; globs: matching files not ignored; null: never cached. */
  readonly files: 'scope' | 'workspace' | readonly string[] | null;
  /** npm packages of the workspace whose installed version is part of the key. */
  readonly tools: readonly string[];
}
