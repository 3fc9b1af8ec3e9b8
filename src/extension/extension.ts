import * as vscode from 'vscode';
import { createAttention } from './attention/attention.ts';
import { registerEditor } from './editor.ts';
import { createScenes } from './scene.ts';
import { createFolders, workerEntry, type OwnFolders } from './folders.ts';
import { createRunLog } from './pages/run-log.ts';
import { onSettingsChanged, readSettings } from './settings.ts';
import { createTestExplorer } from './tests/explorer.ts';
import { watchEdits } from './edits/watch-edits.ts';

/** What tests of the extension look at; nobody else gets it. */
export interface Inside {
  readonly folders: OwnFolders;
}

let open: OwnFolders | null = null;

/** Registers everything at once and returns: nothing here waits, or reads a disk. */
export function activate(context: vscode.ExtensionContext): Inside | undefined {
  const log = vscode.window.createOutputChannel('Savepoint', { log: true });
  const folders = createFolders({
    settings: readSettings,
    entry: workerEntry(context.extensionUri),
    onLog: (root, { level, text }) => log[level](inWords(root, text)),
  });
  const scene = createScenes();
  open = folders;
  context.subscriptions.push(
    log,
    folders,
    watchEdits({ folders }),
    createAttention({ folders, scene, log, context }),
    registerEditor({ folders, scene, log, context }),
    createTestExplorer({ folders, log }),
    createRunLog({ folders, tell: (root, text) => log.info(inWords(root, text)) }),
    onSettingsChanged((settings) => folders.configure(settings)),
  );
  return context.extensionMode === vscode.ExtensionMode.Test ? { folders } : undefined;
}

/** Where this is not called, or its time runs out, the next start finds everything on disk. */
export async function deactivate(): Promise<void> {
  await open?.close();
  open = null;
}

/** Only where there are several roots it matters which one speaks. */
function inWords({ name }: vscode.WorkspaceFolder, text: string): string {
  return (vscode.workspace.workspaceFolders?.length ?? 0) > 1 ? `${name}: ${text}` : text;
}
