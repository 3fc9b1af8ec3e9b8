import type { RunRow } from '../../contract/board.ts';
import type { StepError } from '../../contract/failures.ts';
import type { Finding } from '../../contract/findings.ts';
import type { RunView } from '../../contract/runs.ts';
import { shellWords } from '../../contract/shell-words.ts';

/** Names of failing tests that a row has room for. */
const FAILING_SHOWN = 5;
/** The rest is counted on the run's page. */
const NOT_CHECKED_SHOWN = 20;

export type Progress = RunRow['progress'];

/** A run less everything that can be long. */
export function rowOf(view: RunView, progress: Progress): RunRow {
  const { findings, tests, evidence: _evidence, written: _written, notChecked, definitionHash: _hash, ...row } = view;
  const { cases, ...totals } = tests;
  return {
    ...row,
    findings: countsOf(findings),
    tests: totals,
    failing: cases
      .filter(({ status }) => status === 'failed')
      .slice(0, FAILING_SHOWN)
      .map(({ name }) => name),
    notChecked: notChecked.slice(0, NOT_CHECKED_SHOWN).map(({ what, why }) => `${what}: ${why}`),
    failedCommand: failedCommandOf(view),
    activities: view.trigger.activities,
    progress,
  };
}

function countsOf(findings: readonly Finding[]): RunRow['findings'] {
  const count = (severity: Finding['severity']): number => findings.filter((one) => one.severity === severity).length;
  return { error: count('error'), warning: count('warning'), info: count('info') };
}

function failedCommandOf({ steps, evidence }: RunView): string | null {
  const failed = steps.find(({ status }) => status === 'failed');
  if (failed === undefined) return null;
  const command = commandOf(failed.error) ?? evidence.findLast(({ step }) => step === failed.id)?.command ?? null;
  return command && shellWords(command);
}

const commandOf = (error: StepError | null): readonly string[] | null => error?.command ?? null;
