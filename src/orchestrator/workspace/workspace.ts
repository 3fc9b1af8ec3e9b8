import type { Scope } from '../../contract/agents.ts';
import type { Result } from '../../contract/failures.ts';

/**
 * The user's folder: always real files, never written to. Paths are relative to the root with `/`. Every git call reads only
 * (GIT_OPTIONAL_LOCKS=0). Answers are of the moment of the call, cached within one instance where it says so.
 */
export interface Workspace {
  /** Absolute, real path. */
  readonly root: string;
  /** Null where the folder is not in a git work tree or git is missing; `gitMissing` tells which. */
  git(): Promise<GitFacts | null>;
  gitMissing(): Promise<boolean>;
  /** Resolves what the user asked for into files. `usage` when a named file is missing or the revision is unknown. */
  scope(request: ScopeRequest, look?: Look): Promise<Result<Scope>>;
  /** Every file not ignored (less untracked node_modules; without git: less .git and what .gitignore names), sorted. No links, no submodules. */
  files(look?: Look): Promise<readonly string[]>;
  /** Content ids (git blob ids where git knows them, else the same hash computed) of these files; missing ones are absent. */
  contentIds(files: readonly string[], look?: Look): Promise<ReadonlyMap<string, string>>;
  /** Text of the work tree file; null when missing, unreadable, binary or over 2 MiB (`skipped` then says why). */
  read(file: string): Promise<string | null>;
  /** Text at the scope's base; null when it was not there. */
  readBase(base: string, file: string): Promise<string | null>;
  /**
   * Lines (0-based, sorted, disjoint, end exclusive) of the work tree file that differ from base; the whole file when new or
   * without a base. Where lines were only removed, the range is empty: what spans that place is touched.
   */
  changedLines(scope: Scope, file: string): Promise<LineRanges>;
  /** Files of a changed scope's base that are not there any more, the old names of renamed ones included; sorted. */
  removed(scope: Scope): Promise<readonly string[]>;
  /** Fingerprints that people dismissed in this workspace. */
  dismissed(): ReadonlySet<string>;
  /** Files that were asked for and could not be read, and why ("over 2 MiB", "permission denied", "binary"). */
  skipped(): readonly { readonly file: string; readonly why: string }[];
}

/**
 * `reuse`: answer from this instance's last look at the work tree (by `scope`, `files` or `contentIds`) instead of asking git
 * again. Right while nothing has run since: one `git status` then serves a whole cached run.
 */
export interface Look {
  readonly reuse: boolean;
}

export interface ScopeRequest {
  readonly files?: readonly string[] | undefined;
  readonly since?: string | undefined;
  readonly all?: boolean | undefined;
  /**
   * What differs from HEAD, of these files only (relative paths); may be none. Without git or a first commit: those of them that
   * exist and are not ignored.
   */
  readonly within?: readonly string[] | undefined;
  /** Beside `within`: files that are looked at whether or not they differ, where they are there. */
  readonly also?: readonly string[] | undefined;
}

export interface GitFacts {
  /** Absolute path of the git work tree's top, which may lie above the workspace. */
  readonly top: string;
  /** Commit of HEAD; null before the first commit. */
  readonly head: string | null;
  readonly branch: string | null;
  readonly version: string;
}

export type LineRanges = readonly (readonly [start: number, end: number])[];

/** Whether any line of the 0-based, end-inclusive span is in the ranges. */
export function touches(ranges: LineRanges, startLine: number, endLine: number): boolean {
  return ranges.some(([start, end]) => startLine < end && endLine >= start);
}
