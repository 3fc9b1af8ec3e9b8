import ts from 'typescript';

/** One slip in a text: what stands from start to end becomes `text`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface SlipKind {
  readonly name: string;
  find(source: ts.SourceFile): readonly Edit[];
}

/** Slips that people and coding agents make while editing, by class. */
export const SLIPS: readonly SlipKind[] = [
  { name: 'await dropped', find: each(ts.isAwaitExpression, (node) => replace(node, node.expression.getText())) },
  { name: 'arguments swapped', find: each(ts.isCallExpression, swapArguments) },
  { name: 'wrong property (typo)', find: each(ts.isPropertyAccessExpression, misspell) },
  {
    name: 'return dropped',
    find: each(ts.isReturnStatement, (node) =>
      node.expression ? replace(node, `${node.expression.getText()};`) : null,
    ),
  },
  { name: 'return await → return in try', find: each(ts.isReturnStatement, bareReturnInTry) },
  {
    name: 'null check removed',
    find: each(ts.isIfStatement, (node) => (isMissingCheck(node) && endsEarly(node) ? replace(node, '') : null)),
  },
  { name: 'condition turned round', find: each(ts.isIfStatement, turnRound) },
  { name: '= for === in if', find: each(ts.isIfStatement, assignInCondition) },
  { name: '|| for && (two !==)', find: each(ts.isBinaryExpression, weaken) },
  { name: 'call brackets dropped in if', find: each(ts.isIfStatement, dropCall) },
  { name: '<= length', find: each(ts.isForStatement, pastEnd) },
  { name: 'loop begins at 1', find: each(ts.isForStatement, skipFirst) },
  {
    name: 'case dropped',
    find: each(ts.isCaseClause, (node) =>
      node.statements.length > 0 && node.parent.clauses.length > 3 ? replace(node, '') : null,
    ),
  },
  {
    name: 'break dropped',
    find: each(ts.isBreakStatement, (node) => (ts.isCaseClause(node.parent) ? replace(node, '') : null)),
  },
  {
    name: 'throw dropped',
    find: each(ts.isThrowStatement, (node) =>
      ts.isNewExpression(node.expression) ? replace(node, `${node.expression.getText()};`) : null,
    ),
  },
  {
    name: 'catch emptied',
    find: each(ts.isCatchClause, (node) =>
      node.variableDeclaration && node.block.statements.length > 0 ? replace(node.block, '{}') : null,
    ),
  },
  { name: 'early return removed', find: each(ts.isReturnStatement, removeEarlyReturn) },
  { name: 'close removed', find: each(ts.isExpressionStatement, removeClose) },
  { name: 'copied property', find: each(ts.isObjectLiteralExpression, copyProperty) },
  {
    name: 'plain quotes for back quotes',
    find: each(ts.isTemplateExpression, (node) =>
      node.getText().includes("'") || node.getText().includes('\n')
        ? null
        : replace(node, `'${node.getText().slice(1, -1)}'`),
    ),
  },
  { name: '=== for = (statement)', find: each(ts.isExpressionStatement, compareForAssign) },
];

function each<T extends ts.Node>(is: (node: ts.Node) => node is T, edit: (node: T) => Edit | null): SlipKind['find'] {
  return (source) => {
    const edits: Edit[] = [];
    const visit = (node: ts.Node): void => {
      const one = is(node) ? edit(node) : null;
      if (one) edits.push(one);
      ts.forEachChild(node, visit);
    };
    visit(source);
    return edits;
  };
}

function replace(node: ts.Node, text: string): Edit {
  return { start: node.getStart(), end: node.getEnd(), text };
}

function swapArguments(node: ts.CallExpression): Edit | null {
  const [first, second] = node.arguments;
  if (!first || !second || !isName(first) || !isName(second) || first.getText() === second.getText()) return null;
  return { start: first.getStart(), end: second.getEnd(), text: `${second.getText()}, ${first.getText()}` };
}

function isName(node: ts.Expression): boolean {
  return ts.isIdentifier(node) || ts.isPropertyAccessExpression(node);
}

/** Two letters inside the name change places. */
function misspell(node: ts.PropertyAccessExpression): Edit | null {
  const { text } = node.name;
  if (text.length < 5 || text[2] === text[3] || ts.isPrivateIdentifier(node.name)) return null;
  return replace(node.name, `${text.slice(0, 2)}${text[3] ?? ''}${text[2] ?? ''}${text.slice(4)}`);
}

function bareReturnInTry(node: ts.ReturnStatement): Edit | null {
  const value = node.expression;
  const inTry =
    ts.isBlock(node.parent) &&
    ts.isTryStatement(node.parent.parent) &&
    node.parent.parent.tryBlock === node.parent &&
    node.parent.parent.catchClause;
  return value && inTry && ts.isAwaitExpression(value) ? replace(node, `return ${value.expression.getText()};`) : null;
}

function isMissingCheck(node: ts.IfStatement): boolean {
  const test = node.expression;
  if (ts.isPrefixUnaryExpression(test)) return ts.isIdentifier(test.operand);
  return (
    ts.isBinaryExpression(test) &&
    /^(?:===?)$/.test(test.operatorToken.getText()) &&
    /^(?:null|undefined)$/.test(test.right.getText())
  );
}

function endsEarly(node: ts.IfStatement): boolean {
  const body = ts.isBlock(node.thenStatement) ? node.thenStatement.statements.at(-1) : node.thenStatement;
  return (
    !node.elseStatement &&
    body !== undefined &&
    (ts.isReturnStatement(body) || ts.isThrowStatement(body) || ts.isContinueStatement(body))
  );
}

function turnRound(node: ts.IfStatement): Edit | null {
  const test = node.expression;
  return ts.isIdentifier(test) || ts.isPropertyAccessExpression(test) ? replace(test, `!${test.getText()}`) : null;
}

function assignInCondition(node: ts.IfStatement): Edit | null {
  const test = node.expression;
  if (!ts.isBinaryExpression(test) || test.operatorToken.kind !== ts.SyntaxKind.EqualsEqualsEqualsToken) return null;
  return ts.isIdentifier(test.left) || ts.isPropertyAccessExpression(test.left)
    ? replace(test.operatorToken, '=')
    : null;
}

function weaken(node: ts.BinaryExpression): Edit | null {
  if (node.operatorToken.kind !== ts.SyntaxKind.AmpersandAmpersandToken) return null;
  const [left, right] = [node.left, node.right];
  const differs = (side: ts.Expression): side is ts.BinaryExpression =>
    ts.isBinaryExpression(side) && side.operatorToken.kind === ts.SyntaxKind.ExclamationEqualsEqualsToken;
  return differs(left) && differs(right) && left.left.getText() === right.left.getText()
    ? replace(node.operatorToken, '||')
    : null;
}

function dropCall(node: ts.IfStatement): Edit | null {
  const test = ts.isPrefixUnaryExpression(node.expression) ? node.expression.operand : node.expression;
  return ts.isCallExpression(test) && test.arguments.length === 0 && !ts.isCallExpression(test.expression)
    ? replace(test, test.expression.getText())
    : null;
}

function pastEnd(node: ts.ForStatement): Edit | null {
  const test = node.condition;
  const fits =
    test &&
    ts.isBinaryExpression(test) &&
    test.operatorToken.kind === ts.SyntaxKind.LessThanToken &&
    test.right.getText().endsWith('.length');
  return fits ? replace(test.operatorToken, '<=') : null;
}

function skipFirst(node: ts.ForStatement): Edit | null {
  const start =
    node.initializer && ts.isVariableDeclarationList(node.initializer)
      ? node.initializer.declarations[0]?.initializer
      : undefined;
  return start?.getText() === '0' && node.condition?.getText().endsWith('.length') === true
    ? replace(start, '1')
    : null;
}

function removeEarlyReturn(node: ts.ReturnStatement): Edit | null {
  const block = node.parent;
  const holder = block.parent;
  const fits =
    ts.isBlock(block) &&
    block.statements.length > 1 &&
    ts.isIfStatement(holder) &&
    !holder.elseStatement &&
    ts.isBlock(holder.parent) &&
    holder.parent.statements.at(-1) !== holder;
  return fits ? replace(node, '') : null;
}

function removeClose(node: ts.ExpressionStatement): Edit | null {
  return /^(?:await )?\w+\.(?:close|release|destroy|dispose|end|unsubscribe)\(\);?$|^clear(?:Interval|Timeout)\(\w+\);?$/.test(
    node.getText(),
  )
    ? replace(node, '')
    : null;
}

function copyProperty(node: ts.ObjectLiteralExpression): Edit | null {
  const copies = node.properties.filter(
    (one): one is ts.PropertyAssignment =>
      ts.isPropertyAssignment(one) &&
      ts.isPropertyAccessExpression(one.initializer) &&
      one.initializer.name.text === one.name.getText(),
  );
  const [first, second] = copies;
  return first && second ? replace(second.initializer, first.initializer.getText()) : null;
}

function compareForAssign(node: ts.ExpressionStatement): Edit | null {
  const value = node.expression;
  const plain =
    ts.isBinaryExpression(value) &&
    value.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    (ts.isIdentifier(value.left) || ts.isPropertyAccessExpression(value.left));
  return plain ? replace(value.operatorToken, '===') : null;
}
