import * as vscode from 'vscode';
import type { WorkflowRow } from '../../contract/board.ts';
import type { Folders } from '../folder.ts';
import { factsOf } from '../folder-facts.ts';
import type { Scene } from '../scene.ts';
import { lensItems, type LensItem } from './lens-items.ts';

export interface WorkflowLensDeps {
  readonly folders: Folders;
  readonly scene: () => Scene;
}

/** Above workflow files: Run, and the last result. Costs nothing while no such file is open. */
export function registerWorkflowLens({ folders, scene }: WorkflowLensDeps): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  /** What stands above the files that are open, as text. */
  const shown = new Map<string, string>();

  const itemsOf = (uri: vscode.Uri): readonly LensItem[] => {
    const folder = folders.of(uri);
    const isFile = ({ file, builtIn }: WorkflowRow): boolean =>
      !builtIn && vscode.Uri.file(file).toString() === uri.toString();
    return folder === undefined ? [] : lensItems(factsOf(folder), isFile, scene());
  };
  const look = (): void => {
    const differs = [...shown].some(([uri, text]) => JSON.stringify(itemsOf(vscode.Uri.parse(uri))) !== text);
    if (differs) changed.fire();
  };

  return vscode.Disposable.from(
    changed,
    vscode.languages.registerCodeLensProvider(
      { scheme: 'file', pattern: '**/.savepoint/workflows/*.{yaml,yml}' },
      {
        onDidChangeCodeLenses: changed.event,
        provideCodeLenses({ uri }) {
          const items = itemsOf(uri);
          shown.set(uri.toString(), JSON.stringify(items));
          return items.map(lensOf);
        },
      },
    ),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => shown.delete(uri.toString())),
    folders.onDidChange(look),
    folders.onDidChangeFolders(look),
  );
}

/** Above the first line: ids and names stand anywhere. */
const lensOf = ({ title, tooltip, command, target }: LensItem): vscode.CodeLens =>
  new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, tooltip, command, arguments: [target] });
