import type { Board, BoardChange } from '../../contract/board.ts';

type Slices = Omit<Board, 'runs' | 'activities'>;

/** What takes one board to the other, without its number; null where nothing differs. */
export function changesBetween(before: Board, now: Board): Omit<BoardChange, 'revision'> | null {
  const { runs: runsBefore, activities: activitiesBefore, ...slicesBefore } = before;
  const { runs: runsNow, activities: activitiesNow, ...slicesNow } = now;
  const known = new Map(runsBefore.map((row) => [row.run, row]));
  const runs = runsNow.filter((row) => !isEqual(known.get(row.run), row));
  const present = new Set(runsNow.map(({ run }) => run));
  const gone = runsBefore.filter(({ run }) => !present.has(run)).map(({ run }) => run);
  const slices = Object.fromEntries(
    Object.entries(slicesNow).filter(([name, value]) => !isEqual(slicesBefore[name as keyof Slices], value)),
  ) as Partial<Slices>;
  const activities = activitiesBetween(activitiesBefore, activitiesNow);
  const nothing = runs.length + gone.length + Object.keys(slices).length === 0 && activities === null;
  return nothing ? null : { slices, runs, gone, ...(activities === null ? {} : { activities }) };
}

/** Each may name hundreds of files, and while many are written few of them change. */
function activitiesBetween(
  before: Board['activities'],
  now: Board['activities'],
): NonNullable<BoardChange['activities']> | null {
  const known = new Map(before.map((view) => [view.id, view]));
  const changed = now.filter((view) => !isEqual(known.get(view.id), view));
  const same = changed.length === 0 && now.length === before.length && now.every(({ id }, at) => id === before[at]?.id);
  return same ? null : { changed, order: now.map(({ id }) => id) };
}

/** Both sides are plain JSON made by the same code, so their keys come in the same order. */
const isEqual = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
