import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import type ts from 'typescript';
import { collect } from '../suspicious/syntax.ts';
import { ownSources } from './dependents.ts';
import type { Compiler } from '../suspicious/rule.ts';

/** What the program could not find, and what follows from it. */
export interface MissingDependencies {
  /** Package names, sorted; empty when everything is there. */
  readonly packages: readonly string[];
  /** The workspace has no node_modules at all although packages are named. */
  readonly nothingInstalled: boolean;
  /** Classes and interfaces of the project that build on something missing: their members are not known. */
  readonly incomplete: ReadonlySet<string>;
}

/** Errors that say that a module, a global or a type library is missing, or that a type could not be inferred without it. */
const FOLLOW_UP_CODES: ReadonlySet<number> = new Set([
  2304, 2503, 2552, 2580, 2581, 2582, 2583, 2584, 2585, 2591, 2592, 2593, 2688, 2792, 2867, 2868, 2875, 2882, 7005,
  7006, 7008, 7010, 7011, 7016, 7018, 7019, 7022, 7023, 7024, 7026, 7031, 7034, 7044, 7053, 18046, 2571, 2664, 2306,
  6305, 2578,
]);
const MODULE_NOT_FOUND = 2307;

export function findMissing(input: {
  readonly compiler: Compiler;
  readonly program: ts.Program;
  readonly folder: string;
  readonly root: string;
}): MissingDependencies {
  const { compiler, program } = input;
  const named = packagesNamed(input.folder, input.root);
  const installed = hasModules(input.folder, input.root);
  const packages = new Set<string>();
  const own = ownSources(program);
  for (const source of own) {
    for (const name of unresolvedPackages(compiler, program, source)) {
      if (!installed || named.has(name) || isBuiltin(name)) packages.add(name);
    }
  }
  const nothingInstalled = !installed && named.size > 0;
  const incomplete = packages.size === 0 ? new Set<string>() : classesOnNothing(compiler, program, own);
  return { packages: [...packages].sort(), nothingInstalled, incomplete };
}

export function isAnythingMissing(missing: MissingDependencies): boolean {
  return missing.packages.length > 0 || missing.nothingInstalled;
}

/** Whether the error may only be there because dependencies are not. */
export function followsFromMissing(diagnostic: ts.Diagnostic, missing: MissingDependencies, text: string): boolean {
  if (diagnostic.code === MODULE_NOT_FOUND) return isModuleMissing(text, missing);
  if (!isAnythingMissing(missing)) return false;
  if (FOLLOW_UP_CODES.has(diagnostic.code)) return true;
  // With every import found nothing is inferred from a package that is not there.
  if (missing.packages.length > 0 && /'(?:unknown|\{\}|never|never\[\])'|\bunknown\b/.test(text)) return true;
  return [...text.matchAll(/'(?:typeof )?([A-Za-z_$][\w$]*)/g)].some(
    ([, name]) => name !== undefined && missing.incomplete.has(name),
  );
}

/** A package that is named but not there; or styles, pictures and generated files, which nobody writes by hand. */
function isModuleMissing(message: string, missing: MissingDependencies): boolean {
  const [, specifier = ''] = /'([^']+)'/.exec(message) ?? [];
  if (!specifier.startsWith('.')) return missing.nothingInstalled || missing.packages.includes(packageOf(specifier));
  if (/generated|__gen|\$types|\+types|(?:^|\/)(?:dist|build|out|lib|pkg|gen|types)\//i.test(specifier)) return true;
  const name = specifier.slice(specifier.lastIndexOf('/') + 1);
  return /\.[a-z0-9]{2,5}(?:\?.*)?$/.test(name) && !/\.(?:[cm]?[jt]sx?|d)$/.test(name);
}

function unresolvedPackages(compiler: Compiler, program: ts.Program, source: ts.SourceFile): readonly string[] {
  const checker = program.getTypeChecker();
  return source.statements.flatMap((statement) => {
    const isReference = compiler.isImportDeclaration(statement) || compiler.isExportDeclaration(statement);
    const specifier = isReference ? statement.moduleSpecifier : undefined;
    if (!specifier || !compiler.isStringLiteral(specifier) || /^[./]/.test(specifier.text)) return [];
    return checker.getSymbolAtLocation(specifier) ? [] : [packageOf(specifier.text)];
  });
}

function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') && second !== '' ? `${first}/${second}` : first;
}

function classesOnNothing(
  compiler: Compiler,
  program: ts.Program,
  sources: readonly ts.SourceFile[],
): ReadonlySet<string> {
  const checker = program.getTypeChecker();
  const names = new Set<string>();
  const isHolder = (node: ts.Node): node is ts.ClassLikeDeclaration | ts.InterfaceDeclaration =>
    compiler.isClassLike(node) || compiler.isInterfaceDeclaration(node);
  const holders = sources.flatMap((source) => collect(compiler, source, isHolder));
  // A class below an incomplete class is incomplete too: repeat until nothing is added.
  for (let size = -1; size !== names.size;) {
    size = names.size;
    for (const holder of holders) {
      const bases = (holder.heritageClauses ?? []).flatMap((clause) => [...clause.types]);
      const unknown = bases.some(
        (base) =>
          (checker.getTypeAtLocation(base.expression).flags & compiler.TypeFlags.Any) !== 0 ||
          names.has(base.expression.getText()),
      );
      if (unknown && holder.name) names.add(holder.name.text);
    }
  }
  return names;
}

function packagesNamed(folder: string, root: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (let up = folder; up.startsWith(root); up = dirname(up)) {
    for (const name of namesIn(join(up, 'package.json'))) names.add(name.replace(/^@types\//, ''));
    if (up === dirname(up)) break;
  }
  return names;
}

function namesIn(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
  if (typeof parsed !== 'object' || parsed === null) return [];
  return Object.entries(parsed).flatMap(([key, value]: [string, unknown]) =>
    /^(?:d|devD|peerD|optionalD)ependencies$/.test(key) && typeof value === 'object' && value !== null
      ? Object.keys(value)
      : [],
  );
}

function hasModules(folder: string, root: string): boolean {
  for (let up = folder; up.startsWith(root); up = dirname(up)) {
    if (existsSync(join(up, 'node_modules'))) return true;
    if (up === dirname(up)) break;
  }
  return false;
}
