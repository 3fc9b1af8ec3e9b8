import * as vscode from 'vscode';
import type { EditorWrite, SaveReason } from '../../contract/worker.ts';
import type { OwnFolder, OwnFolders } from '../folders.ts';

/** After the last keystroke, so long somebody counts as typing. */
const TYPING_MS = 3000;

/**
 * Tells the workers what happens to files: saves and file operations of this editor as they are, everything else on disk as hints.
 * Every listener only notes; nothing waits, so no save is held up.
 */
export function watchEdits({ folders }: { readonly folders: OwnFolders }): vscode.Disposable {
  const perFolder = new Map<OwnFolder, vscode.Disposable>();
  const watchFolders = (): void => {
    for (const [folder, watch] of perFolder) {
      if (folders.all.includes(folder)) continue;
      watch.dispose();
      perFolder.delete(folder);
    }
    for (const folder of folders.all)
      if (folder.root.uri.scheme === 'file' && !perFolder.has(folder))
        perFolder.set(folder, watchDisk(folder, folders));
  };
  watchFolders();
  return vscode.Disposable.from(
    watchSaves(folders),
    watchFileOperations(folders),
    watchTyping(folders),
    folders.onDidChangeFolders(watchFolders),
    new vscode.Disposable(() => perFolder.forEach((watch) => void watch.dispose())),
  );
}

function watchSaves(folders: OwnFolders): vscode.Disposable {
  /** Of saves under way: the event that tells the reason comes before the one that tells the end. */
  const reasons = new Map<string, SaveReason>();
  const saved = (uri: vscode.Uri): void => {
    const reason = reasons.get(uri.toString()) ?? 'manual';
    reasons.delete(uri.toString());
    tell(folders, [uri], () => ({ kind: 'saved', path: uri.fsPath, reason }));
  };
  return vscode.Disposable.from(
    vscode.workspace.onWillSaveTextDocument(({ document, reason }) => {
      reasons.set(document.uri.toString(), REASONS[reason]);
    }),
    vscode.workspace.onDidSaveTextDocument(({ uri }) => saved(uri)),
    vscode.workspace.onDidSaveNotebookDocument(({ uri }) => saved(uri)),
  );
}

const REASONS: Readonly<Record<vscode.TextDocumentSaveReason, SaveReason>> = {
  [vscode.TextDocumentSaveReason.Manual]: 'manual',
  [vscode.TextDocumentSaveReason.AfterDelay]: 'after-delay',
  [vscode.TextDocumentSaveReason.FocusOut]: 'focus-out',
};

function watchFileOperations(folders: OwnFolders): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.onDidCreateFiles(({ files }) =>
      tell(folders, files, (uri) => ({ kind: 'created', path: uri.fsPath })),
    ),
    vscode.workspace.onDidDeleteFiles(({ files }) =>
      tell(folders, files, (uri) => ({ kind: 'deleted', path: uri.fsPath })),
    ),
    vscode.workspace.onDidRenameFiles(({ files }) => {
      for (const { oldUri, newUri } of files) {
        const [from, to] = [folders.of(oldUri), folders.of(newUri)];
        if (from !== undefined && from === to)
          to.link?.wrote([{ kind: 'renamed', from: oldUri.fsPath, path: newUri.fsPath }]);
        else {
          // Moved over the border of two roots: gone here, new there.
          from?.link?.wrote([{ kind: 'deleted', path: oldUri.fsPath }]);
          to?.link?.wrote([{ kind: 'created', path: newUri.fsPath }]);
        }
      }
    }),
  );
}

function tell(folders: OwnFolders, uris: readonly vscode.Uri[], writeOf: (uri: vscode.Uri) => EditorWrite): void {
  const onDisk = uris.filter(({ scheme }) => scheme === 'file');
  for (const [folder, own] of Map.groupBy(onDisk, (uri) => folders.of(uri))) folder?.link?.wrote(own.map(writeOf));
}

function watchDisk(folder: OwnFolder, folders: OwnFolders): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder.root, '**/*'));
  const hint = (uri: vscode.Uri): void => {
    // What git does is seen by its own files, which the worker watches; what lies in a root within this one is that root's.
    if (!uri.path.includes('/.git/') && folders.of(uri) === folder) folder.link?.touched(uri.fsPath);
  };
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(hint),
    watcher.onDidChange(hint),
    watcher.onDidDelete(hint),
  );
}

function watchTyping(folders: OwnFolders): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    timer = undefined;
    folders.typing(false);
  };
  const subscription = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (contentChanges.length === 0 || !document.isDirty) return;
    if (timer === undefined) {
      folders.typing(true);
      timer = setTimeout(stop, TYPING_MS);
    } else timer.refresh();
  });
  return new vscode.Disposable(() => {
    clearTimeout(timer);
    subscription.dispose();
  });
}
