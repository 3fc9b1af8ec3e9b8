import * as vscode from 'vscode';
import { targetOf } from '../../contract/target.ts';
import { factsOf } from '../../extension/folder-facts.ts';
import type { Remembered } from '../../extension/attention/remembered.ts';
import type { Folder, Folders } from '../../extension/folder.ts';
import { createActivitiesTree } from './activities.ts';
import { createAtMost } from './at-most.ts';
import { createContextKeys } from './context-keys.ts';
import { commandOf } from './tree-items.ts';
import { createEventsView } from './events-view.ts';
import { healthTree } from './health.ts';
import { healthWords } from '../../extension/attention/health-rows.ts';
import { showLoading, whileLoading } from './loading.ts';
import { withFolders } from './node.ts';
import type { Scene } from '../../extension/scene.ts';
import { loadOlderRuns } from './older-runs.ts';
import { openView, say } from './open-view.ts';
import type { Row } from './provider.ts';
import { runsTree, type OlderRun } from './runs.ts';
import { messageOf, runsWords, standingOf } from './standing.ts';
import { workflowFiles } from './untrusted-files.ts';
import { workflowsTree } from './workflows.ts';

/** Trees are drawn at most twice a second. Milliseconds. */
const DRAW_MS = 500;

export interface TreesDeps {
  readonly folders: Folders;
  readonly scene: () => Scene;
  /** Runs that a person took out of Failed. */
  readonly dismissed: Remembered;
  /** Folder of the workflow files that come with Savepoint. */
  readonly builtIn: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
}

export interface Trees extends vscode.Disposable {
  /** Carries the container's badge. */
  readonly runs: vscode.TreeView<Row>;
}

/** The five views of the sidebar. */
export function createTrees({ folders, scene, dismissed, builtIn, log }: TreesDeps): Trees {
  const setKey = createContextKeys();
  const activitiesTree = createActivitiesTree();
  const older = new Map<string, readonly OlderRun[]>();
  const untrusted = new Map<string, readonly string[]>();
  const runs = openView('savepoint.runs');
  const activities = openView('savepoint.activities');
  const workflows = openView('savepoint.workflows');
  const health = openView('savepoint.health');

  const draw = (): void => {
    const facts = folders.all.map(factsOf);
    const now = scene();
    const runsOf = { ...now, dismissed: dismissed.ids };
    runs.provider.show(
      withFolders(facts, (folder) => runsTree(folder, { ...runsOf, older: older.get(folder.uri) ?? null })),
    );
    activities.provider.show(withFolders(facts, (folder) => activitiesTree(folder, now)));
    workflows.provider.show(
      withFolders(facts, (folder) => workflowsTree(folder, untrusted.get(folder.uri) ?? [], now)),
    );
    health.provider.show(withFolders(facts, (folder) => healthTree(folder, now)));
    say(runs.view, { message: messageOf(facts, now), description: runsWords(facts, now) });
    say(health.view, { message: '', description: healthWords(facts, now) });
    setKey('standing', standingOf(facts));
    setKey('paused', facts.length > 0 && facts.every(({ board }) => board?.paused === true));
    setKey(
      'somePaused',
      facts.some(({ board }) => board?.paused === true),
    );
  };
  const drawing = createAtMost(DRAW_MS, draw);
  const drawSoon = (): void => drawing.ask();
  const lookAtUntrusted = async (): Promise<void> => {
    for (const { root, state } of folders.all) {
      if (state.kind === 'untrusted') untrusted.set(root.uri.toString(), await workflowFiles(root.uri, builtIn));
    }
    drawSoon();
  };
  const showOlder = async (argument: unknown): Promise<void> => {
    const folder = folderOf(folders, argument);
    if (folder === undefined) return;
    older.set(folder.root.uri.toString(), await whileLoading(() => loadOlderRuns(folder)));
    drawSoon();
  };
  /** The run of the menu's row; of a key's the one that is selected. */
  const dismiss = (argument: unknown): void => {
    const run = (targetOf(argument) ?? runs.view.selection[0]?.target)?.run;
    if (run !== undefined) dismissed.add(run);
  };

  draw();
  void lookAtUntrusted();
  const disposable = vscode.Disposable.from(
    ...[runs, activities, workflows, health].flatMap(({ view, provider }) => [view, provider]),
    createEventsView({ folders, scene, log, setKey }),
    vscode.commands.registerCommand('savepoint.dismissRun', dismiss),
    vscode.commands.registerCommand('savepoint.showOlderRuns', showOlder),
    vscode.commands.registerCommand('savepoint.openWorkflowFile', (row?: Row) => openFileOf(row)),
    folders.onDidChange(drawSoon),
    folders.onDidChangeFolders(() => void lookAtUntrusted()),
    dismissed.onDidChange(drawSoon),
    showLoading(folders),
    drawing,
  );
  return { runs: runs.view, dispose: () => void disposable.dispose() };
}

function folderOf(folders: Folders, argument: unknown): Folder | undefined {
  const uri = targetOf(argument)?.folder;
  return folders.all.find(({ root }) => root.uri.toString() === uri);
}

/** What a click on the row does, from its menu; a key of a person's own names none. */
async function openFileOf(row: Row | undefined): Promise<void> {
  const command = row && commandOf(row.node);
  if (command === undefined) return;
  const given: readonly unknown[] = command.arguments ?? [];
  await vscode.commands.executeCommand(command.command, ...given);
}
