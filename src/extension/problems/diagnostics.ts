import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { Board, FileFindings } from '../../contract/board.ts';
import type { Range } from '../../contract/findings.ts';
import type { Folder, Folders } from '../folder.ts';
import { createOtherProblems } from './other-problems.ts';
import { ruleHelp } from './rule-help.ts';
import type { Problem } from '../../orchestrator/definitions/problem.ts';
import { shift, type Edit } from './shift.ts';

export type ShownFinding = FileFindings['findings'][number];

/** A finding where it stands now. */
export interface Mark {
  readonly range: Range;
  readonly finding: ShownFinding;
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

interface DefinitionMark {
  readonly range: Range;
  readonly message: string;
}

interface FileState {
  readonly uri: vscode.Uri;
  readonly folder: string;
  findings: readonly Omit<Mark, 'intact'>[];
  /** Fingerprints of those that another extension shows. */
  hidden: ReadonlySet<string>;
  /** Of the board, and of Check Workflow Files. */
  definitions: readonly DefinitionMark[];
  checked: readonly DefinitionMark[];
  /** Everything that was found, and the text that it was found in, where an editor had it. */
  found: FileState['findings'];
  checkedText: string | null;
  /** What `findings` and `definitions` were made from: where it is the same again, edits since count. */
  findingsKey: string;
  definitionsKey: string;
  edited: boolean;
}

export function createProblems({ folders }: { readonly folders: Folders }): Problems {
  const collection = vscode.languages.createDiagnosticCollection('savepoint');
  const files = new Map<string, FileState>();
  /** What was typed in a file since it was saved. */
  const unsaved = new Map<string, Edit[]>();
  /** Slices that were taken over, so that a change of anything else costs nothing. */
  const seen = new Map<string, Pick<Board, 'files' | 'workflows'>>();

  const others = createOtherProblems({
    onChange: (uri) => {
      const state = files.get(uri.toString());
      if (state) show(state);
    },
  });

  const registrations = [
    collection,
    others,
    folders.onDidChange(takeOver),
    folders.onDidChangeFolders(() => {
      const roots = new Set(folders.all.map(({ root }) => root.uri.toString()));
      for (const folder of seen.keys()) if (!roots.has(folder)) forget(folder);
      folders.all.forEach(takeOver);
    }),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) typed(document.uri, contentChanges.map(editOf));
    }),
    vscode.workspace.onDidSaveTextDocument(saved),
    vscode.workspace.onDidOpenTextDocument(({ uri }) => {
      const state = files.get(uri.toString());
      if (state && !state.edited) state.checkedText = textOf(uri);
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => unsaved.delete(uri.toString())),
  ];
  folders.all.forEach(takeOver);

  return {
    at(uri, range) {
      const state = files.get(uri.toString());
      return (state?.findings ?? [])
        .filter(({ finding }) => !state?.hidden.has(finding.fingerprint))
        .filter((mark) => rangeOf(mark.range).intersection(range))
        .map((mark) => ({ ...mark, intact: state?.edited === false }));
    },
    byFingerprint(folder, fingerprint) {
      for (const state of files.values()) {
        const mark = state.findings.find((one) => one.folder === folder && one.finding.fingerprint === fingerprint);
        if (mark) return { ...mark, intact: !state.edited };
      }
      return undefined;
    },
    drop(folder, fingerprint) {
      for (const state of files.values()) {
        const isOther = (mark: FileState['findings'][number]): boolean =>
          mark.folder !== folder || mark.finding.fingerprint !== fingerprint;
        state.found = state.found.filter(isOther);
        const left = state.findings.filter(isOther);
        if (left.length === state.findings.length) continue;
        state.findings = left;
        show(state);
      }
    },
    showDefinitionProblems(root, problems) {
      const folder = root.toString();
      for (const state of files.values()) if (state.folder === folder) state.checked = [];
      for (const { file, range, message } of problems) {
        const state = stateOf(vscode.Uri.joinPath(root, file), folder);
        state.checked = [...state.checked, { range, message }];
      }
      for (const state of [...files.values()]) if (state.folder === folder) show(state);
    },
    dispose() {
      for (const one of registrations) one.dispose();
    },
  };

  function takeOver(folder: Folder): void {
    const { board } = folder;
    const id = folder.root.uri.toString();
    const before = seen.get(id);
    if (board === null) {
      if (before) forget(id);
      return;
    }
    if (before?.files === board.files && before.workflows === board.workflows) return;
    seen.set(id, board);
    const touched = new Set<FileState>();
    if (!before) forgetChecked(id, touched);
    if (before?.files !== board.files) takeFindings(folder, board.files, touched);
    if (before?.workflows !== board.workflows) takeDefinitions(id, board.workflows, touched);
    for (const state of touched) show(state, { checked: true });
  }

  /** The folder has a worker now: what was checked without one may have been put right since. */
  function forgetChecked(folder: string, touched: Set<FileState>): void {
    for (const state of files.values()) {
      if (state.folder !== folder || state.checked.length === 0) continue;
      state.checked = [];
      touched.add(state);
    }
  }

  function takeFindings(folder: Folder, found: Board['files'], touched: Set<FileState>): void {
    const id = folder.root.uri.toString();
    const now = new Map(found.map((entry) => [vscode.Uri.joinPath(folder.root.uri, entry.file).toString(), entry]));
    for (const [key, state] of files) {
      if (state.folder !== id || now.has(key) || state.findingsKey === '') continue;
      state.findings = [];
      state.found = [];
      state.findingsKey = '';
      touched.add(state);
    }
    for (const entry of found) {
      const state = stateOf(vscode.Uri.joinPath(folder.root.uri, entry.file), id);
      const key = keyOf(entry);
      if (state.findingsKey === key) continue;
      state.findingsKey = key;
      const typedSince = editsSinceSave(state.uri);
      state.edited = typedSince.length > 0;
      const marks = entry.findings.map((finding) => ({ range: finding.range, finding, folder }));
      state.findings = typedSince.reduce<FileState['findings']>((left, edit) => shift(left, [edit]), marks);
      state.found = marks;
      state.checkedText = textOf(state.uri);
      touched.add(state);
    }
  }

  function takeDefinitions(folder: string, workflows: Board['workflows'], touched: Set<FileState>): void {
    const broken = new Map<string, DefinitionMark[]>();
    for (const { file, problem } of workflows) {
      if (!problem) continue;
      const key = vscode.Uri.file(file).toString();
      broken.set(key, [...(broken.get(key) ?? []), problem]);
    }
    for (const [key, state] of files) {
      if (state.folder !== folder || broken.has(key) || state.definitionsKey === '') continue;
      state.definitions = [];
      state.checked = [];
      state.definitionsKey = '';
      touched.add(state);
    }
    for (const [key, marks] of broken) {
      const state = stateOf(vscode.Uri.parse(key), folder);
      const made = JSON.stringify(marks);
      if (state.definitionsKey === made) continue;
      state.definitionsKey = made;
      state.definitions = marks;
      state.checked = [];
      touched.add(state);
    }
  }

  /** Edits of one event, bottom to top: so each can be taken alone. */
  function typed(uri: vscode.Uri, edits: readonly Edit[]): void {
    const key = uri.toString();
    const state = files.get(key);
    if (!state && !folders.of(uri)) return;
    const upward = edits.toSorted(
      (a, b) => b.range.start.line - a.range.start.line || b.range.start.character - a.range.start.character,
    );
    const kept = unsaved.get(key);
    if (kept) kept.push(...upward);
    else unsaved.set(key, [...upward]);
    if (!state) return;
    state.edited = true;
    state.findings = shift(state.findings, edits);
    state.definitions = shift(state.definitions, edits);
    state.checked = shift(state.checked, edits);
    show(state);
  }

  /** Saved as it was when it was checked: no run comes for that, and what was found then is true again. */
  function saved({ uri }: vscode.TextDocument): void {
    unsaved.delete(uri.toString());
    const state = files.get(uri.toString());
    if (!state?.edited || state.checkedText === null || state.checkedText !== textOf(uri)) return;
    state.findings = state.found;
    state.edited = false;
    show(state, { checked: true });
  }

  function editsSinceSave(uri: vscode.Uri): readonly Edit[] {
    const key = uri.toString();
    if (!documentOf(uri)?.isDirty) unsaved.delete(key);
    return unsaved.get(key) ?? [];
  }

  function stateOf(uri: vscode.Uri, folder: string): FileState {
    const key = uri.toString();
    const known = files.get(key);
    if (known) return known;
    const made: FileState = {
      ...{ uri, folder, findings: [], hidden: new Set<string>(), definitions: [], checked: [] },
      ...{ found: [], checkedText: null, findingsKey: '', definitionsKey: '', edited: false },
    };
    files.set(key, made);
    return made;
  }

  function show(state: FileState, { checked } = { checked: false }): void {
    const own = state.findings.map(({ range, finding: { fingerprint, rule } }) => ({ range, fingerprint, rule }));
    state.hidden = others.hidden(state.uri, own, checked);
    const findings = state.findings.filter(({ finding }) => !state.hidden.has(finding.fingerprint));
    const said = new Set<string>();
    const definitions = [...state.definitions, ...state.checked].filter(({ range, message }) => {
      const words = `${range.start.line} ${message}`;
      return said.has(words) ? false : said.add(words);
    });
    const all = [...findings.map(findingDiagnostic), ...definitions.map(definitionDiagnostic)];
    if (all.length > 0) collection.set(state.uri, all);
    else collection.delete(state.uri);
    const isEmpty =
      all.length === 0 && state.findings.length === 0 && state.findingsKey === '' && state.definitionsKey === '';
    if (isEmpty) files.delete(state.uri.toString());
  }

  function forget(folder: string): void {
    seen.delete(folder);
    for (const [key, state] of [...files]) {
      if (state.folder !== folder) continue;
      collection.delete(state.uri);
      others.hidden(state.uri, [], false);
      files.delete(key);
    }
  }
}

const documentOf = (uri: vscode.Uri): vscode.TextDocument | undefined =>
  vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());

/** Hash of a file's text as an editor shows it and the disk has it; null where that cannot be told. */
function textOf(uri: vscode.Uri): string | null {
  const document = documentOf(uri);
  return document && !document.isDirty ? createHash('sha1').update(document.getText()).digest('hex') : null;
}

/** Tells one look at a file from the next. */
const keyOf = ({ findings }: FileFindings): string =>
  findings.map(({ run, fingerprint, range }) => `${run} ${fingerprint} ${range.start.line}`).join('\n') || 'none';

const SEVERITY = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
} as const;

function findingDiagnostic({ range, finding }: Omit<Mark, 'intact'>): vscode.Diagnostic {
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
