import { dirname } from 'node:path';
import type ts from 'typescript';
import type { Clock } from '../../../env.ts';
import { rangeOf, type Draft } from '../report.ts';
import type { Compiler } from '../suspicious/rule.ts';
import type { TypeError } from './errors.ts';
import type { Project } from './projects.ts';

/** What puts an error right, as far as the compiler knows. */
export interface TypeFixes {
  of(error: TypeError): Pick<Draft, 'fix' | 'edit' | 'fixes'>;
}

/** The compiler's fixes that say what was meant; others only make the error quiet, or delete what it is about. */
const MEANT: ReadonlySet<string> = new Set([
  'import',
  'spelling',
  'addMissingAwait',
  'addMissingAsync',
  'fixAwaitInSyncFunction',
  'fixMissingProperties',
  'addMissingMember',
  'fixMissingMember',
  'forgottenThisPropertyAccess',
  'constructorForDerivedNeedSuperCall',
  'extendsInterfaceBecomesImplements',
  'returnValueCorrect',
]);
/** Ways offered for one error (contract). */
const MAX_WAYS = 5;
/** Characters of one replacement, and how many replacements (contract). */
const MAX_TEXT = 10_000;
const MAX_EDITS = 50;
/** For all errors of a project together: a finding must not come late for its fix. 60 ms are usual for the first of a small one (measured). */
const BUDGET_MS = 500;

/** Asks the compiler's language service over the sources that `program` has parsed. It is made at the first error. */
export function createTypeFixes({
  project,
  program,
  clock,
}: {
  readonly project: Project;
  readonly program: ts.Program;
  readonly clock: Pick<Clock, 'monotonic'>;
}): TypeFixes {
  const { compiler } = project.found;
  const known = new Set(compiler.getSupportedCodeFixes());
  let service: ts.LanguageService | null = null;
  let spentMs = 0;
  return {
    of(error) {
      const source = program.getSourceFile(error.file);
      if (!source || !known.has(String(error.code)) || spentMs > BUDGET_MS) return {};
      const from = clock.monotonic();
      service ??= serviceOver(project, program);
      const actions = fixesIn({ service, compiler, source, error });
      spentMs += clock.monotonic() - from;
      const [only, ...others] = actions;
      if (!only) return {};
      if (others.length === 0) return { fix: only.title, edit: only.edit };
      return { fixes: actions.slice(0, MAX_WAYS) };
    },
  };
}

type Way = NonNullable<Draft['fixes']>[number];

function fixesIn(input: {
  readonly service: ts.LanguageService;
  readonly compiler: Compiler;
  readonly source: ts.SourceFile;
  readonly error: TypeError;
}): readonly Way[] {
  const { service, compiler, source, error } = input;
  const [start, end] = [error.range.start, error.range.end].map(({ line, character }) =>
    source.getPositionOfLineAndCharacter(line, character),
  );
  if (start === undefined || end === undefined) return [];
  const format = formatOf(compiler, source.text);
  return service
    .getCodeFixesAtPosition(source.fileName, start, end, [error.code], format, { quotePreference: 'auto' })
    .flatMap((action) => (MEANT.has(action.fixName) && !action.commands ? wayOf(action, source) : []));
}

/** In this file only, and nothing new beside it. */
function wayOf({ description, changes }: ts.CodeFixAction, source: ts.SourceFile): readonly Way[] {
  const [change, ...others] = changes;
  if (!change || others.length > 0 || change.isNewFile || change.fileName !== source.fileName) return [];
  const edit = change.textChanges.map(({ span, newText }) => ({
    range: rangeOf(source, { start: span.start, end: span.start + span.length }),
    newText,
  }));
  const isSmall = edit.length <= MAX_EDITS && edit.every(({ newText }) => newText.length <= MAX_TEXT);
  return edit.length > 0 && isSmall ? [{ title: description.slice(0, 200), edit }] : [];
}

/** Line breaks and indentation as the file has them. */
function formatOf(compiler: Compiler, text: string): ts.FormatCodeSettings {
  const indent = /^(?:\t| {2,8})(?=\S)/m.exec(text)?.[0] ?? '  ';
  return {
    ...compiler.getDefaultFormatCodeSettings(text.includes('\r\n') ? '\r\n' : '\n'),
    convertTabsToSpaces: !indent.startsWith('\t'),
    ...(indent.startsWith('\t') ? {} : { indentSize: indent.length, tabSize: indent.length }),
  };
}

/** Takes every file that the program has parsed from there, so that making it costs little; other projects are read from their sources too. */
function serviceOver(project: Project, program: ts.Program): ts.LanguageService {
  const { compiler } = project.found;
  const { sys } = compiler;
  const textOf = (file: string): string | undefined => program.getSourceFile(file)?.text ?? sys.readFile(file);
  const parsed = (file: string): ts.SourceFile =>
    program.getSourceFile(file) ??
    compiler.createSourceFile(file, textOf(file) ?? '', compiler.ScriptTarget.Latest, true);
  const registry: ts.DocumentRegistry = {
    ...compiler.createDocumentRegistry(),
    acquireDocumentWithKey: parsed,
    updateDocumentWithKey: parsed,
    releaseDocumentWithKey: () => undefined,
  };
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => program.getCompilerOptions(),
    getScriptFileNames: () => [...program.getRootFileNames()],
    getScriptVersion: () => '1',
    getScriptSnapshot(file) {
      const text = textOf(file);
      return text === undefined ? undefined : compiler.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => (project.config === null ? sys.getCurrentDirectory() : dirname(project.config)),
    getDefaultLibFileName: (options) => compiler.getDefaultLibFilePath(options),
    fileExists: (file) => program.getSourceFile(file) !== undefined || sys.fileExists(file),
    readFile: (file) => textOf(file),
    directoryExists: (folder) => sys.directoryExists(folder),
    getDirectories: (folder) => sys.getDirectories(folder),
    useCaseSensitiveFileNames: () => sys.useCaseSensitiveFileNames,
  };
  return compiler.createLanguageService(host, registry);
}
