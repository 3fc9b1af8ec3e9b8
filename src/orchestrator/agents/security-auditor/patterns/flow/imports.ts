import ts from 'typescript';
import { declare, read, resolve } from './state.ts';
import { UNKNOWN_VALUE, type Value, type Frame, type State } from './value.ts';

/** A file's names, and how to get at what another file of the workspace exports (null: not of this workspace). */
export interface ModuleScope {
  readonly frame: Frame;
  readonly state: State;
  readonly load: (specifier: string) => Value | null;
}

/** Binds what a file imports to its full name: `import { exec as run } from 'node:child_process'` makes run `child_process.exec`. */
export function bindImports(source: ts.SourceFile, scope: ModuleScope): void {
  const exported: Value = { members: new Map(), api: 'exports' };
  scope.state.values.set(declare(scope.frame, 'exports'), exported);
  scope.state.values.set(declare(scope.frame, 'module'), { members: new Map([['exports', exported]]), api: 'module' });
  for (const node of source.statements) {
    if (
      ts.isImportEqualsDeclaration(node) &&
      ts.isExternalModuleReference(node.moduleReference) &&
      ts.isStringLiteral(node.moduleReference.expression)
    ) {
      set(scope, node.name, moduleValue(node.moduleReference.expression.text, scope));
    }
    if (ts.isImportDeclaration(node)) bindImport(node, scope);
  }
}

function set({ frame, state }: ModuleScope, name: ts.Identifier, value: Value): void {
  state.values.set(declare(frame, name.text), value);
}

function bindImport({ moduleSpecifier, importClause }: ts.ImportDeclaration, scope: ModuleScope): void {
  if (!ts.isStringLiteral(moduleSpecifier) || !importClause) return;
  const whole = moduleValue(moduleSpecifier.text, scope);
  const { name, namedBindings } = importClause;
  if (name) set(scope, name, exportOf(whole, 'default'));
  if (namedBindings && ts.isNamespaceImport(namedBindings)) set(scope, namedBindings.name, whole);
  else if (namedBindings)
    for (const one of namedBindings.elements)
      set(scope, one.name, exportOf(whole, (one.propertyName ?? one.name).text));
}

function moduleValue(specifier: string, { load }: ModuleScope): Value {
  return { ...load(specifier), api: moduleName(specifier) };
}

function exportOf(whole: Value, name: string): Value {
  const known = whole.members?.get(name) ?? (name === 'default' && whole.members ? whole : undefined);
  return { ...known, api: name === 'default' ? whole.api : `${whole.api ?? '?'}.${name}` };
}

/** `node:fs/promises` and `fs.promises` are one thing. */
function moduleName(specifier: string): string {
  return specifier
    .replace(/^node:/, '')
    .replace(/^fs\/promises$/, 'fs.promises')
    .replace(/^(?:fs-extra|graceful-fs)$/, 'fs')
    .replace(/^mysql2\/promise$/, 'mysql2');
}

/** `require('x')`, `await import('x')`: null for anything else. */
export function requiredModule(
  node: ts.CallExpression | ts.NewExpression,
  first: Value | undefined,
  load: (specifier: string) => Value | null,
): Value | null {
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
  if (!isRequire && !isImport) return null;
  return typeof first?.literal === 'string' ? { ...load(first.literal), api: moduleName(first.literal) } : null;
}

/** What a file exports, after its statements were followed: by name, `default` among them. */
export function exportsOf(source: ts.SourceFile, scope: ModuleScope, evaluate: (node: ts.Expression) => Value): Value {
  const { frame, state, load } = scope;
  const module = resolve(frame, 'module');
  const common = (module ? read(state, module) : UNKNOWN_VALUE).members?.get('exports') ?? UNKNOWN_VALUE;
  const members = new Map(common.members ?? []);
  const named = (name: string): Value => {
    const binding = resolve(frame, name);
    return binding ? read(state, binding) : UNKNOWN_VALUE;
  };
  for (const node of source.statements) {
    if (ts.isExportAssignment(node)) members.set('default', evaluate(node.expression));
    else if (ts.isExportDeclaration(node)) exportedNames(node, { members, named, load });
    else if (ts.canHaveModifiers(node) && node.modifiers?.some((one) => one.kind === ts.SyntaxKind.ExportKeyword)) {
      const isDefault = node.modifiers.some((one) => one.kind === ts.SyntaxKind.DefaultKeyword);
      for (const name of declaredNames(node)) members.set(isDefault ? 'default' : name, named(name));
    }
  }
  return { ...common, members };
}

interface ExportTable {
  readonly members: Map<string, Value>;
  readonly named: (name: string) => Value;
  readonly load: (specifier: string) => Value | null;
}

function exportedNames(
  { exportClause, moduleSpecifier }: ts.ExportDeclaration,
  { members, named, load }: ExportTable,
): void {
  const other = moduleSpecifier && ts.isStringLiteral(moduleSpecifier) ? load(moduleSpecifier.text) : null;
  if (!exportClause) {
    for (const [name, value] of other?.members ?? []) if (name !== 'default') members.set(name, value);
  } else if (ts.isNamedExports(exportClause)) {
    for (const one of exportClause.elements) {
      const name = (one.propertyName ?? one.name).text;
      members.set(one.name.text, moduleSpecifier ? (other?.members?.get(name) ?? UNKNOWN_VALUE) : named(name));
    }
  }
}

function declaredNames(node: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  return (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) && node.name ? [node.name.text] : [];
}
