import type ts from 'typescript';
import { touches, type LineRanges } from '../../../workspace/workspace.ts';
import type { Compiler, Look, Replacement, Span, SuspicionRule } from './rule.ts';

/** Something a rule said about one place. */
export interface Suspicion {
  readonly rule: SuspicionRule;
  readonly message: string;
  readonly span: Span;
  /** Empty where there is no one way to put it right. */
  readonly edits: readonly Replacement[];
}

export interface Suspects {
  readonly compiler: Compiler;
  readonly program: ts.Program;
  readonly source: ts.SourceFile;
  /** The base's text of the file, parsed; null when there is none. */
  readonly base: ts.SourceFile | null;
  /** Only nodes that touch these lines are looked at; null: all. */
  readonly lines: LineRanges | null;
  readonly rules: readonly SuspicionRule[];
}

/** Asks every rule about every node on the lines. In the order of the text; the same place is said once a rule. */
export function suspect(input: Suspects): readonly Suspicion[] {
  const { compiler, source, lines } = input;
  const found = new Map<string, Suspicion>();
  let current: SuspicionRule | null = null;
  const look: Look = {
    ts: compiler,
    checker: input.program.getTypeChecker(),
    source,
    base: input.base,
    strictNull: isStrictNull(input.program.getCompilerOptions()),
    javascript: /\.[cm]?jsx?$/i.test(source.fileName),
    report(where, message, edits = []) {
      if (!current) return;
      const span = 'kind' in where ? { start: where.getStart(source), end: where.getEnd() } : where;
      const key = `${current.id}:${span.start}`;
      if (!found.has(key)) found.set(key, { rule: current, message, span, edits });
    },
  };
  const visit = (node: ts.Node): void => {
    // One line more: where the last lines of a node were removed, it now ends before that place.
    const end = lineOf(source, node.getEnd()) + 1;
    if (lines && !touches(lines, lineOf(source, node.getStart(source)), end)) return;
    for (const rule of input.rules) {
      current = rule;
      rule.check(node, look);
    }
    compiler.forEachChild(node, visit);
  };
  visit(source);
  return [...found.values()].toSorted((a, b) => a.span.start - b.span.start);
}

function lineOf(source: ts.SourceFile, offset: number): number {
  return source.getLineAndCharacterOfPosition(offset).line;
}

function isStrictNull(options: ts.CompilerOptions): boolean {
  return options.strictNullChecks ?? options.strict ?? false;
}
