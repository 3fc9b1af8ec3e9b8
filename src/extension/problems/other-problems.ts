import * as vscode from 'vscode';
import { givingWay, mayBeTold, ruleOf, type OtherProblem, type OwnProblem } from './give-way.ts';

/** What of ours is left to others in Problems, a file at a time: an error stands there once. */
export interface OtherProblems extends vscode.Disposable {
  /**
   * Fingerprints that are not shown. `checked`: a check has just said these findings; otherwise they have only moved, and it stays as it
   * was decided until others say something else.
   */
  hidden(uri: vscode.Uri, own: readonly OwnProblem[], checked: boolean): ReadonlySet<string>;
}

/** How long what gave way waits for the next check when theirs goes: a check after a save usually ends within. */
const COMES_BACK_MS = 5_000;

interface Known {
  readonly uri: vscode.Uri;
  own: readonly OwnProblem[];
  others: readonly OtherProblem[];
  hidden: ReadonlySet<string>;
  timer: NodeJS.Timeout | undefined;
}

/** `onChange`: other findings of the file give way than before. */
export function createOtherProblems({ onChange }: { readonly onChange: (uri: vscode.Uri) => void }): OtherProblems {
  const files = new Map<string, Known>();
  const listener = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
    if (files.size === 0) return;
    for (const uri of uris) {
      const known = files.get(uri.toString());
      const others = known && othersIn(uri);
      // Also told of our own changes: then theirs are as they were.
      if (!known || !others || areSame(others, known.others)) continue;
      known.others = others;
      if (decide(known, { patient: true })) onChange(uri);
    }
  });

  return {
    hidden(uri, own, checked) {
      const key = uri.toString();
      const tellable = own.filter(({ rule }) => mayBeTold(rule));
      const before = files.get(key);
      if (tellable.length === 0) {
        if (before) forget(key, before);
        return new Set();
      }
      const known = before ?? { uri, own: [], others: [], hidden: new Set<string>(), timer: undefined };
      files.set(key, known);
      known.own = tellable;
      if (before && !checked) return known.hidden;
      known.others = othersIn(uri);
      decide(known, { patient: false });
      return known.hidden;
    },
    dispose() {
      listener.dispose();
      for (const [key, known] of files) forget(key, known);
    },
  };

  /** Whether it is otherwise than before. */
  function decide(known: Known, { patient }: { readonly patient: boolean }): boolean {
    const before = known.hidden;
    const { hidden, alone } = givingWay({ own: known.own, others: known.others, before, patient });
    known.hidden = hidden;
    if (alone.size === 0) {
      clearTimeout(known.timer);
      known.timer = undefined;
    } else {
      known.timer ??= setTimeout(() => {
        known.timer = undefined;
        if (decide(known, { patient: false })) onChange(known.uri);
      }, COMES_BACK_MS);
    }
    return before.size !== hidden.size || [...hidden].some((one) => !before.has(one));
  }

  function forget(key: string, known: Known): void {
    clearTimeout(known.timer);
    files.delete(key);
  }
}

function othersIn(uri: vscode.Uri): readonly OtherProblem[] {
  return vscode.languages.getDiagnostics(uri).flatMap(({ source, code, severity, range: { start, end } }) => {
    const value = typeof code === 'object' ? code.value : code;
    if (source === undefined || source === 'savepoint' || value === undefined) return [];
    // Hints do not stand in Problems.
    if (severity === vscode.DiagnosticSeverity.Hint) return [];
    const rule = ruleOf({ source, code: String(value) });
    if (rule === null) return [];
    const { line, character } = start;
    return [{ rule, range: { start: { line, character }, end: { line: end.line, character: end.character } } }];
  });
}

const areSame = (a: readonly OtherProblem[], b: readonly OtherProblem[]): boolean =>
  a.length === b.length && a.every((one, at) => JSON.stringify(one) === JSON.stringify(b[at]));
