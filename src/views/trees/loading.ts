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
  const listener = folders.onDidChange(() => {
    if (!isStarting()) ended.fire();
  });
  const untilEnded = (): Promise<void> => new Promise((resolve) => ended.event(resolve));
  const timer = setTimeout(() => {
    if (isStarting()) void whileLoading(untilEnded);
  }, LOADING_MS);
  return {
    dispose() {
      clearTimeout(timer);
      ended.fire();
      listener.dispose();
      ended.dispose();
    },
  };
}
