import type { Board, RunRow } from '../../contract/board.ts';
import { isAlive } from '../../contract/run-words.ts';
import type { StepView } from '../../contract/runs.ts';

/** As the last board looks while no worker is there to hold a run: nothing is at work, and what was goes on by itself later. */
export function cutOff(board: Board): Board {
  return { ...board, runs: board.runs.map(cutOffRun) };
}

function cutOffRun(row: RunRow): RunRow {
  if (!isAlive(row)) return row;
  const cutOffStep = (step: StepView): StepView =>
    isAlive(step) ? { ...step, status: 'interrupted', nextTryAt: null } : step;
  return { ...row, status: 'interrupted', steps: row.steps.map(cutOffStep) };
}
