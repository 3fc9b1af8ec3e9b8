import { countWords } from '../../contract/words.ts';
import { standingFailures } from '../../contract/run-words.ts';
import type { FolderFacts } from '../folder-facts.ts';

/** What the badge says: failed runs nobody has looked at yet, and runs that need a person. */
export function badgeOf(
  folders: readonly FolderFacts[],
  known: { readonly looked: ReadonlySet<string>; readonly dismissed: ReadonlySet<string> },
): { readonly value: number; readonly tooltip: string } | undefined {
  const runs = folders.flatMap(({ state, board }) =>
    board === null || (state.kind !== 'ready' && state.kind !== 'restarting')
      ? []
      : [
          ...board.runs.filter(({ status }) => status === 'waiting'),
          ...standingFailures(board.runs).filter(({ run }) => !known.dismissed.has(run) && !known.looked.has(run)),
        ],
  );
  if (runs.length === 0) return undefined;
  const value = runs.length;
  return { value, tooltip: `${countWords(value, 'run')} ${value === 1 ? 'needs' : 'need'} a look` };
}
