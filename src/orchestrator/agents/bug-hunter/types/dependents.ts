import type ts from 'typescript';
import { collect } from '../suspicious/syntax.ts';
import type { Compiler } from '../suspicious/rule.ts';

/** A file that imports a changed one, directly or through others. */
export interface Dependent {
  readonly source: ts.SourceFile;
  /** Absolute path of the changed file that it was reached from. */
  readonly from: string;
}

/** Files of the project that depend on those that are `seen` differently, nearest first; the changed ones are not among them. */
export function findDependents(
  compiler: Compiler,
  program: ts.Program,
  { seen, changed }: { readonly seen: readonly ts.SourceFile[]; readonly changed: readonly ts.SourceFile[] },
): readonly Dependent[] {
  if (seen.length === 0) return [];
  const importers = importersOf(compiler, program);
  const visited = new Set(seen.map(({ fileName }) => fileName));
  const ownChanges = new Set(changed);
  const reached: Dependent[] = [];
  let edge = seen.map(({ fileName }) => ({ file: fileName, from: fileName }));
  while (edge.length > 0) {
    const next: typeof edge = [];
    for (const { file, from } of edge) {
      for (const source of importers.get(file) ?? []) {
        if (visited.has(source.fileName)) continue;
        visited.add(source.fileName);
        if (!ownChanges.has(source)) reached.push({ source, from });
        next.push({ file: source.fileName, from });
      }
    }
    edge = next;
  }
  return reached;
}

/** The workspace's own code in a program. */
export function ownSources(program: ts.Program): readonly ts.SourceFile[] {
  return program
    .getSourceFiles()
    .filter((source) => !source.isDeclarationFile && !source.fileName.includes('/node_modules/'));
}

/** Global declarations reach everywhere; so do changes of files without imports and exports. */
export function isGlobal(compiler: Compiler, source: ts.SourceFile): boolean {
  return !compiler.isExternalModule(source) || source.statements.some(compiler.isModuleDeclaration);
}

function importersOf(compiler: Compiler, program: ts.Program): ReadonlyMap<string, readonly ts.SourceFile[]> {
  const checker = program.getTypeChecker();
  const importers = new Map<string, ts.SourceFile[]>();
  for (const source of program.getSourceFiles()) {
    if (source.fileName.includes('/node_modules/')) continue;
    for (const specifier of specifiersOf(compiler, source)) {
      const target = checker.getSymbolAtLocation(specifier)?.declarations?.[0]?.getSourceFile().fileName;
      if (target === undefined || target.includes('/node_modules/')) continue;
      importers.set(target, [...(importers.get(target) ?? []), source]);
    }
  }
  return importers;
}

function specifiersOf(compiler: Compiler, source: ts.SourceFile): readonly ts.StringLiteral[] {
  const top = source.statements.flatMap((statement) => {
    const names =
      compiler.isImportDeclaration(statement) || compiler.isExportDeclaration(statement)
        ? statement.moduleSpecifier
        : undefined;
    return names && compiler.isStringLiteral(names) ? [names] : [];
  });
  if (!/\b(?:import|require)\s*\(/.test(source.text)) return top;
  const inside = collect(compiler, source, compiler.isStringLiteral).filter(({ parent }) => {
    if (compiler.isLiteralTypeNode(parent)) return compiler.isImportTypeNode(parent.parent);
    if (compiler.isExternalModuleReference(parent)) return true;
    if (!compiler.isCallExpression(parent)) return false;
    return parent.expression.kind === compiler.SyntaxKind.ImportKeyword || parent.expression.getText() === 'require';
  });
  return [...top, ...inside];
}
