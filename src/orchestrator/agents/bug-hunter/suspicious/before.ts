import type ts from 'typescript';
import type { Look } from './rule.ts';
import { collect, isFunction, textOf } from './syntax.ts';

/**
 * The same function in the file's base, found by the names around it (`Store.save`, `handlers.onClose`); null when the
 * function is new, has no name to go by, or there is no base.
 */
export function functionBefore(look: Look, node: ts.Node): ts.Node | null {
  const path = namePath(look, node);
  if (!look.base || path === '') return look.base && path === '' ? look.base : null;
  const found = pathsOf(look, look.base).get(path) ?? [];
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** Calls of the same thing (`this.store.save`) in the same function before the change. */
export function callsBefore(look: Look, call: ts.CallExpression): readonly ts.CallExpression[] {
  const before = functionBefore(look, call);
  if (!before) return [];
  const callee = textOf(call.expression);
  return collect(look.ts, before, look.ts.isCallExpression).filter((one) => textOf(one.expression) === callee);
}

const known = new WeakMap<ts.SourceFile, Map<string, ts.Node[]>>();

function pathsOf(look: Look, source: ts.SourceFile): ReadonlyMap<string, readonly ts.Node[]> {
  const cached = known.get(source);
  if (cached) return cached;
  const paths = new Map<string, ts.Node[]>();
  const functions = collect(look.ts, source, (node): node is ts.FunctionLikeDeclaration => isFunction(look.ts, node));
  for (const fn of functions) {
    const path = namePath(look, fn.body ?? fn);
    if (ownName(look, fn) !== null) paths.set(path, [...(paths.get(path) ?? []), fn]);
  }
  known.set(source, paths);
  return paths;
}

/** Names of the functions, classes and objects around a node, outermost first. Callbacks without a name belong to their surroundings. */
function namePath(look: Look, node: ts.Node): string {
  const names: string[] = [];
  for (let up: ts.Node | undefined = node.parent; up !== undefined && !look.ts.isSourceFile(up); up = up.parent) {
    const name = ownName(look, up);
    if (name !== null) names.unshift(name);
  }
  return names.join('.');
}

function ownName(look: Look, node: ts.Node): string | null {
  if (look.ts.isConstructorDeclaration(node)) return 'constructor';
  if (look.ts.isClassLike(node)) return node.name?.text ?? null;
  if (!isFunction(look.ts, node)) return null;
  if (node.name) return node.name.getText();
  const holder = node.parent;
  if (
    look.ts.isVariableDeclaration(holder) ||
    look.ts.isPropertyAssignment(holder) ||
    look.ts.isPropertyDeclaration(holder)
  ) {
    return holder.name.getText();
  }
  return null;
}
