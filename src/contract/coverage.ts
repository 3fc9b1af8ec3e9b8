import type { Range } from './findings.ts';

/** Which parts of a source file ran in a run of its tests. Positions fit the file's content of that run. */
export interface FileCoverage {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  /** How often each ran. Where only lines can be told (V8), a statement is a line. */
  readonly statements: readonly { readonly range: Range; readonly count: number }[];
  readonly functions: readonly { readonly name: string; readonly range: Range; readonly count: number }[];
}
