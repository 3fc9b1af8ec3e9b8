import * as vscode from 'vscode';
import type { CommandId } from '../../contract/commands/palette.ts';
import { targetOf } from '../../contract/target.ts';
import { createApproveCommands } from './approve-commands.ts';
import type { Problems } from '../problems/diagnostics.ts';
import { createReportIssue } from '../pages/report-issue.ts';
import { helpPage } from '../problems/rule-help.ts';
import type { Pages } from '../pages/report-document.ts';
import { registerAnswering, type Handler } from './answering.ts';
import { createAutomaticCommands } from './automatic-commands.ts';
import { createFindingCommands } from './finding-commands.ts';
import { createLookCommands } from './look-commands.ts';
import type { CommandDeps } from './pick.ts';
import { createRunCommands } from './run-commands.ts';
import { createWhyCommand } from './why-command.ts';

export interface RegisterDeps extends CommandDeps {
  readonly pages: Pages;
  readonly problems: Problems;
  readonly log: vscode.LogOutputChannel;
  /** Bundle that checks workflow and agent files without a worker. */
  readonly definitionsEntry: string;
  /** Savepoint's own. */
  readonly version: string;
  /** The folder that the extension is installed in. */
  readonly extensionUri: vscode.Uri;
  /** File of the output channel; may not exist. */
  readonly logFile: string;
}

/** Registers every command of the palette's table; the menu of the status bar is its own (status). */
export function registerCommands(deps: RegisterDeps): vscode.Disposable {
  const handlers: Readonly<Record<Exclude<CommandId, 'savepoint.showMenu'>, Handler>> = {
    ...createRunCommands(deps),
    ...createLookCommands({
      ...deps,
      showProblems: (root, found) => deps.problems.showDefinitionProblems(root, found),
    }),
    ...createWhyCommand(deps),
    ...createAutomaticCommands(deps),
    ...createApproveCommands(deps),
    ...createFindingCommands(deps),
    ...createReportIssue(deps),
    'savepoint.startAgain': async (argument) => startAgain(deps, argument),
    'savepoint.showOutput': async () => deps.log.show(),
    'savepoint.openRuleHelp': async (agent) => openRuleHelp(deps, agent),
  };
  return vscode.Disposable.from(
    ...Object.entries(handlers).map(([id, handler]) => registerAnswering(deps, id, handler)),
  );
}

async function openRuleHelp({ extensionUri }: RegisterDeps, agent: unknown): Promise<void> {
  const page = helpPage(agent);
  if (page !== null)
    await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.joinPath(extensionUri, page));
}

/** Each folder that stopped, or the one that is meant, even where it only seems to hang. */
function startAgain({ folders }: CommandDeps, argument: unknown): void {
  const target = targetOf(argument);
  const stopped = folders.all.filter(({ state }) => state.kind === 'stopped');
  const meant =
    target === null
      ? stopped.length > 0
        ? stopped
        : folders.all
      : folders.all.filter(({ root }) => root.uri.toString() === target.folder);
  for (const folder of meant) folder.startAgain();
}
