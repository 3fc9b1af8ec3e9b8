import * as vscode from 'vscode';
import type { Board, RunRow } from '../../contract/board.ts';
import { targetOf, type Target } from '../../contract/target.ts';
import type { Scene } from '../scene.ts';
import type { Folder, Folders } from '../folder.ts';
import { withoutIcons } from './icon-words.ts';
import { answer } from './answers.ts';
import { hindranceOf, hindranceToWrite, NO_FOLDER } from './guard.ts';
import { runItems, workflowItems, type PickItem } from './items.ts';

/** Asks; undefined when the person leaves. */
export async function pick<T>(
  items: readonly PickItem<T>[],
  options: { readonly title: string; readonly placeHolder?: string },
): Promise<T | undefined> {
  const chosen = await vscode.window.showQuickPick(items.map(asText), { ...options, matchOnDescription: true });
  return chosen?.value;
}

/** As `pick`, for equal choices: none is marked before the person marks one, so that Enter alone does nothing. */
export async function pickEqual<T>(
  items: readonly PickItem<T>[],
  /** `staysOpen`: also while the person scrolls or selects in an editor. */
  { title, staysOpen = false }: { readonly title: string; readonly staysOpen?: boolean },
): Promise<T | undefined> {
  const box = vscode.window.createQuickPick<PickItem<T>>();
  box.title = title;
  box.ignoreFocusOut = staysOpen;
  box.items = items.map(asText);
  box.show();
  box.activeItems = [];
  return await new Promise<T | undefined>((resolve) => {
    box.onDidAccept(() => {
      const [chosen] = box.activeItems;
      if (chosen === undefined) return;
      resolve(chosen.value);
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
  });
}

/** What files and tools say in a row stays text. */
function asText<T>({ label, description, detail, value }: PickItem<T>): PickItem<T> {
  return {
    label: withoutIcons(label),
    ...(description === undefined ? {} : { description: withoutIcons(description) }),
    ...(detail === undefined ? {} : { detail: withoutIcons(detail) }),
    value,
  };
}

/** What every command works with. */
export interface CommandDeps {
  readonly folders: Folders;
  readonly scene: () => Scene;
}

/**
 * The folder that a command is about, whatever it can do: the target's, the only one, or the one that the person picks. Null when
 * they leave, or after saying that there is none.
 */
export async function askedFolder(
  { folders }: Pick<CommandDeps, 'folders'>,
  argument: unknown,
): Promise<Folder | null> {
  const folder = await chooseFolder(folders, targetOf(argument));
  if (folder !== 'none') return folder ?? null;
  await answer(NO_FOLDER);
  return null;
}

/** As `askedFolder`; null also after saying why that folder can do nothing now. */
export async function workingFolder(deps: CommandDeps, argument: unknown): Promise<Ready | null> {
  const folder = await askedFolder(deps, argument);
  if (!folder) return null;
  const target = targetOf(argument);
  const hindrance = hindranceOf(folder.state);
  if (hindrance) {
    await answer(hindrance);
    return null;
  }
  const board = folder.board ?? (await folder.request('snapshot', null)).board;
  return { folder, board, target: target ?? { folder: folder.root.uri.toString() }, scene: deps.scene() };
}

/** As `workingFolder`, for commands that start or keep something: null also after saying why the folder takes nothing. */
export async function writableFolder(deps: CommandDeps, argument: unknown): Promise<Ready | null> {
  const ready = await workingFolder(deps, argument);
  const hindrance = ready && hindranceToWrite(ready.board);
  if (!hindrance) return ready;
  await answer(hindrance);
  return null;
}

/** A folder that can work, with what is known of it. */
export interface Ready {
  readonly folder: Folder;
  readonly board: Board;
  readonly target: Target;
  /** When it was asked. */
  readonly scene: Scene;
}

async function chooseFolder(folders: Folders, target: Target | null): Promise<Folder | 'none' | undefined> {
  if (target !== null) return folders.all.find(({ root }) => root.uri.toString() === target.folder) ?? 'none';
  const [first] = folders.all;
  if (first === undefined) return 'none';
  if (folders.all.length === 1) return first;
  return pick(
    folders.all.map((folder) => ({ label: folder.root.name, description: folder.root.uri.fsPath, value: folder })),
    { title: 'Which folder?' },
  );
}

/** The run of the target, or the one that is picked among those that fit. `none` says what there is none of. */
export async function chooseRun(
  { board, target, scene }: Ready,
  want: { readonly title: string; readonly none: string; readonly fits: (row: RunRow) => boolean },
): Promise<RunRow | undefined> {
  if (target.run !== undefined) {
    const row = board.runs.find(({ run, number }) => run === target.run || String(number) === target.run);
    if (row && want.fits(row)) return row;
    await answer({
      text: row ? `${want.none}: run ${row.number} is not one.` : `There is no run ${target.run} here any more.`,
      ways: [],
    });
    return undefined;
  }
  const rows = board.runs.filter(want.fits);
  if (rows.length > 0) return pick(runItems(rows, scene), { title: want.title });
  await answer({ text: `${want.none}.`, ways: [] });
  return undefined;
}

export async function chooseWorkflow({ board, target }: Ready, title: string): Promise<string | undefined> {
  if (target.workflow !== undefined) return target.workflow;
  const items = workflowItems(board.workflows);
  if (items.length > 0) return pick(items, { title });
  await answer({
    text: 'No workflow of this folder can run.',
    ways: [{ label: 'Check Workflow Files', command: 'savepoint.validate', argument: target }],
  });
  return undefined;
}
