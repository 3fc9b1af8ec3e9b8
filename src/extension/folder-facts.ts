import type { Board } from '../contract/board.ts';
import type { Folder, FolderState } from './folder.ts';

/** One folder root as the pure models see it. */
export interface FolderFacts {
  readonly uri: string;
  readonly name: string;
  readonly state: FolderState;
  readonly board: Board | null;
}

export const factsOf = ({ root, state, board }: Folder): FolderFacts => ({
  uri: root.uri.toString(),
  name: root.name,
  state,
  board,
});

/** This window can store nothing, but it can read, and another one of the folder leads: it follows that one. */
export const onlyFollows = ({ readOnly, role, session }: Board): boolean =>
  readOnly !== null && role === 'follower' && session !== '';

/** Nothing can be stored, here or, as far as this window knows, anywhere. */
export const cannotWork = (board: Board): boolean => board.readOnly !== null && !onlyFollows(board);

/** What keeps it from writing, to stand after a colon or before a full stop. */
export const whyReadOnly = ({ readOnly }: Board): string => (readOnly ?? '').trim().replace(/\.$/, '');
