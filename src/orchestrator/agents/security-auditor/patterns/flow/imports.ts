import ts from 'typescript';
import { declare, type Frame, type State } from './state.ts';
import type { Value } from './value.ts';

/** Binds what a file imports to its full name: `import { exec as run } from 'node:child_process'` makes run `child_process.exec`. */
export function bindImports(source: ts.SourceFile, frame: Frame, state: State): void {
  const set = (name: ts.Identifier, api: string): void => {
    state.values.set(declare(frame, name.text), { api });
  };
  for (const node of source.statements) {
    if (
      ts.isImportEqualsDeclaration(node) &&
      ts.isExternalModuleReference(node.moduleReference) &&
      ts.isStringLiteral(node.moduleReference.expression)
    ) {
      set(node.name, moduleName(node.moduleReference.expression.text));
    }
    if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier) || !node.importClause) continue;
    const module = moduleName(node.moduleSpecifier.text);
    const { name, namedBindings } = node.importClause;
    if (name) set(name, module);
    if (namedBindings && ts.isNamespaceImport(namedBindings)) set(namedBindings.name, module);
    else if (namedBindings) {
      for (const one of namedBindings.elements)
        set(one.name, importedName(module, (one.propertyName ?? one.name).text));
    }
  }
}

const importedName = (module: string, name: string): string => (name === 'default' ? module : `${module}.${name}`);

/** `node:fs/promises` and `fs.promises` are one thing. */
export function moduleName(specifier: string): string {
  return specifier
    .replace(/^node:/, '')
    .replace(/^fs\/promises$/, 'fs.promises')
    .replace(/^(?:fs-extra|graceful-fs)$/, 'fs')
    .replace(/^mysql2\/promise$/, 'mysql2');
}

/** `require('x')`, `await import('x')`: null for anything else. */
export function requiredModule(node: ts.CallExpression | ts.NewExpression, first: Value | undefined): Value | null {
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
  if (!isRequire && !isImport) return null;
  return typeof first?.literal === 'string' ? { api: moduleName(first.literal) } : null;
}
