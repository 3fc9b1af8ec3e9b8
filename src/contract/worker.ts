import type { StoredEvent } from './events.ts';
import type { Failure } from './failures.ts';
import type { TestCase } from './findings.ts';
import type { JsonObject } from './json.ts';
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
}

/** What a command gives while it works: the same objects as the lines of `--json`, and words for people. */
export type CommandMessage =
  | { readonly kind: 'line'; readonly line: JsonObject }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'progress'; readonly step: string; readonly message: string; readonly fraction: number | null }
  | { readonly kind: 'test'; readonly step: string; readonly test: TestCase };

/** Requests that the worker answers. */
export type WorkerApi = {
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
  /** "Not a problem here": a finding's fingerprint is not reported again in this workspace. */
  readonly dismiss: { readonly request: { readonly fingerprint: string }; readonly reply: null };
  /** A run as a person reads it: the report of `savepoint show`. */
  readonly report: { readonly request: { readonly run: string }; readonly reply: string };
  /** Events of the newest sessions, newest first, for the Events view. */
  readonly events: { readonly request: { readonly limit: number }; readonly reply: readonly StoredEvent[] };
  /** Ends orderly: runs of this process are interrupted and stored, processes ended, the session closed. */
  readonly close: { readonly request: null; readonly reply: null };
};

/** What the worker tells without being asked. */
export type WorkerEvents = {
  readonly changed: BoardChange;
  readonly command: { readonly call: number; readonly message: CommandMessage };
  /** A test of any run of this window, as it ends; `run` is its id. */
  readonly test: { readonly run: string; readonly number: number; readonly test: TestCase };
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
