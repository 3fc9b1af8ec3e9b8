import * as vscode from 'vscode';
import type { Folders } from '../../extension/folder.ts';

/** A view says that it loads only after this. Milliseconds. */
const LOADING_MS = 300;

/** Shows the progress bar of Runs during some work. */
export const whileLoading = async <T>(work: () => Promise<T>): Promise<T> =>
  await vscode.window.withProgress({ location: { viewId: 'savepoint.runs' } }, work);

/** The same while a worker has not answered for the first time, after a while and without words. */
export function showLoading(folders: Folders): vscode.Disposable {
  const isStarting = (): boolean => folders.all.some(({ state, board }) => state.kind === 'starting' && board === null);
  const ended = new vscode.EventEmitter<void>();
  const untilEnded = (): Promise<void> => new Promise((resolve) => ended.event(resolve));
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (isStarting()) timer ??= setTimeout(() => void whileLoading(untilEnded), LOADING_MS);
    else if (timer !== undefined) stop();
  };
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
    ended.fire();
  };
  look();
  // Later too: a folder is added, or trusted.
  const listeners = vscode.Disposable.from(folders.onDidChange(look), folders.onDidChangeFolders(look));
  return new vscode.Disposable(() => {
    listeners.dispose();
    stop();
    ended.dispose();
  });
}
