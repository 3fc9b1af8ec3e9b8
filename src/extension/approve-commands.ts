import * as vscode from 'vscode';
import type { JsonObject } from '../contract/json.ts';
import { countWords } from '../contract/words.ts';
import { answer, withPatience } from './commands/answers.ts';
import { gather } from './commands/gather.ts';
import { workingFolder, type CommandDeps } from './commands/pick.ts';
import type { Folder } from './folder.ts';
import { withoutIcons } from './icon-words.ts';
import { unapprovedOf, type Unapproved } from './unapproved.ts';

/** Commands that files of the folder ask to start: shown as they would start, approved one by one, none marked before. */
export function createApproveCommands(deps: CommandDeps) {
  const show = async (argument: unknown): Promise<void> => {
    const ready = await workingFolder(deps, argument);
    if (!ready) return;
    const open = unapprovedOf(await list(ready.folder, {}));
    if (open.length === 0) {
      await answer({ text: 'No command of this folder waits for your approval.', ways: [] });
      return;
    }
    const chosen = await choose(open);
    if (chosen.length === 0) return;
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
    description: withoutIcons(one.file),
    detail: withoutIcons(one.about),
    one,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: `${countWords(open.length, 'command')} of this folder. Mark those that may start, until they change.`,
    placeHolder: 'They run with your rights. Not started so far.',
    canPickMany: true,
    matchOnDescription: true,
  });
  return (chosen ?? []).map(({ one }) => one);
}
