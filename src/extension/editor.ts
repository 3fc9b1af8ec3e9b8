import * as vscode from 'vscode';
import type { Scene } from './scene.ts';
import { definitionsEntry } from './commands/check-here.ts';
import { registerCodeActions } from './problems/code-actions.ts';
import { lookPages } from './commands/look-commands.ts';
import { registerCommands } from './commands/register.ts';
import { whyPages } from './commands/why-command.ts';
import { registerWorkflowLens } from './commands/workflow-lens.ts';
import { createProblems } from './problems/diagnostics.ts';
import type { Folders } from './folder.ts';
import { registerHover } from './problems/hover.ts';
import { createPages } from './pages/report-document.ts';

/** Everything around the code and the palette: Problems with their fixes and hovers, links above workflow files, pages, commands. */
export function registerEditor(deps: {
  readonly folders: Folders;
  readonly scene: () => Scene;
  readonly log: vscode.LogOutputChannel;
  readonly context: vscode.ExtensionContext;
}): vscode.Disposable {
  const { folders, scene, log, context } = deps;
  const problems = createProblems({ folders });
  const pages = createPages({ folders, writers: { ...lookPages(scene), ...whyPages(problems, scene) } });
  const { version } = context.extension.packageJSON as { readonly version: string };
  const logFile = vscode.Uri.joinPath(context.logUri, `${log.name}.log`).fsPath;
  return vscode.Disposable.from(
    problems,
    pages,
    registerHover({ problems, scene }),
    registerCodeActions({ problems }),
    registerWorkflowLens({ folders, scene }),
    registerCommands({
      ...{ folders, scene, pages, problems, log, version, logFile },
      ...{ definitionsEntry: definitionsEntry(context.extensionUri), extensionUri: context.extensionUri },
    }),
  );
}
