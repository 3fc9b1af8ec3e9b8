import type { Board, RunRow } from '../contract/board.ts';

/** As the last board looks while no worker is there to hold a run: nothing is at work, and what was goes on by itself later. */
export function cutOff(board: Board): Board {
  return { ...board, runs: board.runs.map(cutOffRun) };
}

const AT_WORK: ReadonlySet<string> = new Set(['running', 'retrying', 'compensating']);

function cutOffRun(row: RunRow): RunRow {
  if (!AT_WORK.has(row.status)) return row;
  const steps = row.steps.map((step) =>
    AT_WORK.has(step.status) ? { ...step, status: 'interrupted' as const, nextTryAt: null } : step,
  );
  return { ...row, status: 'interrupted', steps, progress: {} };
}
