import type { StoredEvent } from './events.ts';
import type { Failure } from './failures.ts';
import type { TestCase } from './findings.ts';
import type { JsonObject } from './json.ts';
import type { WrittenSettings } from './commands/settings.ts';
import type { FileCoverage } from './coverage.ts';
import type { TestCatalogue } from './test-catalogue.ts';
import type { BoardChange, BoardSnapshot } from './board.ts';

/** How the editor came to save a file. */
export type SaveReason = 'manual' | 'after-delay' | 'focus-out';

/** What the editor did with a file of the workspace. Paths are absolute. */
export type EditorWrite =
  | { readonly kind: 'saved'; readonly path: string; readonly reason: SaveReason }
  | { readonly kind: 'created' | 'deleted'; readonly path: string }
  | { readonly kind: 'renamed'; readonly from: string; readonly path: string };

/** What the worker is started with. */
export interface WorkerSetup {
  /** Absolute path of the folder. */
  readonly folder: string;
  readonly settings: WorkerSettings;
}

/** Settings of the editor (`savepoint.*`) that the worker obeys. */
export interface WorkerSettings {
  /** Whether anything but a person starts runs. */
  readonly automaticRuns: boolean;
  /** Automatic runs in an hour. */
  readonly maxRunsPerHour: number;
  /** Findings shown in Problems for one activity. */
  readonly maxProblems: number;
  /** Milliseconds: the settle gate's shortest and longest quiet period, the one after auto-saves, and the longest wait. */
  readonly quietMinMs: number;
  readonly quietMaxMs: number;
  readonly autoSaveQuietMs: number;
  readonly maxWaitMs: number;
  /** How many runs may follow from each other's writes. */
  readonly maxHops: number;
  /** Days for which history is kept. */
  readonly historyDays: number;
  /** What the user wrote in the editor's settings: where nothing is written there, the user's settings.json counts. */
  readonly written: WrittenSettings;
}

/** What a command gives while it works: the same objects as the lines of `--json`, and words for people. */
export type CommandMessage =
  | { readonly kind: 'line'; readonly line: JsonObject }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'progress'; readonly step: string; readonly message: string; readonly fraction: number | null }
  | { readonly kind: 'test'; readonly step: string; readonly test: TestCase };

export interface TestsWanted {
  readonly call: number;
  /** Test files to run, relative; null: those that reach `changed`, or all where nothing is named there. */
  readonly files: readonly string[] | null;
  /** Of these files, only tests with these full names (parents joined by ` > `); empty: all. */
  readonly names: readonly string[];
  /** Null: what differs from HEAD; empty: everything. */
  readonly changed: readonly string[] | null;
  readonly coverage: boolean;
}

export interface TestsRun {
  /** Null where it could not start. */
  readonly run: string | null;
  readonly number: number | null;
  /** Why no result can be trusted: it did not start, was stopped, or its step failed. */
  readonly problem: string | null;
  /** What was not checked, as `what: why`. */
  readonly notChecked: readonly string[];
}

/** Requests that the worker answers. */
export type WorkerApi = {
  /** Answered at once, also while the folder is opened: who does not, hangs. */
  readonly ping: { readonly request: null; readonly reply: null };
  /** The board as it is; changes after it come as events. The first one resolves when the journal is open. */
  readonly snapshot: { readonly request: null; readonly reply: BoardSnapshot };
  /** A command of the catalogue, with `input` as its schema says. Messages come as `command` events with the same call. */
  readonly command: {
    readonly request: { readonly call: number; readonly command: string; readonly input: JsonObject };
    readonly reply: { readonly exitCode: number; readonly failure: Failure | null };
  };
  /** Resolves when they are on disk. */
  readonly wrote: { readonly request: readonly EditorWrite[]; readonly reply: null };
  readonly pause: {
    readonly request: { readonly workflow: string | null; readonly paused: boolean };
    readonly reply: null;
  };
  /**
   * "Not a problem here": a finding's fingerprint is not reported again in this workspace. `about` is kept for people who look
   * through what they dismissed.
   */
  readonly dismiss: {
    readonly request: { readonly fingerprint: string; readonly about?: string };
    readonly reply: null;
  };
  readonly dismissed: {
    readonly request: null;
    readonly reply: readonly { readonly fingerprint: string; readonly about: string }[];
  };
  /** Takes a dismissal back: the next check tells it again. */
  readonly undismiss: { readonly request: { readonly fingerprint: string }; readonly reply: null };
  /** A run as a person reads it: the report of `savepoint show`. */
  readonly report: { readonly request: { readonly run: string }; readonly reply: string };
  /** Events of the newest sessions, newest first, for the Events view. */
  readonly events: { readonly request: { readonly limit: number }; readonly reply: readonly StoredEvent[] };
  /** Test files, and what is written in those named (relative paths). */
  readonly tests: { readonly request: { readonly files: readonly string[] }; readonly reply: TestCatalogue };
  /** Runs tests as a run of its own; resolves when it has ended, with the tests told as `test` events of the same `call`. */
  readonly runTests: { readonly request: TestsWanted; readonly reply: TestsRun };
  /** What a run with coverage saw; empty where it is not kept any more. */
  readonly coverage: { readonly request: { readonly run: string }; readonly reply: readonly FileCoverage[] };
  /** Ends orderly: runs of this process are interrupted and stored, processes ended, the session closed. */
  readonly close: { readonly request: null; readonly reply: null };
};

/** What the worker tells without being asked. */
export type WorkerEvents = {
  readonly changed: BoardChange;
  readonly command: { readonly call: number; readonly message: CommandMessage };
  /** A test of any run of this window, as it ends; `run` is its id. */
  readonly test: {
    readonly run: string;
    readonly number: number;
    /** Of `runTests`; null for every other run. */
    readonly call: number | null;
    readonly test: TestCase;
  };
  /** For the output channel. */
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly text: string };
};

/** Requests that the host answers: none. */
export type HostApi = Record<never, never>;

/** What the host tells without an answer. */
export type HostEvents = {
  /** Hints of the file watcher, absolute paths, deduplicated; what they mean is looked up on disk. `lost`: hints dropped since. */
  readonly touched: { readonly paths: readonly string[]; readonly lost: number };
  readonly settings: WorkerSettings;
  /** Whether somebody typed in the last seconds: heavy work is then one at a time. */
  readonly typing: { readonly active: boolean };
};
