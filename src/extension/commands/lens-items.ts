import type { RunRow, WorkflowRow } from '../../contract/board.ts';
import { isAlive } from '../../contract/run-words.ts';
import type { Target } from '../../contract/target.ts';
import type { FolderFacts } from '../folder-facts.ts';
import type { Scene } from '../scene.ts';
import { outcomeOf } from './items.ts';

/** One link above the text of a workflow file. */
export interface LensItem {
  readonly title: string;
  readonly tooltip: string;
  readonly command: string;
  readonly target: Target;
}

/** Run, and what the newest run of it is or came to; nothing where nothing may start, and over a file that is broken or not in use. */
export function lensItems(
  { uri, state, board }: FolderFacts,
  isFile: (row: WorkflowRow) => boolean,
  scene: Scene,
): readonly LensItem[] {
  const row = board?.workflows.find((one) => one.problem === null && isFile(one));
  if (board === null || row === undefined || (state.kind !== 'ready' && state.kind !== 'restarting')) return [];
  const target = { folder: uri, workflow: row.id };
  const run: LensItem = {
    title: '$(play) Run',
    tooltip: 'Run it on what changed, as the file was saved last',
    command: 'savepoint.run',
    target,
  };
  return [...(state.kind === 'ready' ? [run] : []), ...newestItem(row, { runs: board.runs, target, scene })];
}

function newestItem(
  { id, last }: WorkflowRow,
  about: { readonly runs: readonly RunRow[]; readonly target: Target; readonly scene: Scene },
): readonly LensItem[] {
  const { runs, target, scene } = about;
  const newest = runs.find(({ workflow }) => workflow === id);
  if (newest === undefined) {
    // It ran, too long ago for the board.
    return last === null ? [] : [openItem(`run ${last.number}`, { ...target, run: last.run, number: last.number })];
  }
  const time = isAlive(newest) ? '' : ` ${scene.times.short(newest.startedAt, scene.now)}`;
  return [openItem(`${outcomeOf(newest)}${time}`, { ...target, run: newest.run, number: newest.number })];
}

const openItem = (words: string, target: Target & { readonly number: number }): LensItem => ({
  title: words,
  tooltip: `Open run ${target.number}`,
  command: 'savepoint.openRun',
  target,
});
