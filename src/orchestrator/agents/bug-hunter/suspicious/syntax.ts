import type ts from 'typescript';
import type { Compiler, Look } from './rule.ts';

/** Source text with white space and comments-free layout evened out, to compare pieces of code. */
export function textOf(node: ts.Node): string {
  return node
    .getText()
    .replace(/\s+/g, ' ')
    .replace(/ ?([()[\]{},;.]) ?/g, '$1')
    .replace(/,([)\]}])/g, '$1');
}

/** The expression without parentheses, `as`, `!` and `satisfies` around it. */
export function bare(compiler: Compiler, node: ts.Expression): ts.Expression {
  let inner = node;
  while (isWrapper(compiler, inner)) inner = inner.expression;
  return inner;
}

/** The outermost of the wrappers (see `bare`) around an expression. */
export function wrapped(compiler: Compiler, node: ts.Expression): ts.Expression {
  let outer = node;
  while (isWrapper(compiler, outer.parent)) outer = outer.parent;
  return outer;
}

function isWrapper(
  compiler: Compiler,
  node: ts.Node,
): node is ts.ParenthesizedExpression | ts.AsExpression | ts.NonNullExpression | ts.SatisfiesExpression {
  return (
    compiler.isParenthesizedExpression(node) ||
    compiler.isAsExpression(node) ||
    compiler.isNonNullExpression(node) ||
    compiler.isSatisfiesExpression(node)
  );
}

export function isFunction(compiler: Compiler, node: ts.Node): node is ts.FunctionLikeDeclaration {
  return (
    compiler.isFunctionDeclaration(node) ||
    compiler.isFunctionExpression(node) ||
    compiler.isArrowFunction(node) ||
    compiler.isMethodDeclaration(node) ||
    compiler.isConstructorDeclaration(node) ||
    compiler.isAccessor(node)
  );
}

export function enclosingFunction(compiler: Compiler, node: ts.Node): ts.FunctionLikeDeclaration | null {
  let up: ts.Node | undefined = node.parent;
  while (up !== undefined && !isFunction(compiler, up)) up = up.parent;
  return up ?? null;
}

export function isAsync(compiler: Compiler, fn: ts.FunctionLikeDeclaration | null): boolean {
  return fn?.modifiers?.some((modifier) => modifier.kind === compiler.SyntaxKind.AsyncKeyword) ?? false;
}

/** Whether the node or any below it satisfies the test. */
export function some(compiler: Compiler, node: ts.Node, test: (node: ts.Node) => boolean): boolean {
  return test(node) || (compiler.forEachChild(node, (child) => some(compiler, child, test)) ?? false);
}

/** The same, without looking into functions below the node. */
export function someOwn(compiler: Compiler, node: ts.Node, test: (node: ts.Node) => boolean): boolean {
  const look = (child: ts.Node): boolean => !compiler.isFunctionLike(child) && someOwn(compiler, child, test);
  return test(node) || (compiler.forEachChild(node, look) ?? false);
}

/** Every node below (and including) this one that satisfies the test. */
export function collect<T extends ts.Node>(
  compiler: Compiler,
  node: ts.Node,
  test: (node: ts.Node) => node is T,
): readonly T[] {
  const found: T[] = [];
  const visit = (one: ts.Node): void => {
    if (test(one)) found.push(one);
    compiler.forEachChild(one, visit);
  };
  visit(node);
  return found;
}

/** Uses of the variable below `within`, its declaration left out. */
export function usesOf(look: Look, name: ts.Identifier, within: ts.Node): readonly ts.Identifier[] {
  const symbol = look.checker.getSymbolAtLocation(name);
  if (!symbol) return [];
  const sameText = (node: ts.Node): node is ts.Identifier => look.ts.isIdentifier(node) && node.text === name.text;
  return collect(look.ts, within, sameText).filter((use) => use !== name && symbolOf(look, use) === symbol);
}

/** The variable an identifier stands for, also in `{ x }`. */
export function symbolOf(look: Look, use: ts.Identifier): ts.Symbol | undefined {
  return look.ts.isShorthandPropertyAssignment(use.parent)
    ? look.checker.getShorthandAssignmentValueSymbol(use.parent)
    : look.checker.getSymbolAtLocation(use);
}

/** Whether the statement never goes on to the next one: return, throw, continue, break, or both branches of an if. */
export function leaves(compiler: Compiler, statement: ts.Statement | undefined): boolean {
  if (!statement) return false;
  if (compiler.isBlock(statement)) return leaves(compiler, statement.statements.at(-1));
  if (compiler.isIfStatement(statement)) {
    return leaves(compiler, statement.thenStatement) && leaves(compiler, statement.elseStatement);
  }
  return (
    compiler.isReturnStatement(statement) ||
    compiler.isThrowStatement(statement) ||
    compiler.isContinueStatement(statement) ||
    compiler.isBreakStatement(statement)
  );
}

/** Comments before the node on its own lines, after it on its line, and inside it. */
export function hasComment(look: Look, node: ts.Node): boolean {
  const { text } = look.source;
  if (look.ts.getLeadingCommentRanges(text, node.getFullStart())) return true;
  if (look.ts.getTrailingCommentRanges(text, node.getEnd())) return true;
  return /\/\*|\/\//.test(node.getText());
}

/** `a.b.c` as its last name; null for anything but names and properties. */
export function lastName(compiler: Compiler, node: ts.Expression): string | null {
  const inner = bare(compiler, node);
  if (compiler.isIdentifier(inner)) return inner.text;
  return compiler.isPropertyAccessExpression(inner) ? inner.name.text : null;
}

/** Whether reading it twice gives the same and does nothing: names, properties, literals. */
export function isPlain(compiler: Compiler, node: ts.Expression): boolean {
  const inner = bare(compiler, node);
  if (compiler.isPropertyAccessExpression(inner)) return isPlain(compiler, inner.expression);
  if (compiler.isElementAccessExpression(inner)) {
    return isPlain(compiler, inner.expression) && isPlain(compiler, inner.argumentExpression);
  }
  return (
    compiler.isIdentifier(inner) ||
    inner.kind === compiler.SyntaxKind.ThisKeyword ||
    compiler.isLiteralExpression(inner)
  );
}
