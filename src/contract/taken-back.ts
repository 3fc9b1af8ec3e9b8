import type { ActivityView } from './activities.ts';
import type { Board, RunRow } from './board.ts';
import { standingFailures } from './run-words.ts';

/**
 * Runs of which every file is as at HEAD again, by edits that therefore started nothing: what they found is over, although no run
 * has looked since. Where not all files of a run are known, it stands.
 */
export function takenBackRuns({ runs, activities }: Pick<Board, 'runs' | 'activities'>): ReadonlySet<string> {
  const back = activities.filter(({ decisions }) => decisions.some(({ takenBack }) => takenBack === true));
  if (back.length === 0) return new Set();
  // Newest first, so that of each file the newest stays.
  const newest = new Map(
    activities.toReversed().flatMap((activity) => activity.files.map(({ path }) => [path, activity] as const)),
  );
  return new Set(runs.filter((run) => isTakenBack(run, { activities, newest })).map(({ run }) => run));
}

/** Runs under Failed that neither a person nor taken back edits have settled. */
export function openFailures(
  board: Pick<Board, 'runs' | 'activities'>,
  dismissed: ReadonlySet<string>,
): readonly RunRow[] {
  const over = takenBackRuns(board);
  return standingFailures(board.runs).filter(({ run }) => !dismissed.has(run) && !over.has(run));
}

function isTakenBack(
  { workflow, activities: ids, scope }: RunRow,
  known: { readonly activities: readonly ActivityView[]; readonly newest: ReadonlyMap<string, ActivityView> },
): boolean {
  const own = known.activities.filter(({ id }) => ids.includes(id));
  const files = new Set(own.flatMap((activity) => activity.files.map(({ path }) => path)));
  const areAllKnown = own.length === ids.length && own.every((one) => one.total === one.files.length);
  // A run also looks at the files of those that it replaced.
  if (ids.length === 0 || !areAllKnown || scope.files > files.size) return false;
  return [...files].every((path) =>
    known.newest.get(path)?.decisions.some((one) => one.takenBack === true && one.workflow === workflow),
  );
}
