import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type ts from 'typescript';
import type { Compiler } from '../suspicious/rule.ts';
import type { FoundCompiler } from './compiler.ts';

/** A tsconfig, and the files in scope that it really includes. */
export interface Project {
  /** Absolute path of the tsconfig; null for files that none includes: they are looked at with settings of ours. */
  readonly config: string | null;
  /** Relative to the workspace, for people. */
  readonly label: string;
  readonly found: FoundCompiler;
  readonly options: ts.CompilerOptions;
  readonly rootNames: readonly string[];
  readonly references: readonly ts.ProjectReference[];
  /** Absolute paths of the files in scope. */
  readonly files: readonly string[];
  /** What the tsconfig extends and is not there: its settings are not known, so types cannot be checked. */
  readonly missingBase: string | null;
  /** Why the tsconfig could be read in part only. */
  readonly configError: string | null;
}

/** TypeScript's "File '…' not found" and "Cannot read file" for what a tsconfig extends. */
const CONFIG_NOT_FOUND: readonly number[] = [6053, 5083];

interface ParsedConfig {
  readonly config: string;
  readonly found: FoundCompiler;
  readonly parsed: ts.ParsedCommandLine;
  readonly files: ReadonlySet<string>;
}

/**
 * Puts each file (absolute) into the project that includes it: the nearest tsconfig.json or jsconfig.json upwards, what it
 * references, or a tsconfig.*.json beside it. A root tsconfig with `files: []` includes nothing, so it is never taken.
 */
export function findProjects(input: {
  readonly root: string;
  readonly files: readonly string[];
  readonly compilerOf: (folder: string) => FoundCompiler;
}): readonly Project[] {
  const parse = createConfigParser(input.compilerOf);
  const homes = new Map<ParsedConfig | null, string[]>();
  for (const file of input.files) {
    const home = homeOf(file, input.root, parse);
    homes.set(home, [...(homes.get(home) ?? []), file]);
  }
  return [...homes].map(([home, files]) => (home ? projectOf(home, files, input.root) : looseProject(files, input)));
}

type Parse = (config: string) => ParsedConfig | null;

function homeOf(file: string, root: string, parse: Parse): ParsedConfig | null {
  for (let folder = dirname(file); folder.startsWith(root); folder = dirname(folder)) {
    const [main, ...others] = configsIn(folder);
    const found = (main && includes(main, file, { parse, depth: 0 })) ?? firstIncluding(others, file, parse);
    if (found) return found;
    if (folder === root) break;
  }
  return null;
}

function firstIncluding(configs: readonly string[], file: string, parse: Parse): ParsedConfig | null {
  for (const config of configs) {
    const found = includes(config, file, { parse, depth: 0 });
    if (found) return found;
  }
  return null;
}

/** Deep enough for a solution of solutions. */
const MAX_REFERENCE_DEPTH = 4;

function includes(
  config: string,
  file: string,
  how: { readonly parse: Parse; readonly depth: number },
): ParsedConfig | null {
  const parsed = how.parse(config);
  if (!parsed) return null;
  if (parsed.files.has(file)) return parsed;
  if (how.depth >= MAX_REFERENCE_DEPTH) return null;
  const { compiler } = parsed.found;
  for (const reference of parsed.parsed.projectReferences ?? []) {
    const found = includes(compiler.resolveProjectReferencePath(reference), file, { ...how, depth: how.depth + 1 });
    if (found) return found;
  }
  return null;
}

/** tsconfig.json first, then jsconfig.json, then tsconfig.app.json and the like. */
function configsIn(folder: string): readonly string[] {
  const names = existsSync(folder)
    ? readdirSync(folder).filter((name) => /^(?:ts|js)config(?:\.[\w.-]+)?\.json$/.test(name))
    : [];
  const rank = (name: string): number => (name === 'tsconfig.json' ? 0 : name === 'jsconfig.json' ? 1 : 2);
  return names.toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b)).map((name) => join(folder, name));
}

function createConfigParser(compilerOf: (folder: string) => FoundCompiler): Parse {
  const known = new Map<string, ParsedConfig | null>();
  return (config) => {
    const cached = known.get(config);
    if (cached !== undefined) return cached;
    const parsed = existsSync(config) ? parseConfig(config, compilerOf(dirname(config))) : null;
    known.set(config, parsed);
    return parsed;
  };
}

function parseConfig(config: string, found: FoundCompiler): ParsedConfig | null {
  const { compiler } = found;
  const parsed = compiler.getParsedCommandLineOfConfigFile(
    config,
    {},
    { ...compiler.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
    undefined,
    undefined,
    undefined,
  );
  return parsed ? { config, found, parsed, files: new Set(parsed.fileNames) } : null;
}

function projectOf(home: ParsedConfig, files: readonly string[], root: string): Project {
  const { parsed, found } = home;
  const missing = parsed.errors.find((error) => CONFIG_NOT_FOUND.includes(error.code));
  // The parsed configuration keeps its syntax errors to itself.
  const broken = found.compiler.readConfigFile(home.config, (file) => found.compiler.sys.readFile(file)).error;
  return {
    config: home.config,
    label: relative(root, home.config),
    found,
    options: checkingOptions(found, parsed.options, home.config),
    rootNames: parsed.fileNames,
    references: parsed.projectReferences ?? [],
    files,
    missingBase: missing ? found.compiler.flattenDiagnosticMessageText(missing.messageText, ' ') : null,
    configError: broken ? found.compiler.flattenDiagnosticMessageText(broken.messageText, ' ') : null,
  };
}

/** Only looks: no build state is kept, and declarations are written to memory alone (shape.ts). */
function checkingOptions(found: FoundCompiler, options: ts.CompilerOptions, config: string): ts.CompilerOptions {
  const { tsBuildInfoFile: _state, outFile: _out, declarationDir: _folder, noEmit: _never, ...rest } = options;
  const checked = {
    ...rest,
    noEmitOnError: false,
    incremental: false,
    composite: false,
    declaration: true,
    emitDeclarationOnly: true,
    declarationMap: false,
    skipLibCheck: true,
  };
  if (found.origin === 'workspace' || !isWrittenForOlder(dirname(config))) return checked;
  return { ...olderDefaults(found.compiler), ...checked };
}

/** TypeScript 6 changed defaults; a project that asks for 5 means the old ones. */
function olderDefaults(compiler: Compiler): ts.CompilerOptions {
  return {
    strict: false,
    types: ['*'],
    target: compiler.ScriptTarget.ES2022,
    esModuleInterop: false,
    noUncheckedSideEffectImports: false,
    ignoreDeprecations: '6.0',
  };
}

function isWrittenForOlder(folder: string): boolean {
  for (let up = folder; ; up = dirname(up)) {
    const wanted = /"typescript"\s*:\s*"[^"\d]*(\d+)/.exec(readIfThere(up))?.[1];
    if (wanted !== undefined) return Number(wanted) < 6;
    if (dirname(up) === up) return false;
  }
}

function readIfThere(folder: string): string {
  const file = join(folder, 'package.json');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function looseProject(files: readonly string[], input: Parameters<typeof findProjects>[0]): Project {
  const found = input.compilerOf(input.root);
  const { compiler } = found;
  return {
    config: null,
    label: 'no tsconfig',
    found,
    options: {
      allowJs: true,
      checkJs: false,
      noEmit: true,
      target: compiler.ScriptTarget.ESNext,
      module: compiler.ModuleKind.ESNext,
      moduleResolution: compiler.ModuleResolutionKind.Bundler,
      jsx: compiler.JsxEmit.Preserve,
      allowImportingTsExtensions: true,
      resolveJsonModule: true,
      skipLibCheck: true,
      strict: true,
    },
    rootNames: files,
    references: [],
    files,
    missingBase: null,
    configError: null,
  };
}
