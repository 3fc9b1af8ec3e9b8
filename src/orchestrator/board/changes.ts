import type { Board, BoardChange } from '../../contract/board.ts';

type Slices = Omit<Board, 'runs'>;

/** What takes one board to the other, without its number; null where nothing differs. */
export function changesBetween(before: Board, now: Board): Omit<BoardChange, 'revision'> | null {
  const { runs: runsBefore, ...slicesBefore } = before;
  const { runs: runsNow, ...slicesNow } = now;
  const known = new Map(runsBefore.map((row) => [row.run, row]));
  const runs = runsNow.filter((row) => !isEqual(known.get(row.run), row));
  const present = new Set(runsNow.map(({ run }) => run));
  const gone = runsBefore.filter(({ run }) => !present.has(run)).map(({ run }) => run);
  const slices = Object.fromEntries(
    Object.entries(slicesNow).filter(([name, value]) => !isEqual(slicesBefore[name as keyof Slices], value)),
  ) as Partial<Slices>;
  return runs.length + gone.length + Object.keys(slices).length === 0 ? null : { slices, runs, gone };
}

/** Both sides are plain JSON made by the same code, so their keys come in the same order. */
const isEqual = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
