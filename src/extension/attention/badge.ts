import type * as vscode from 'vscode';
import { factsOf } from '../folder-facts.ts';
import type { Remembered } from './remembered.ts';
import type { Folders } from '../folder.ts';
import { badgeOf } from './badge-count.ts';

export interface BadgeDeps {
  readonly folders: Folders;
  /** The view that carries the container's badge. */
  readonly view: Pick<vscode.TreeView<unknown>, 'badge'>;
  /** Runs whose page was opened. */
  readonly looked: Remembered;
  readonly dismissed: Remembered;
}

/** Failed runs not looked at yet and runs that need a person, as a number on Savepoint's icon. */
export function createBadge({ folders, view, looked, dismissed }: BadgeDeps): { dispose: () => void } {
  const update = (): void => {
    const badge = badgeOf(folders.all.map(factsOf), { looked: looked.ids, dismissed: dismissed.ids });
    if (badge?.value !== view.badge?.value) view.badge = badge;
  };
  const listeners = [
    folders.onDidChange(update),
    folders.onDidChangeFolders(update),
    looked.onDidChange(update),
    dismissed.onDidChange(update),
  ];
  update();
  return {
    dispose: () => {
      for (const listener of listeners) listener.dispose();
    },
  };
}
