import * as vscode from 'vscode';
import type { JsonObject } from '../../contract/json.ts';
import { countWords } from '../../contract/words.ts';
import { answer, withPatience } from './answers.ts';
import { gather } from './gather.ts';
import { pickEqual, workingFolder, type CommandDeps, type Ready } from './pick.ts';
import type { Folder } from '../folder.ts';
import { withoutIcons } from './icon-words.ts';
import type { Pages } from '../pages/report-document.ts';
import { below, isCut, unapprovedOf, type Unapproved } from './unapproved.ts';

/**
 * Commands that files of the folder ask to start: shown as they would start, approved one by one, none marked before. What a row may
 * cut off is shown whole on a page before it counts as approved.
 */
export function createApproveCommands(deps: CommandDeps & { readonly pages: Pages }) {
  const show = async (argument: unknown): Promise<void> => {
    const ready = await workingFolder(deps, argument);
    if (!ready) return;
    const open = unapprovedOf(await list(ready.folder, {}));
    if (open.length === 0) {
      await answer({ text: 'No command of this folder waits for your approval.', ways: [] });
      return;
    }
    const chosen = await choose(open);
    if (chosen.length === 0 || (chosen.some(isCut) && !(await isReadAndMeant(deps.pages, ready, chosen)))) return;
    const { failure } = await ready.folder.command('trust', { approve: chosen.map(({ hash }) => hash) });
    if (failure)
      await answer({
        text: failure.message,
        ways: [{ label: 'Show Commands', command: 'savepoint.showCommands', argument }],
      });
  };
  return { 'savepoint.showCommands': show, 'savepoint.trust': show };
}

const list = async (folder: Folder, input: JsonObject): Promise<readonly JsonObject[]> =>
  (await withPatience('Savepoint looks for commands', (token) => gather(folder, { command: 'trust', input, token })))
    .lines;

async function choose(open: readonly Unapproved[]): Promise<readonly Unapproved[]> {
  const items = open.map((one) => ({
    label: withoutIcons(one.command),
    detail: withoutIcons(below(one)),
    one,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: `${countWords(open.length, 'command')} of this folder. Mark those that may start, until they change.`,
    placeHolder: 'They run with your rights. Not started so far.',
    canPickMany: true,
    matchOnDetail: true,
  });
  return (chosen ?? []).map(({ one }) => one);
}

/** Opens them whole in the editor, where the person can scroll while it is asked. */
async function isReadAndMeant(pages: Pages, { folder }: Ready, chosen: readonly Unapproved[]): Promise<boolean> {
  const title = 'Commands to approve';
  const what = chosen.map(({ hash }) => hash).join(',');
  await pages.open({ kind: 'commands', folder: folder.root.uri.toString(), title, what });
  const approves = await pickEqual(
    [
      {
        label: `Approve ${countWords(chosen.length, 'command')}`,
        detail: 'As below, until it changes',
        value: true,
      },
      { label: 'Approve nothing', value: false },
    ],
    { title: 'Too long for a row: read them whole in the editor below', staysOpen: true },
  );
  return approves ?? false;
}
