import type ts from 'typescript';
import type { Finding } from '../../../../contract/findings.ts';

/** A `typescript` module: the workspace's own or ours. Its numbers differ between versions, so rules never import one. */
export type Compiler = typeof ts;

/** A slip that people make while editing. Data, so that the examples are its tests and its help page. */
export interface SuspicionRule {
  /** `family.name`. */
  readonly id: string;
  readonly severity: Finding['severity'];
  readonly confidence: Finding['confidence'];
  /** One line for the list of rules. */
  readonly title: string;
  readonly bad: readonly Example[];
  /** Code that looks alike and is right: the rule says nothing. */
  readonly good: readonly Example[];
  /** Called for every node that touches a changed line, parents before children. */
  check(node: ts.Node, look: Look): void;
}

/** A string is a TypeScript file that is new as a whole. */
export type Example = string | { readonly code: string; readonly file?: string; readonly base?: string };

/** One file with types, and what it was before. */
export interface Look {
  readonly ts: Compiler;
  readonly checker: ts.TypeChecker;
  readonly source: ts.SourceFile;
  /** The file at the base, parsed only; null when it is new, or when there is no base. */
  readonly base: ts.SourceFile | null;
  /** Whether the compiler keeps null and undefined apart: it then finds much by itself. */
  readonly strictNull: boolean;
  /** JavaScript: the compiler reports no type errors here. */
  readonly javascript: boolean;
  /**
   * `where`: the smallest piece that a person has to change. Message: what goes wrong, what to do. `edits`: what does it, where
   * there is one way only.
   */
  report(where: ts.Node | Span, message: string, edits?: readonly Replacement[]): void;
}

/** New text in place of a span of the file. */
export interface Replacement extends Span {
  readonly text: string;
}

/** Offsets in the file's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}
