import { applyChange } from '../../contract/apply-change.ts';
import type { Board, BoardChange, BoardSnapshot } from '../../contract/board.ts';
import { cutOff } from './cut-off.ts';

/** The board as the worker told it last. Each worker counts its changes anew: after an ending only a snapshot of the next one counts. */
export interface BoardCopy {
  /** Null before the first snapshot. */
  readonly board: Board | null;
  /** False where it is older than what is known. */
  take(snapshot: BoardSnapshot): boolean;
  /** `missed`: one before it did not come, and a snapshot is needed. `known`: nothing new. */
  change(change: BoardChange): 'taken' | 'known' | 'missed';
  /** The worker is gone, and what it had at work is cut off. */
  cutOff(): void;
}

export function createBoardCopy(): BoardCopy {
  let board: Board | null = null;
  /** Of the worker that is there; null until it told a snapshot. */
  let revision: number | null = null;
  return {
    get board() {
      return board;
    },
    take(snapshot) {
      if (revision !== null && snapshot.revision < revision) return false;
      ({ revision, board } = snapshot);
      return true;
    },
    change(change) {
      if (board === null || revision === null || change.revision <= revision) return 'known';
      if (change.revision > revision + 1) return 'missed';
      revision = change.revision;
      board = applyChange(board, change);
      return 'taken';
    },
    cutOff() {
      revision = null;
      board &&= cutOff(board);
    },
  };
}
