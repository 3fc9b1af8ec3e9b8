import type { Board, BoardChange } from './board.ts';

/** The board after a change. Runs stand newest first. */
export function applyChange(board: Board, { slices, runs, gone }: Omit<BoardChange, 'revision'>): Board {
  const left = new Map(board.runs.map((row) => [row.run, row]));
  for (const run of gone) left.delete(run);
  for (const row of runs) left.set(row.run, row);
  return { ...board, ...slices, runs: [...left.values()].toSorted((a, b) => b.number - a.number) };
}
