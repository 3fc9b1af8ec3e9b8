import * as vscode from 'vscode';
import { rangeOf, type Mark, type Problems } from './diagnostics.ts';
import { canIgnore } from './ignore-comment.ts';
import { isContent } from './is-content.ts';

/** Quick fixes of findings: what puts it right, where that is known exactly, and two ways to keep it quiet. */
export function registerCodeActions({ problems }: { readonly problems: Problems }): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    { scheme: 'file' },
    {
      provideCodeActions(document, range, { diagnostics }) {
        const own = diagnostics.filter(({ source }) => source === 'savepoint');
        return problems.at(document.uri, range).flatMap((mark) => {
          const diagnostic = own.find(
            (one) => one.message === mark.finding.message && one.range.isEqual(rangeOf(mark.range)),
          );
          return diagnostic ? actionsFor(mark, { document, diagnostic }) : [];
        });
      },
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}

interface Place {
  readonly document: vscode.TextDocument;
  readonly diagnostic: vscode.Diagnostic;
}

function actionsFor(mark: Mark, place: Place): readonly vscode.CodeAction[] {
  const { folder, finding } = mark;
  const target = { folder: folder.root.uri.toString(), fingerprint: finding.fingerprint };
  const command = (title: string, id: string): vscode.CodeAction => {
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    action.diagnostics = [place.diagnostic];
    action.command = { title, command: id, arguments: [target] };
    return action;
  };
  return [
    ...fixesOf(mark, place),
    command('Why am I told this?', 'savepoint.why'),
    ...(canIgnore(commentPlace(place.document, mark.range.start.line))
      ? [command(`Ignore ${finding.rule} with a reason…`, 'savepoint.ignoreFinding')]
      : []),
    // Last: what stands first is preselected, and Enter must not dismiss what was not read.
    command(`Not a problem here (${finding.rule})`, 'savepoint.dismissFinding'),
  ];
}

/** Exact for the text that was checked only: after any edit of the file, saved or not, it is not offered. */
function fixesOf({ finding, intact }: Mark, { document, diagnostic }: Place): readonly vscode.CodeAction[] {
  const { edit, fixes, content } = finding;
  const ways = [...(edit ? [{ title: fixTitle(finding, edit), edit }] : []), ...(fixes ?? [])];
  if (ways.length === 0 || !intact || (content !== null && !isContent(document.getText(), content))) return [];
  return ways.flatMap((way) => {
    // What was masked before it was stored is not what should be written.
    if (way.edit.some(({ newText }) => newText.includes(MASKED))) return [];
    const action = new vscode.CodeAction(way.title, vscode.CodeActionKind.QuickFix);
    action.diagnostics = [diagnostic];
    action.isPreferred = ways.length === 1;
    action.edit = new vscode.WorkspaceEdit();
    for (const { range, newText } of way.edit) action.edit.replace(document.uri, rangeOf(range), newText);
    return [action];
  });
}

/** Stands where a secret stood (the orchestrator's masker). */
const MASKED = '••••';

/** Characters of a row of the menu. */
const MAX_TITLE = 60;

function fixTitle({ fix, rule }: Mark['finding'], edit: NonNullable<Mark['finding']['edit']>): string {
  if (fix !== undefined && fix.length <= MAX_TITLE) return fix;
  const [first] = edit;
  const added = edit.map(({ newText }) => newText.trim()).join(' … ');
  const isInsertion = first !== undefined && rangeOf(first.range).isEmpty;
  return isInsertion && added !== '' && added.length <= 40 && !added.includes('\n')
    ? `Add ${added}`
    : `Fix ${fix ?? rule}`;
}

export const commentPlace = (
  document: vscode.TextDocument,
  line: number,
): { readonly language: string; readonly file: string; readonly lines: readonly string[]; readonly line: number } => ({
  language: document.languageId,
  file: document.uri.path,
  lines: document.getText().split(/\r?\n/),
  line,
});
