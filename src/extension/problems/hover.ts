import * as vscode from 'vscode';
import { commandLink } from '../../contract/target.ts';
import type { Mark, Problems } from './diagnostics.ts';
import type { Scene } from '../scene.ts';

/** One line under a finding's message: who found it, in which run, and the way to why. */
export function registerHover({
  problems,
  scene,
}: {
  readonly problems: Problems;
  readonly scene: () => Scene;
}): vscode.Disposable {
  return vscode.languages.registerHoverProvider(
    { scheme: 'file' },
    {
      provideHover(document, position) {
        const marks = problems.at(document.uri, new vscode.Range(position, position));
        return marks.length === 0 ? undefined : new vscode.Hover(marks.map((mark) => lineOf(mark, scene())));
      },
    },
  );
}

function lineOf({ finding, folder }: Mark, scene: Scene): vscode.MarkdownString {
  const target = { folder: folder.root.uri.toString(), run: finding.run };
  const row = folder.board?.runs.find(({ run }) => run === finding.run);
  const line = new vscode.MarkdownString(undefined);
  line.isTrusted = { enabledCommands: ['savepoint.openRun', 'savepoint.why'] };
  line.appendText(finding.agent);
  if (row?.scope.kind === 'changed') line.appendMarkdown(' · new in this change');
  line.appendMarkdown(
    ` · [run ${finding.number}](${commandLink('savepoint.openRun', target)}) at ${scene.times.short(finding.at, scene.now)}`,
  );
  const why = commandLink('savepoint.why', { folder: target.folder, fingerprint: finding.fingerprint });
  line.appendMarkdown(` · [Why am I told this?](${why})`);
  return line;
}
