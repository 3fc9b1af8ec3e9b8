import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type ts from 'typescript';
import type { Project } from './projects.ts';

/** Programs of one project: as the files are now, and as the changed ones were at the base. */
export interface ProjectPrograms {
  readonly now: ts.Program;
  /** Built on the first call; shares every unchanged file with `now`. Null without a base. */
  before(): ts.Program | null;
}

/** Absolute path → text at the base; null: was not there. */
export type Overlay = ReadonlyMap<string, string | null>;

export interface ProgramCache {
  programs(project: Project, overlay: Overlay | null): ProjectPrograms;
}

interface KeptSource {
  readonly stamp: string;
  readonly source: ts.SourceFile;
}

/** Absolute path → the file as it was parsed last. */
type Sources = Map<string, KeptSource>;

/** Projects whose parsed files are kept, so that the next look parses only what changed: 2,000 files are some 300 MB. */
const KEPT_PROJECTS = 2;

/**
 * Only parsed files go from one look to the next. What imports resolve to is looked up anew: a package that was installed meanwhile,
 * or a file that came, shows in no file that is unchanged.
 */
export function createProgramCache(): ProgramCache {
  const kept = new Map<string, Sources>();
  return {
    programs(project, overlay) {
      // How a file is parsed and bound depends on the settings too.
      const key = JSON.stringify([project.found.version, project.config, project.options]);
      const sources = kept.get(key) ?? new Map<string, KeptSource>();
      const now = createProgram({ project, overlay: null, sources, last: undefined });
      for (const file of sources.keys()) if (now.getSourceFile(file) === undefined) sources.delete(file);
      kept.delete(key);
      if (project.config !== null) kept.set(key, sources);
      for (const oldest of kept.keys()) if (kept.size > KEPT_PROJECTS) kept.delete(oldest);
      let before: ts.Program | null = null;
      return {
        now,
        before: () => (before ??= overlay && createProgram({ project, overlay, sources, last: now })),
      };
    },
  };
}

interface ProgramInput {
  readonly project: Project;
  readonly overlay: Overlay | null;
  readonly sources: Sources;
  readonly last: ts.Program | undefined;
}

function createProgram({ project, overlay, sources, last }: ProgramInput): ts.Program {
  const { compiler } = project.found;
  const host = overlay ? overlaid(baseHost(project, sources), overlay, project) : baseHost(project, sources);
  const there = (file: string): boolean => overlay?.get(file) !== null;
  const gone = overlay
    ? [...overlay].flatMap(([file, text]) => (text !== null && isRoot(file, project) ? [file] : []))
    : [];
  return compiler.createProgram({
    rootNames: [...new Set([...project.rootNames.filter(there), ...gone])],
    options: project.options,
    projectReferences: project.references,
    host,
    ...(last ? { oldProgram: last } : {}),
  });
}

/** Files of the base that are gone now belong to the same project when they lie below its tsconfig and have its kind. */
function isRoot(file: string, project: Project): boolean {
  return project.config !== null && file.startsWith(`${dirname(project.config)}/`) && /\.[cm]?tsx?$/.test(file);
}

type Host = ts.CompilerHost & { useSourceOfProjectReferenceRedirect(): boolean };

function baseHost(project: Project, sources: Sources): Host {
  const { compiler } = project.found;
  const host = compiler.createCompilerHost(project.options, true);
  return {
    ...host,
    // Projects that this one references are read from their sources: their build output may be missing or old.
    useSourceOfProjectReferenceRedirect: () => true,
    getSourceFile(...asked) {
      const [file, how] = asked;
      const stamp = stampOf(file, how);
      const known = sources.get(file);
      if (known && known.stamp === stamp) return known.source;
      const source = host.getSourceFile(...asked);
      if (source && stamp !== null) sources.set(file, { stamp, source });
      return source;
    },
  };
}

/** A package.json decides whether its files are parsed as modules. */
function stampOf(file: string, how: ts.ScriptTarget | ts.CreateSourceFileOptions): string | null {
  const stat = statSync(file, { throwIfNoEntry: false });
  const format = typeof how === 'object' ? how.impliedNodeFormat : undefined;
  return stat ? `${String(stat.mtimeMs)} ${String(stat.size)} ${String(format)}` : null;
}

function overlaid(host: Host, overlay: Overlay, project: Project): Host {
  const { compiler } = project.found;
  const folders = new Set([...overlay].flatMap(([file, text]) => (text === null ? [] : foldersAbove(file))));
  const parsed = new Map<string, ts.SourceFile>();
  return {
    ...host,
    fileExists: (file) => (overlay.has(file) ? overlay.get(file) !== null : host.fileExists(file)),
    readFile: (file) => (overlay.has(file) ? (overlay.get(file) ?? undefined) : host.readFile(file)),
    directoryExists: (folder) => folders.has(folder) || (host.directoryExists?.(folder) ?? false),
    getSourceFile(...asked) {
      const [file, languageVersion] = asked;
      const text = overlay.get(file);
      if (text === undefined) return host.getSourceFile(...asked);
      if (text === null) return undefined;
      const source = parsed.get(file) ?? compiler.createSourceFile(file, text, languageVersion, true);
      parsed.set(file, source);
      return source;
    },
  };
}

function foldersAbove(file: string): readonly string[] {
  const folders: string[] = [];
  for (let up = dirname(file); up !== dirname(up); up = dirname(up)) folders.push(up);
  return folders;
}
