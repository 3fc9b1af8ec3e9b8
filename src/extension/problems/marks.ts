import type { DefinitionProblem, FileFindings } from '../../contract/board.ts';
import type { Range } from '../../contract/findings.ts';
import { follow, shift, type Edit } from './shift.ts';

export type ShownFinding = FileFindings['findings'][number];

/** A finding where it stands now. */
export interface FindingMark {
  readonly range: Range;
  readonly finding: ShownFinding;
}

export type DefinitionMark = Pick<DefinitionProblem, 'range' | 'message'>;

/** What is said of a file. Files and folders go by their URI as text. */
export interface FileMarks {
  /** The root that it was said of. */
  readonly folder: string;
  readonly findings: readonly FindingMark[];
  readonly definitions: readonly DefinitionMark[];
  /** Nothing was typed in the file since it was checked. */
  readonly intact: boolean;
}

/** What editors know of a file. */
export interface Documents {
  readonly isDirty: (file: string) => boolean;
  /** Something that tells this text from others, where an editor shows it as it is on disk; else null. */
  readonly textOf: (file: string) => string | null;
  /** Whether an editor shows the content with this git blob id. */
  readonly isContent: (file: string, content: string) => boolean;
  /** Text of the range's whole lines, as an editor shows it; null where none does, or there are fewer lines. */
  readonly linesOf: (file: string, range: Range) => string | null;
}

/**
 * What is said of files, moving with their text: what was typed on is said no more, and said again where the text is as it was when it was
 * checked. What changes something gives the files of which something else is said than before.
 */
export interface Marks {
  of(file: string): FileMarks | undefined;
  byFingerprint(folder: string, fingerprint: string): (FindingMark & Pick<FileMarks, 'intact'>) | undefined;
  /** The board's newest findings: all of the folder. What was taken over before changes nothing. */
  takeFindings(
    folder: string,
    found: readonly { readonly file: string; readonly findings: readonly ShownFinding[] }[],
  ): Touched;
  /** What the board says of workflow and agent files: all of the folder. */
  takeDefinitions(folder: string, broken: readonly (DefinitionMark & { readonly file: string })[]): Touched;
  /** In place of what a person's check of the folder's definitions said before. */
  takeChecked(folder: string, problems: readonly (DefinitionMark & { readonly file: string })[]): Touched;
  drop(folder: string, fingerprint: string): Touched;
  /** Folders that are not open any more are forgotten. */
  keepOnly(folders: ReadonlySet<string>): Touched;
  /** Edits of one moment. */
  typed(file: string, edits: readonly Edit[]): Touched;
  /** A file is on disk as its editor shows it: saved, or all that was typed was taken back. */
  clean(file: string): Touched;
  opened(file: string): Touched;
  closed(file: string): void;
}

type Touched = readonly string[];

interface FileState {
  readonly file: string;
  readonly folder: string;
  findings: readonly FindingMark[];
  /** Findings with a line that was typed on, where it is now. */
  typedOn: readonly FindingMark[];
  /** Lines of findings as they were when they were told, where an editor had them. */
  lines: ReadonlyMap<ShownFinding, string>;
  /** Of the board, and of a person's check. */
  definitions: readonly DefinitionMark[];
  checked: readonly DefinitionMark[];
  /** All that the board told, and the text that it was told of, where an editor had it. */
  found: readonly FindingMark[];
  foundText: string | null;
  broken: readonly DefinitionMark[];
  brokenText: string | null;
  /** What `findings` and `definitions` were made from, empty for nothing: where it is the same again, edits since count. */
  findingsKey: string;
  definitionsKey: string;
  edited: boolean;
}

export function createMarks({ isDirty, textOf, isContent, linesOf }: Documents): Marks {
  const files = new Map<string, FileState>();
  /** What was typed in a file since it was saved. */
  const unsaved = new Map<string, Edit[]>();

  return {
    of(file) {
      const state = files.get(file);
      return state && viewOf(state);
    },
    byFingerprint(folder, fingerprint) {
      for (const state of files.values()) {
        if (state.folder !== folder) continue;
        const mark = state.findings.find(({ finding }) => finding.fingerprint === fingerprint);
        if (mark) return { ...mark, intact: !state.edited };
      }
      return undefined;
    },
    takeFindings(folder, found) {
      const now = new Set(found.map(({ file }) => file));
      const gone = [...files.values()].filter(
        (state) => state.folder === folder && state.findingsKey !== '' && !now.has(state.file),
      );
      for (const state of gone) Object.assign(state, { findings: [], typedOn: [], found: [], findingsKey: '' });
      const fresh = found.filter(({ file, findings }) => files.get(file)?.findingsKey !== keyOf(findings));
      for (const { file, findings } of fresh) takeFound(stateOf(file, folder), findings);
      return touched([...gone, ...fresh]);
    },
    takeDefinitions(folder, broken) {
      const now = Map.groupBy(broken, ({ file }) => file);
      const gone = [...files.values()].filter(
        (state) => state.folder === folder && state.definitionsKey !== '' && !now.has(state.file),
      );
      for (const state of gone) Object.assign(state, { definitions: [], broken: [], checked: [], definitionsKey: '' });
      const fresh = [...now].flatMap(([file, problems]) => {
        const marks = problems.map(({ range, message }) => ({ range, message }));
        const state = stateOf(file, folder);
        const definitionsKey = JSON.stringify(marks);
        if (state.definitionsKey === definitionsKey) return [];
        const told = { definitions: marks, broken: marks, brokenText: textOf(file) };
        return [Object.assign(state, { ...told, checked: [], definitionsKey })];
      });
      return touched([...gone, ...fresh]);
    },
    takeChecked(folder, problems) {
      const before = [...files.values()].filter((state) => state.folder === folder && state.checked.length > 0);
      for (const state of before) state.checked = [];
      for (const { file, ...mark } of problems) {
        const state = stateOf(file, folder);
        state.checked = [...state.checked, mark];
      }
      return touched([...before, ...problems]);
    },
    drop(folder, fingerprint) {
      const isOther = ({ finding }: FindingMark): boolean => finding.fingerprint !== fingerprint;
      const own = [...files.values()].filter((state) => state.folder === folder && !state.found.every(isOther));
      for (const state of own) {
        state.found = state.found.filter(isOther);
        state.findings = state.findings.filter(isOther);
        state.typedOn = state.typedOn.filter(isOther);
      }
      return touched(own);
    },
    keepOnly(folders) {
      const gone = [...files.values()].filter(({ folder }) => !folders.has(folder));
      for (const { file } of gone) files.delete(file);
      return touched(gone);
    },
    typed(file, edits) {
      // Bottom to top: so each can be taken alone.
      const upward = edits.toSorted(
        (a, b) => b.range.start.line - a.range.start.line || b.range.start.character - a.range.start.character,
      );
      const kept = unsaved.get(file);
      if (kept) kept.push(...upward);
      else unsaved.set(file, upward);
      const state = files.get(file);
      if (!state) return [];
      state.edited = true;
      typeOn(state, edits);
      state.definitions = shift(state.definitions, edits);
      state.checked = shift(state.checked, edits);
      return touched([state]);
    },
    clean,
    opened(file) {
      const state = files.get(file);
      if (!state) return [];
      // What was typed may have been thrown away with its editor.
      if (state.edited) return clean(file);
      state.foundText = state.brokenText = textOf(file);
      state.lines = linesAt(state);
      return [];
    },
    closed: (file) => void unsaved.delete(file),
  };

  function clean(file: string): Touched {
    unsaved.delete(file);
    const state = files.get(file);
    const text = state?.edited ? textOf(file) : null;
    if (!state || text === null) return [];
    const isAsFound = state.foundText === text || isFoundIn(state);
    if (!isAsFound && state.brokenText !== text) return [];
    if (state.brokenText === text) state.definitions = state.broken;
    if (isAsFound) {
      state.findings = state.found;
      state.typedOn = [];
      state.edited = false;
    }
    return touched([state]);
  }

  function stateOf(file: string, folder: string): FileState {
    const known = files.get(file);
    if (known) return known;
    const made: FileState = {
      ...{ file, folder, findings: [], typedOn: [], lines: new Map(), definitions: [], checked: [], edited: false },
      ...{ found: [], foundText: null, findingsKey: '', broken: [], brokenText: null, definitionsKey: '' },
    };
    files.set(file, made);
    return made;
  }

  /** What was typed on is said no more, until its lines are again as they were. */
  function typeOn(state: FileState, edits: readonly Edit[]): void {
    const hit = state.findings.filter((mark) => shift([mark], edits).length === 0);
    const asleep = follow([...state.typedOn, ...hit], edits);
    const isBack = ({ finding, range }: FindingMark): boolean => {
      const before = state.lines.get(finding);
      return before !== undefined && linesOf(state.file, range) === before;
    };
    state.findings = [...shift(state.findings, edits), ...asleep.filter(isBack)];
    state.typedOn = asleep.filter((mark) => !isBack(mark));
  }

  /** Also where somebody was typing when it was told, so that the text was not to be had. */
  function isFoundIn({ file, found }: FileState): boolean {
    const content = found[0]?.finding.content ?? null;
    return content !== null && isContent(file, content);
  }

  function takeFound(state: FileState, findings: readonly ShownFinding[]): void {
    if (!isDirty(state.file)) unsaved.delete(state.file);
    const since = unsaved.get(state.file) ?? [];
    state.findingsKey = keyOf(findings);
    state.found = findings.map((finding) => ({ range: finding.range, finding }));
    state.typedOn = [];
    state.findings = since.reduce((left, edit) => shift(left, [edit]), state.found);
    state.lines = linesAt(state);
    state.edited = since.length > 0;
    state.foundText = textOf(state.file);
  }

  function linesAt({ file, findings }: FileState): ReadonlyMap<ShownFinding, string> {
    return new Map(
      findings.flatMap(({ finding, range }) => {
        const lines = linesOf(file, range);
        return lines === null ? [] : [[finding, lines] as const];
      }),
    );
  }

  /** Those of which nothing is known any more are forgotten. */
  function touched(changed: readonly { readonly file: string }[]): Touched {
    const all = [...new Set(changed.map(({ file }) => file))];
    for (const file of all) {
      const state = files.get(file);
      if (state?.findingsKey === '' && state.definitionsKey === '' && state.checked.length === 0) files.delete(file);
    }
    return all;
  }
}

function viewOf({ folder, findings, definitions, checked, edited }: FileState): FileMarks {
  const said = new Set<string>();
  const once = [...definitions, ...checked].filter(({ range, message }) => {
    const words = `${range.start.line} ${message}`;
    return said.has(words) ? false : said.add(words);
  });
  return { folder, findings, definitions: once, intact: !edited };
}

/** Tells one look at a file from the next. */
const keyOf = (findings: readonly ShownFinding[]): string =>
  findings.map(({ run, fingerprint, range }) => `${run} ${fingerprint} ${range.start.line}`).join('\n') || 'none';
