import type ts from 'typescript';
import type { Look } from './rule.ts';
import { collect, isFunction, textOf } from './syntax.ts';

/** A function that has a name to go by, as it is and as it was. */
export interface Counterpart {
  readonly now: ts.FunctionLikeDeclaration;
  readonly before: ts.Node;
}

/**
 * The innermost named function around the node, and the same one at the base, found by the names around it (`Store.save`,
 * `handlers.onClose`, `it('closes')`). Null when it is new, there are several of that name, or there is no base.
 */
export function counterpartOf(look: Look, node: ts.Node): Counterpart | null {
  if (!look.base) return null;
  const now = look.ts.findAncestor(node.parent, (up) => isFunction(look.ts, up) && ownName(look, up) !== null);
  if (!now || !isFunction(look.ts, now)) return null;
  const found = pathsOf(look, look.base).get(namePath(look, now)) ?? [];
  const [before] = found;
  return before && found.length === 1 ? { now, before } : null;
}

/** Calls of the same thing (`this.store.save`) in the same function, or outside of named functions, before the change. */
export function callsBefore(look: Look, call: ts.CallExpression): readonly ts.CallExpression[] {
  const inNamed =
    look.ts.findAncestor(call, (up) => isFunction(look.ts, up) && ownName(look, up) !== null) !== undefined;
  const before = inNamed ? counterpartOf(look, call)?.before : look.base;
  if (!before) return [];
  const callee = textOf(call.expression);
  return collect(look.ts, before, look.ts.isCallExpression).filter((one) => textOf(one.expression) === callee);
}

const known = new WeakMap<ts.SourceFile, Map<string, ts.Node[]>>();

function pathsOf(look: Look, source: ts.SourceFile): ReadonlyMap<string, readonly ts.Node[]> {
  const cached = known.get(source);
  if (cached) return cached;
  const paths = new Map<string, ts.Node[]>();
  const isNamed = (node: ts.Node): node is ts.FunctionLikeDeclaration =>
    isFunction(look.ts, node) && ownName(look, node) !== null;
  for (const fn of collect(look.ts, source, isNamed)) {
    const path = namePath(look, fn);
    paths.set(path, [...(paths.get(path) ?? []), fn]);
  }
  known.set(source, paths);
  return paths;
}

/** Names of the functions, classes and objects around a function and its own, outermost first. */
function namePath(look: Look, node: ts.Node): string {
  const names: string[] = [];
  for (let up: ts.Node | undefined = node; up !== undefined && !look.ts.isSourceFile(up); up = up.parent) {
    const name = ownName(look, up);
    if (name !== null) names.unshift(name);
  }
  return names.join('.');
}

function ownName(look: Look, node: ts.Node): string | null {
  if (look.ts.isConstructorDeclaration(node)) return 'constructor';
  if (look.ts.isClassLike(node)) return node.name?.text ?? null;
  if (!isFunction(look.ts, node)) return null;
  if (node.name) return `${look.ts.isSetAccessor(node) ? 'set ' : ''}${node.name.getText()}`;
  const holder = node.parent;
  if (
    look.ts.isVariableDeclaration(holder) ||
    look.ts.isPropertyAssignment(holder) ||
    look.ts.isPropertyDeclaration(holder)
  ) {
    return holder.name.getText();
  }
  if (look.ts.isBinaryExpression(holder) && holder.right === node) return textOf(holder.left);
  return titleOf(look, holder);
}

/** A callback that is told apart by a text: `it('closes', …)`, `app.get('/users', …)`, `server.on('error', …)`. */
function titleOf(look: Look, call: ts.Node): string | null {
  if (!look.ts.isCallExpression(call)) return null;
  const [first] = call.arguments;
  return first && look.ts.isStringLiteralLike(first) ? `${textOf(call.expression)}(${first.text})` : null;
}
