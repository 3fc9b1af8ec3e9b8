import type ts from 'typescript';
import type { Range } from '../../../../contract/findings.ts';
import { rangeOf } from '../report.ts';
import type { Compiler } from '../suspicious/rule.ts';
import { followsFromMissing, type MissingDependencies } from './dependencies.ts';

/** One error of the compiler in one file. */
export interface TypeError {
  /** Absolute. */
  readonly file: string;
  readonly code: number;
  /** The first sentence: the same for the same error, wherever it moves. */
  readonly head: string;
  readonly text: string;
  readonly range: Range;
}

/** Where output would go (a file outside `rootDir`): nothing is written here, and test runners and bundlers do not mind. */
const ABOUT_OUTPUT: ReadonlySet<number> = new Set([6059]);

/** Errors of one file that are errors of the code, not of missing dependencies. */
export function errorsIn(input: {
  readonly compiler: Compiler;
  readonly program: ts.Program;
  readonly source: ts.SourceFile;
  readonly missing: MissingDependencies;
  /** Types too, or only whether it parses. */
  readonly types: boolean;
}): readonly TypeError[] {
  const { compiler, program, source } = input;
  if (isFlow(source)) return [];
  const syntax = program.getSyntacticDiagnostics(source);
  const semantic = input.types && syntax.length === 0 ? program.getSemanticDiagnostics(source) : [];
  return [...syntax, ...semantic].flatMap((diagnostic) => {
    if (diagnostic.category !== compiler.DiagnosticCategory.Error || ABOUT_OUTPUT.has(diagnostic.code)) return [];
    const text = compiler.flattenDiagnosticMessageText(diagnostic.messageText, ' ').replace(/\s+/g, ' ');
    if (followsFromMissing(diagnostic, input.missing, text)) return [];
    const start = diagnostic.start ?? 0;
    const head =
      typeof diagnostic.messageText === 'string' ? diagnostic.messageText : diagnostic.messageText.messageText;
    const range = rangeOf(source, { start, end: start + (diagnostic.length ?? 0) });
    return [{ file: source.fileName, code: diagnostic.code, head, text, range }];
  });
}

/** Flow's types look like syntax errors to TypeScript. */
function isFlow(source: ts.SourceFile): boolean {
  return /\.[cm]?jsx?$/.test(source.fileName) && /@flow\b/.test(source.text.slice(0, 1000));
}

/** Errors that were not there before: of n alike of which m were, the last n - m. */
export function newErrors(now: readonly TypeError[], before: readonly TypeError[]): readonly TypeError[] {
  const left = new Map<string, number>();
  for (const error of before) left.set(keyOf(error), (left.get(keyOf(error)) ?? 0) + 1);
  return now.filter((error) => {
    const known = left.get(keyOf(error)) ?? 0;
    if (known > 0) left.set(keyOf(error), known - 1);
    return known === 0;
  });
}

function keyOf(error: TypeError): string {
  return `${error.file} ${String(error.code)} ${error.head}`;
}
