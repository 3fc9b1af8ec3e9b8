import * as vscode from 'vscode';
import { commentPlace } from '../problems/code-actions.ts';
import type { Mark, Problems } from '../problems/diagnostics.ts';
import { withoutIcons } from './icon-words.ts';
import { ignoreComment } from '../problems/ignore-comment.ts';
import { answer } from './answers.ts';
import { workingFolder, writableFolder, type CommandDeps, type Ready } from './pick.ts';

/** Two ways to keep a finding quiet: in this workspace by its fingerprint, or for everybody by a comment in the code. */
export function createFindingCommands(deps: CommandDeps & { readonly problems: Problems }) {
  const { problems } = deps;
  const named = async (
    argument: unknown,
  ): Promise<{ readonly ready: Ready; readonly mark: Mark; readonly uri: vscode.Uri } | null> => {
    const ready = await writableFolder(deps, argument);
    if (!ready) return null;
    const { fingerprint } = ready.target;
    const mark = fingerprint === undefined ? undefined : problems.byFingerprint(ready.folder, fingerprint);
    if (mark) return { ready, mark, uri: vscode.Uri.joinPath(ready.folder.root.uri, mark.finding.file) };
    await answer({ text: 'This finding is not known any more: its line was edited, or it is gone.', ways: [] });
    return null;
  };
  return {
    'savepoint.dismissFinding': async (argument: unknown) => {
      const found = await named(argument);
      if (!found) return;
      const { fingerprint, rule, file, message } = found.mark.finding;
      await found.ready.folder.request('dismiss', { fingerprint, about: `${rule} in ${file}: ${message}` });
      problems.drop(found.ready.folder, fingerprint);
    },
    'savepoint.ignoreFinding': async (argument: unknown) => {
      const found = await named(argument);
      if (!found) return;
      const { mark, uri } = found;
      const reason = await vscode.window.showInputBox({
        title: `Ignore ${mark.finding.rule} here`,
        prompt: 'Why it is right as it is. The reason is written into the code, for whoever reads it next.',
        validateInput: (words) =>
          words.trim() === '' ? 'A reason is needed: without one the finding comes back.' : null,
      });
      if (reason === undefined) return;
      const document = await vscode.workspace.openTextDocument(uri);
      // It may have moved while the reason was typed.
      const now = problems.byFingerprint(found.ready.folder, mark.finding.fingerprint);
      const line = now?.range.start.line;
      const comment =
        line === undefined ? null : ignoreComment(commentPlace(document, line), { rule: mark.finding.rule, reason });
      if (line === undefined || comment === null) {
        await answer({ text: 'No comment can stand above this line.', ways: [] });
        return;
      }
      const edit = new vscode.WorkspaceEdit();
      edit.insert(
        uri,
        new vscode.Position(line, 0),
        `${comment}${document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n'}`,
      );
      await vscode.workspace.applyEdit(edit);
      problems.drop(found.ready.folder, mark.finding.fingerprint);
    },
    'savepoint.showDismissed': async (argument: unknown) => {
      const ready = await workingFolder(deps, argument);
      if (!ready) return;
      const dismissed = await ready.folder.request('dismissed', null);
      if (dismissed.length === 0) {
        await answer({ text: 'No finding was dismissed in this folder.', ways: [] });
        return;
      }
      const chosen = await vscode.window.showQuickPick(
        dismissed.map(({ fingerprint, about }) => ({
          label: withoutIcons(about === '' ? fingerprint : about),
          fingerprint,
        })),
        { title: 'Dismissed here. Pick those to hear of again.', canPickMany: true },
      );
      if (chosen === undefined || chosen.length === 0) return;
      for (const { fingerprint } of chosen) await ready.folder.request('undismiss', { fingerprint });
      const way = { label: 'Run Checks Now', command: 'savepoint.runChecksNow', argument: ready.target };
      await answer({ text: 'The next checks tell of what you picked again.', ways: [way] });
    },
  };
}
