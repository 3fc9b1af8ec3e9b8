import * as vscode from 'vscode';
import { createBadge } from './badge.ts';
import type { Scene } from '../scene.ts';
import { createTrees } from '../../views/trees/views.ts';
import { createRemembered } from './remembered.ts';
import type { Folders } from '../folder.ts';
import { registerMenu } from './menu.ts';
import { createNotifications } from './notifications.ts';
import { addressOf } from '../pages/report-document.ts';
import { createStatusBar } from './status-bar.ts';

export interface AttentionDeps {
  readonly folders: Folders;
  readonly scene: () => Scene;
  readonly context: Pick<vscode.ExtensionContext, 'workspaceState' | 'extensionUri'>;
  readonly log: vscode.LogOutputChannel;
}

/** Everything that tells a person how it stands, in the order in which it asks for attention: trees, status bar, badge, notifications. */
export function createAttention({ folders, scene, context, log }: AttentionDeps): vscode.Disposable {
  const looked = createRemembered(context.workspaceState, 'savepoint.looked');
  const dismissed = createRemembered(context.workspaceState, 'savepoint.dismissed');
  const builtIn = vscode.Uri.joinPath(context.extensionUri, 'dist', 'builtin');
  const trees = createTrees({ folders, scene, dismissed, builtIn, log });
  const notifications = createNotifications({ folders, state: context.workspaceState });
  const statusBar = createStatusBar({ folders, scene, dismissed, notifications });
  return vscode.Disposable.from(
    trees,
    statusBar,
    registerMenu({ folders, scene, status: statusBar.status }),
    createBadge({ folders, view: trees.runs, looked, dismissed }),
    notifications,
    // Whoever has a run's page before them has looked at it, however it was opened.
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      const run = editor === undefined ? undefined : addressOf(editor.document.uri)?.run;
      if (run !== undefined) looked.add(run);
    }),
    looked,
    dismissed,
  );
}
