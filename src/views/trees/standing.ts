import type { Standing } from '../../contract/view-contributions.ts';
import { cannotWork, onlyFollows, whyReadOnly, type FolderFacts } from '../../extension/folder-facts.ts';
import type { Scene } from '../../extension/scene.ts';

/** Where the folders stand, for welcome texts: rows anywhere mean `working`. */
export function standingOf(folders: readonly FolderFacts[]): Standing {
  const all = folders.map(folderStanding);
  const [first = 'starting'] = all;
  if (all.every((one) => one === first)) return first;
  return SPEAKS_FIRST.find((one) => all.includes(one)) ?? first;
}

/** Of folders that stand differently: rows before welcome texts, what needs a person before the rest. */
const SPEAKS_FIRST: readonly Standing[] = ['working', 'stopped', 'full', 'fresh', 'starting'];

function folderStanding({ state, board }: FolderFacts): Standing {
  switch (state.kind) {
    case 'virtual':
      return 'virtual';
    case 'stopped':
      return 'stopped';
    case 'untrusted':
      return 'starting';
    case 'starting':
    case 'ready':
    case 'restarting':
      if (board === null) return 'starting';
      if (cannotWork(board)) return 'full';
      return board.runs.length === 0 ? 'fresh' : 'working';
  }
}

/** What stands above the rows of Runs; empty mostly. VS Code shows no welcome text together with it. */
export function messageOf(folders: readonly FolderFacts[], { times }: Scene): string {
  for (const { state, board } of folders) {
    if (state.kind === 'restarting' && board !== null) {
      return `Starting again. This is how it stood at ${times.exact(state.since)}.`;
    }
    if (board !== null && onlyFollows(board)) {
      return 'Another window of this folder does the work. This one follows it.';
    }
  }
  return '';
}

/** Characters that there is room for beside a view's name. */
const BESIDE_NAME = 24;

/** Beside the name of Runs: what a welcome text cannot say, because it is fixed. */
export function runsWords(folders: readonly FolderFacts[], { times, now }: Scene): string {
  for (const { state, board } of folders) {
    if (state.kind === 'stopped') return `stopped ${times.short(state.at, now)}`;
    if (board === null || !cannotWork(board)) continue;
    const why = whyReadOnly(board);
    return why.length <= BESIDE_NAME ? why : 'cannot write to disk';
  }
  return '';
}
