import type { Board, BoardChange } from './board.ts';

/** The board after a change. What did not change is the same object. Runs stand newest first. */
export function applyChange(board: Board, change: Omit<BoardChange, 'revision'>): Board {
  const left = new Map(board.runs.map((row) => [row.run, row]));
  for (const run of change.gone) left.delete(run);
  for (const row of change.runs) left.set(row.run, row);
  const runs = [...left.values()].toSorted((a, b) => b.number - a.number);
  return { ...board, ...change.slices, runs, activities: activitiesAfter(board, change) };
}

function activitiesAfter({ activities }: Board, change: Omit<BoardChange, 'revision'>): Board['activities'] {
  if (change.activities === undefined) return activities;
  const { changed, order } = change.activities;
  const views = new Map([...activities, ...changed].map((view) => [view.id, view]));
  return order.flatMap((id) => views.get(id) ?? []);
}
