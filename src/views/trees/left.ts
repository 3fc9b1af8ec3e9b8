import type { RunRow } from '../../contract/board.ts';
import type { StepView } from '../../contract/runs.ts';

/** Whether a live worker is at work on it. */
export const isAlive = ({ status }: Pick<RunRow, 'status'>): boolean =>
  status === 'running' || status === 'retrying' || status === 'compensating';

/** A run while nobody can tell how it goes on, because the worker is away: nothing in it says that it is at work. */
export function asLeft(run: RunRow): RunRow {
  if (!isAlive(run)) return run;
  const left = (step: StepView): StepView =>
    step.status === 'running' || step.status === 'retrying' || step.status === 'compensating'
      ? { ...step, status: 'interrupted', nextTryAt: null }
      : step;
  return { ...run, status: 'interrupted', steps: run.steps.map(left) };
}
