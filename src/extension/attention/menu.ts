import * as vscode from 'vscode';
import type { Scene } from '../scene.ts';
import { answer } from '../commands/answers.ts';
import { NO_FOLDER } from '../commands/guard.ts';
import { factsOf } from '../folder-facts.ts';
import type { Folders } from '../folder.ts';
import { menuItems, type MenuItem } from './menu-items.ts';
import type { Status } from './status-item.ts';

export interface MenuDeps {
  readonly folders: Folders;
  readonly scene: () => Scene;
  readonly status: () => Status;
}

/** `savepoint.showMenu`: what a click on the status bar item opens. */
export function registerMenu({ folders, scene, status }: MenuDeps): vscode.Disposable {
  return vscode.commands.registerCommand('savepoint.showMenu', async () => {
    if (folders.all.length === 0) return answer(NO_FOLDER);
    const now = status();
    const items = menuItems(now, folders.all.map(factsOf), scene()).map(quickPickItem);
    const title = `Savepoint: ${now.outcome}`;
    const chosen = await vscode.window.showQuickPick(items, { placeHolder: title, matchOnDescription: true });
    if (chosen === undefined) return;
    const { command, target } = chosen.item;
    await vscode.commands.executeCommand(command, ...(target === null ? [] : [target]));
  });
}

const quickPickItem = (item: MenuItem): vscode.QuickPickItem & { readonly item: MenuItem } => ({
  label: item.label,
  description: item.description,
  iconPath: new vscode.ThemeIcon(item.icon),
  item,
});
