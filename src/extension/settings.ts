import * as vscode from 'vscode';
import { workerSettings } from '../contract/commands/setting-values.ts';
import { SETTINGS, type WrittenSettings } from '../contract/commands/settings.ts';
import type { WorkerSettings } from '../contract/worker.ts';

/** Settings of the editor as they are now. Only the user's own values count: a folder's settings file changes nothing, whatever it says. */
export function readSettings(): WorkerSettings {
  const configuration = vscode.workspace.getConfiguration();
  const written: WrittenSettings = Object.fromEntries(
    SETTINGS.flatMap(({ key }) => {
      const own = configuration.inspect<unknown>(key)?.globalValue;
      return own === undefined ? [] : [[key, own]];
    }),
  );
  return workerSettings(written);
}

/** Calls back with all of them when one changed. */
export const onSettingsChanged = (changed: (settings: WorkerSettings) => void): vscode.Disposable =>
  vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('savepoint')) changed(readSettings());
  });
