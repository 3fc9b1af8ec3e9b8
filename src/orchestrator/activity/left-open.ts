import { hasResult, isPartialPass, runFacts } from '../../contract/run-words.ts';
import type { RunView } from '../../contract/runs.ts';
import type { RunStart } from '../workflow/run-events.ts';

/**
 * What the newest result of a workflow left open: its next run for edits looks at it again, beside what was edited. Else a test
 * that fails would be forgotten by a run that is green on other files. Pure.
 */
export interface LeftOpen {
  /** Relative to the workspace; whether or not they still differ from HEAD, or are there. */
  readonly files: readonly string[];
  /** All that differs from HEAD. */
  readonly everything: boolean;
}

export const NOTHING_OPEN: LeftOpen = { files: [], everything: false };

/** Null for a run that says nothing of what stands: it came to no result, or passed on a part only. */
export function leftOpenBy(
  view: RunView,
  { scopeRequest, scope }: Pick<RunStart, 'scopeRequest' | 'scope'>,
): LeftOpen | null {
  if (!hasResult(view) || isPartialPass({ ...view, ...runFacts(view) })) return null;
  const failing = view.tests.cases.filter(({ status }) => status === 'failed').map(({ file }) => file);
  const found = view.findings.map(({ file }) => file);
  const files = [...new Set([...failing, ...found])].filter((file) => file !== '').sort();
  const looked = scopeRequest.within ?? scope.files;
  const isElsewhere = (file: string): boolean => looked !== null && !looked.includes(file);
  const couldNotFinish = view.status !== 'completed' || view.steps.some(({ status }) => status === 'failed');
  // What an edit broke elsewhere goes with the edit, and a test that has no file with what it reaches.
  if (!couldNotFinish && !found.some(isElsewhere) && !failing.includes('') && failing.length >= view.tests.failed)
    return { files, everything: false };
  if (looked === null) return { files, everything: scope.kind === 'changed' };
  return { files: [...new Set([...files, ...looked])].sort(), everything: false };
}
