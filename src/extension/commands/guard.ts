import { countWords } from '../../contract/words.ts';
import type { Board } from '../../contract/board.ts';
import { cannotWork, whyReadOnly } from '../folder-facts.ts';
import type { FolderState } from '../folder.ts';

/** A way on that a person can take, offered where something cannot be done. */
export interface Way {
  readonly label: string;
  readonly description?: string;
  readonly command: string;
  readonly argument?: unknown;
}

/** Why nothing can be done now, and the ways on. */
export interface Hindrance {
  readonly text: string;
  readonly ways: readonly Way[];
}

/** Whether there is a worker to ask, though it may be away. */
export const hasWorker = ({ kind }: FolderState): boolean => kind !== 'untrusted' && kind !== 'virtual';

/** Why a folder cannot do what it is asked; null where it can. */
export function hindranceOf(state: FolderState): Hindrance | null {
  switch (state.kind) {
    case 'ready':
    case 'starting':
      return null;
    case 'untrusted':
      return {
        text: 'Savepoint starts nothing in a folder you have not trusted: no checks, no commands, no connections.',
        ways: [{ label: 'Manage Workspace Trust', command: 'workbench.trust.manage' }],
      };
    case 'virtual':
      return { text: 'This folder is not on a disk Savepoint can reach, so nothing can run here.', ways: [] };
    case 'restarting':
      return {
        text: 'Savepoint is starting again. Ask once more in a moment.',
        ways: [{ label: 'Show Output', command: 'savepoint.showOutput' }],
      };
    case 'stopped':
      return {
        text: `Savepoint stopped itself: its worker ended ${countWords(state.endings, 'time')} in 10 minutes. ${state.reason}`,
        ways: [
          { label: 'Start Again', command: 'savepoint.startAgain' },
          { label: 'Show Output', command: 'savepoint.showOutput' },
          { label: 'Report an Issue', command: 'savepoint.reportIssue' },
        ],
      };
  }
}

/** Why nothing can be started or kept in a folder that can be looked at; null where it can. */
export const hindranceToWrite = (board: Board): Hindrance | null =>
  cannotWork(board)
    ? {
        text: `Savepoint cannot write to disk: ${whyReadOnly(board)}. Checks are stopped, nothing is lost.`,
        ways: [
          { label: 'Show What Happened', command: 'savepoint.doctor' },
          { label: 'Start Again', command: 'savepoint.startAgain' },
        ],
      }
    : null;

/** Where no folder is open. */
export const NO_FOLDER: Hindrance = {
  text: 'Savepoint works on a folder, and none is open.',
  ways: [{ label: 'Open Folder', command: 'workbench.action.files.openFolder' }],
};
