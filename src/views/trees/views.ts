import * as vscode from 'vscode';
import { targetOf } from '../../contract/target.ts';
import { registerAnswering } from '../../extension/commands/answering.ts';
import { factsOf, type FolderFacts } from '../../extension/folder-facts.ts';
import type { Remembered } from '../../extension/attention/remembered.ts';
import type { Folder, Folders } from '../../extension/folder.ts';
import { createActivitiesTree } from './activities.ts';
import { createAtMost } from './at-most.ts';
import { createContextKeys } from './context-keys.ts';
import { commandOf } from './tree-items.ts';
import { createEventsView } from './events-view.ts';
import { createHealthOpener } from './health-opener.ts';
import { healthTree } from './health.ts';
import { healthWords } from '../../extension/attention/health-rows.ts';
import { showLoading, whileLoading } from './loading.ts';
import { withFolders } from './node.ts';
import type { Scene } from '../../extension/scene.ts';
import { loadOlderRuns } from './older-runs.ts';
import { openView, say, type OpenView } from './open-view.ts';
import type { Row } from './provider.ts';
import { runsTree, type OlderRun } from './runs.ts';
import { messageOf, runsWords, standingOf } from './standing.ts';
import { workflowFiles } from './untrusted-files.ts';
import { workflowsTree } from './workflows.ts';

/** Trees are drawn at most twice a second. Milliseconds. */
const DRAW_MS = 500;
/** How long a step runs is told in seconds, while somebody sees it. Milliseconds. */
const SECOND_MS = 1000;

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
  const showHealthWhenStopped = createHealthOpener({ runs: runs.view, health, log });
  let second: NodeJS.Timeout | undefined;

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
    showHealthWhenStopped(standingOf(facts));
    clearTimeout(second);
    if (runs.view.visible && facts.some(isAtWork)) second = setTimeout(drawSoon, SECOND_MS);
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
  /** The run of the menu's row, or of the selected one that stands under Failed: of no other a key takes anything away. */
  const dismiss = (argument: unknown): void => {
    const [selected] = runs.view.selection;
    const standing = selected?.node.context.endsWith(':standing') === true ? selected.target : null;
    const run = (targetOf(argument) ?? standing)?.run;
    if (run !== undefined) dismissed.add(run);
  };
  /** A key's: what is selected in the view, once more. */
  const runSelected = async (
    view: OpenView['view'],
    command: 'savepoint.runAgain' | 'savepoint.run',
  ): Promise<void> => {
    const [selected] = view.selection;
    const { run, workflow } = selected?.target ?? {};
    if ((command === 'savepoint.run' ? workflow : run) !== undefined) {
      await vscode.commands.executeCommand(command, selected?.target);
    }
  };

  draw();
  void lookAtUntrusted();
  const disposable = vscode.Disposable.from(
    ...[runs, activities, workflows, health].flatMap(({ view, provider }) => [view, provider]),
    createEventsView({ folders, scene, log, setKey }),
    vscode.commands.registerCommand('savepoint.dismissRun', dismiss),
    vscode.commands.registerCommand('savepoint.runSelectedAgain', () => runSelected(runs.view, 'savepoint.runAgain')),
    vscode.commands.registerCommand('savepoint.runSelected', () => runSelected(workflows.view, 'savepoint.run')),
    registerAnswering({ folders, log }, 'savepoint.showOlderRuns', showOlder),
    vscode.commands.registerCommand('savepoint.openWorkflowFile', (row?: Row) => openFileOf(row)),
    folders.onDidChange(drawSoon),
    folders.onDidChangeFolders(() => void lookAtUntrusted()),
    dismissed.onDidChange(drawSoon),
    runs.view.onDidChangeVisibility(drawSoon),
    showLoading(folders),
    drawing,
    { dispose: () => clearTimeout(second) },
  );
  return { runs: runs.view, dispose: () => void disposable.dispose() };
}

/** A step runs, and its worker is there to say so. */
const isAtWork = ({ state, board }: FolderFacts): boolean =>
  state.kind === 'ready' && board?.runs.some(({ steps }) => steps.some(({ status }) => status === 'running')) === true;

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
