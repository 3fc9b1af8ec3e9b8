import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { Board } from '../../contract/board.ts';
import type { Range } from '../../contract/findings.ts';
import type { Problem } from '../../orchestrator/definitions/problem.ts';
import type { Folder, Folders } from '../folder.ts';
import { isContent } from './is-content.ts';
import { createMarks, type DefinitionMark, type FindingMark } from './marks.ts';
import { createOtherProblems } from './other-problems.ts';
import { ruleHelp } from './rule-help.ts';
import type { Edit } from './shift.ts';

/** A finding where it stands now. */
export interface Mark extends FindingMark {
  readonly folder: Folder;
  /** Nothing was typed in the file since it was checked. */
  readonly intact: boolean;
}

/** Savepoint's part of Problems: what the newest checks found, and what is wrong in workflow and agent files. */
export interface Problems extends vscode.Disposable {
  /** Findings on these lines of a file that Problems shows: what another extension says there is left to it. */
  at(uri: vscode.Uri, range: vscode.Range): readonly Mark[];
  byFingerprint(folder: Folder, fingerprint: string): Mark | undefined;
  /** Takes one away before the next check confirms that it is gone. */
  drop(folder: Folder, fingerprint: string): void;
  /** In place of what was said before of the folder's workflow and agent files. */
  showDefinitionProblems(root: vscode.Uri, problems: readonly Problem[]): void;
}

export function createProblems({ folders }: { readonly folders: Folders }): Problems {
  const collection = vscode.languages.createDiagnosticCollection('savepoint');
  const marks = createMarks({
    isDirty: (file) => documentOf(file)?.isDirty ?? false,
    textOf,
    isContent(file, content) {
      const document = documentOf(file);
      return document !== undefined && isContent(document.getText(), content);
    },
    linesOf(file, { start, end }) {
      const document = documentOf(file);
      if (document === undefined || end.line >= document.lineCount) return null;
      return document.getText(new vscode.Range(start.line, 0, end.line + 1, 0));
    },
  });
  /** Slices that were taken over, so that a change of anything else costs nothing. */
  const seen = new Map<string, Pick<Board, 'files' | 'definitions'>>();
  /** By file, fingerprints of those that another extension shows. */
  const hidden = new Map<string, ReadonlySet<string>>();
  const others = createOtherProblems({ onChange: (uri) => show([uri.toString()]) });

  const registrations = [
    collection,
    others,
    folders.onDidChange(takeOver),
    folders.onDidChangeFolders(() => {
      const roots = new Set(folders.all.map(({ root }) => root.uri.toString()));
      for (const folder of seen.keys()) if (!roots.has(folder)) seen.delete(folder);
      show(marks.keepOnly(roots));
      folders.all.forEach(takeOver);
    }),
    vscode.workspace.onDidChangeTextDocument(({ document: { uri, isDirty }, contentChanges }) => {
      const file = uri.toString();
      if (contentChanges.length > 0) {
        if (folders.of(uri)) show(marks.typed(file, contentChanges.map(editOf)));
      } else if (!isDirty) show(marks.clean(file), { checked: true });
    }),
    vscode.workspace.onDidSaveTextDocument(({ uri }) => show(marks.clean(uri.toString()), { checked: true })),
    vscode.workspace.onDidOpenTextDocument(({ uri }) => show(marks.opened(uri.toString()), { checked: true })),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => marks.closed(uri.toString())),
  ];
  folders.all.forEach(takeOver);

  return {
    at(uri, range) {
      const file = uri.toString();
      const said = marks.of(file);
      const folder = said && folderOf(said.folder);
      if (!folder) return [];
      return said.findings
        .filter(({ finding }) => !hidden.get(file)?.has(finding.fingerprint))
        .filter((mark) => rangeOf(mark.range).intersection(range))
        .map((mark) => ({ ...mark, folder, intact: said.intact }));
    },
    byFingerprint(folder, fingerprint) {
      const mark = marks.byFingerprint(folder.root.uri.toString(), fingerprint);
      return mark && { ...mark, folder };
    },
    drop: (folder, fingerprint) => show(marks.drop(folder.root.uri.toString(), fingerprint)),
    showDefinitionProblems(root, problems) {
      const checked = problems.map(({ file, ...mark }) => ({ ...mark, file: fileIn(root, file) }));
      show(marks.takeChecked(root.toString(), checked));
    },
    dispose() {
      for (const one of registrations) one.dispose();
    },
  };

  function takeOver({ root, board }: Folder): void {
    if (board === null) return;
    const folder = root.uri.toString();
    const before = seen.get(folder);
    if (before?.files === board.files && before.definitions === board.definitions) return;
    seen.set(folder, board);
    // The folder has a worker now: what was checked without one may have been put right since.
    const unsaid = before ? [] : marks.takeChecked(folder, []);
    const found = board.files.map(({ file, findings }) => ({ file: fileIn(root.uri, file), findings }));
    const broken = board.definitions.map((one) => ({ ...one, file: vscode.Uri.file(one.file).toString() }));
    const touched = [...unsaid, ...marks.takeFindings(folder, found), ...marks.takeDefinitions(folder, broken)];
    show([...new Set(touched)], { checked: true });
  }

  function folderOf(id: string): Folder | undefined {
    return folders.all.find(({ root }) => root.uri.toString() === id);
  }

  /** `checked`: a check has just said so; otherwise it has only moved. */
  function show(touched: readonly string[], { checked } = { checked: false }): void {
    for (const file of touched) {
      const uri = vscode.Uri.parse(file);
      const { findings, definitions } = marks.of(file) ?? { findings: [], definitions: [] };
      const own = findings.map(({ range, finding: { fingerprint, rule } }) => ({ range, fingerprint, rule }));
      const left = others.hidden(uri, own, checked);
      if (left.size > 0) hidden.set(file, left);
      else hidden.delete(file);
      const shown = findings.filter(({ finding }) => !left.has(finding.fingerprint));
      const all = [...shown.map(findingDiagnostic), ...definitions.map(definitionDiagnostic)];
      if (all.length > 0) collection.set(uri, all);
      else collection.delete(uri);
    }
  }
}

const fileIn = (root: vscode.Uri, file: string): string => vscode.Uri.joinPath(root, file).toString();

const documentOf = (file: string): vscode.TextDocument | undefined =>
  vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === file);

/** Hash of a file's text as an editor shows it and the disk has it; null where that cannot be told. */
function textOf(file: string): string | null {
  const document = documentOf(file);
  return document && !document.isDirty ? createHash('sha1').update(document.getText()).digest('hex') : null;
}

const SEVERITY = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
} as const;

function findingDiagnostic({ range, finding }: FindingMark): vscode.Diagnostic {
  const made = new vscode.Diagnostic(rangeOf(range), finding.message, SEVERITY[finding.severity]);
  made.source = 'savepoint';
  const help = ruleHelp(finding);
  made.code = help === null ? finding.rule : { value: finding.rule, target: vscode.Uri.parse(help) };
  return made;
}

function definitionDiagnostic({ range, message }: DefinitionMark): vscode.Diagnostic {
  const made = new vscode.Diagnostic(rangeOf(range), message, vscode.DiagnosticSeverity.Error);
  made.source = 'savepoint';
  return made;
}

export const rangeOf = ({ start, end }: Range): vscode.Range =>
  new vscode.Range(start.line, start.character, end.line, end.character);

const editOf = ({ range, text }: vscode.TextDocumentContentChangeEvent): Edit => ({
  range: {
    start: { line: range.start.line, character: range.start.character },
    end: { line: range.end.line, character: range.end.character },
  },
  text,
});
