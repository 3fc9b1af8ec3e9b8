import type { Range } from './findings.ts';

/** A group of tests or a test, as it is written in a file. */
export interface TestNode {
  readonly kind: 'group' | 'test';
  /** Its own name, without its parents'. */
  readonly name: string;
  readonly range: Range;
  readonly children: readonly TestNode[];
}

export interface TestFile {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  /** The runner and its place: "vitest in packages/core". */
  readonly suite: string;
  /** Null where nobody asked what is in it. Tests whose names are made at run time are not in it. */
  readonly tests: readonly TestNode[] | null;
}

/** What Test Explorer can show before anything ran. */
export interface TestCatalogue {
  readonly files: readonly TestFile[];
  /** Tests that are there and cannot be run, and why. */
  readonly notChecked: readonly { readonly what: string; readonly why: string }[];
}
