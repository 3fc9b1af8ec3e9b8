import type ts from 'typescript';
import type { Look, SuspicionRule } from '../rule.ts';
import { bare, enclosingFunction, leaves, some, textOf } from '../syntax.ts';
import { isArray, isLibType, isText } from '../types.ts';

const pastEnd: SuspicionRule = {
  id: 'bounds.past-end',
  severity: 'error',
  confidence: 'certain',
  title: 'An index that reaches one past the last element',
  bad: [
    'export const f = (xs: number[]) => {\n  let sum = 0;\n  for (let i = 0; i <= xs.length; i += 1) sum += xs[i] ?? 0;\n  return sum;\n};',
    'export const f = (xs: number[]) => {\n  for (let i = xs.length; i >= 0; i--) console.log(xs[i]);\n};',
    'export const last = (xs: number[]) => xs[xs.length];',
    'export const last = (s: string) => s.charAt(s.length);',
  ],
  good: [
    'export const f = (xs: number[]) => {\n  for (let i = 0; i < xs.length; i += 1) console.log(xs[i]);\n};',
    'export const f = (xs: number[]) => {\n  for (let i = 1; i <= xs.length; i += 1) console.log(xs[i - 1]);\n};',
    'export const f = (xs: number[]) => {\n  for (let i = 0; i <= xs.length; i += 1) console.log(xs.slice(0, i));\n};',
    'export const add = (xs: number[], x: number) => {\n  xs[xs.length] = x;\n};',
    'export const f = (xs: number[]) => {\n  for (let i = 0; i <= xs.length; i += 1) {\n    if (i === xs.length) break;\n    console.log(xs[i]);\n  }\n};',
  ],
  check(node, look) {
    if (look.ts.isForStatement(node)) checkLoop(look, node);
    const read = indexedRead(look, node);
    if (!read || !isListLike(look, read.list)) return;
    if (textOf(read.index) !== `${textOf(read.list)}.length` || isWritten(look, node)) return;
    look.report(node, `There is nothing at ${textOf(node)}: the last element is at length - 1. Use .at(-1).`);
  },
};

const shortened: SuspicionRule = {
  id: 'bounds.last-skipped',
  severity: 'warning',
  confidence: 'possible',
  title: 'A loop that the change made one shorter or one longer',
  bad: [
    {
      base: 'export const f = (xs: number[]) => {\n  for (let i = 0; i < xs.length; i += 1) console.log(xs[i]);\n};',
      code: 'export const f = (xs: number[]) => {\n  for (let i = 0; i < xs.length - 1; i += 1) console.log(xs[i]);\n};',
    },
    {
      base: 'export const f = (xs: number[]) => {\n  for (let i = 0; i < xs.length; i += 1) console.log(xs[i]);\n};',
      code: 'export const f = (xs: number[]) => {\n  for (let i = 1; i < xs.length; i += 1) console.log(xs[i]);\n};',
    },
  ],
  good: [
    'export const f = (xs: number[]) => {\n  for (let i = 0; i < xs.length - 1; i += 1) console.log(xs[i], xs[i + 1]);\n};',
    {
      base: 'export const f = (xs: number[]) => {\n  for (let i = 0; i < xs.length; i += 1) console.log(xs[i]);\n};',
      code: 'export const f = (xs: number[]) => {\n  for (let i = 0; i < xs.length - 1; i += 1) console.log(xs[i], xs[i + 1]);\n};',
    },
    {
      base: 'export const f = (xs: number[]) => {\n  for (let i = 0; i < xs.length; i += 1) console.log(xs[i]);\n};',
      code: 'export const f = (xs: number[]) => {\n  const first = xs[0];\n  for (let i = 1; i < xs.length; i += 1) console.log(first, xs[i]);\n};',
    },
  ],
  check(node, look) {
    if (!look.ts.isForStatement(node) || !look.base || !node.initializer || !node.condition) return;
    const body = textOf(node.statement);
    const same = some(
      look.ts,
      look.base,
      (old) => look.ts.isForStatement(old) && textOf(old.statement) === body && widened(head(old), head(node)),
    );
    const loop = loopOf(look, node);
    if (!same || !loop) return;
    const { list, counter } = loop;
    const reachesNeighbour = new RegExp(`\\b${counter} ?[-+] ?1\\b`).test(body);
    const first = new RegExp(
      `${escaped(list)}(?:\\[0\\]|\\.at\\(0\\)|\\.shift\\(|\\.pop\\(|\\.at\\(-1\\)|\\[${escaped(list)}\\.length ?- ?1\\])`,
    );
    if (reachesNeighbour || first.test(textOf(enclosingFunction(look.ts, node) ?? look.source))) return;
    look.report(
      node.condition,
      `Before this change the loop reached every element of ${list}; now it leaves one out, though its body is the same. Check where it begins and ends.`,
    );
  },
};

const mutated: SuspicionRule = {
  id: 'iteration.removed-while-going',
  severity: 'error',
  confidence: 'certain',
  title: 'Elements removed from the array that the loop goes over',
  bad: [
    'export const f = (xs: number[]) => {\n  for (const x of xs) {\n    if (x > 1) xs.splice(xs.indexOf(x), 1);\n  }\n};',
    'export const f = (xs: number[]) => {\n  xs.forEach((x, i) => {\n    if (x > 1) xs.splice(i, 1);\n  });\n};',
    'export const f = (xs: number[]) => {\n  for (let i = 0; i < xs.length; i++) {\n    if (xs[i] === 1) xs.splice(i, 1);\n  }\n};',
  ],
  good: [
    'export const f = (xs: number[]) => {\n  for (const x of xs) {\n    if (x > 1) {\n      xs.splice(xs.indexOf(x), 1);\n      break;\n    }\n  }\n};',
    'export const f = (xs: number[]) => {\n  for (const x of [...xs]) {\n    if (x > 1) xs.splice(xs.indexOf(x), 1);\n  }\n};',
    'export const f = (xs: number[]) => {\n  for (let i = xs.length - 1; i >= 0; i--) {\n    if (xs[i] === 1) xs.splice(i, 1);\n  }\n};',
    'export const f = (xs: number[]) => {\n  for (let i = 0; i < xs.length; i++) {\n    if (xs[i] === 1) xs.splice(i--, 1);\n  }\n};',
    'export const f = (xs: number[]) => {\n  for (let i = 0; i < xs.length; i++) {\n    if (xs[i] === 1) xs.splice(i, 1, 2);\n  }\n};',
  ],
  check(node, look) {
    const loop = walked(look, node);
    if (!loop || !isListLike(look, loop.list)) return;
    const name = textOf(loop.list);
    const removal = removalIn(look, loop.body, name);
    if (!removal || stopsAfter(look, removal, loop.body)) return;
    look.report(
      removal,
      `Taking elements out of ${name} while the loop goes over it makes the loop skip the next one. Go over a copy, go backwards, or use filter.`,
    );
  },
};

export const LIST_RULES: readonly SuspicionRule[] = [pastEnd, shortened, mutated];

interface Loop {
  readonly counter: string;
  readonly list: string;
}

function checkLoop(look: Look, node: ts.ForStatement): void {
  const { condition } = node;
  if (!condition || !look.ts.isBinaryExpression(condition) || !look.ts.isIdentifier(condition.left)) return;
  const counter = condition.left.text;
  const operator = condition.operatorToken.getText(look.source);
  const limit = bare(look.ts, condition.right);
  const rising = operator === '<=' && look.ts.isPropertyAccessExpression(limit) && limit.name.text === 'length';
  const start = startOf(look, node, counter);
  const falling =
    operator === '>=' &&
    textOf(limit) === '0' &&
    start &&
    look.ts.isPropertyAccessExpression(start) &&
    start.name.text === 'length';
  const list = rising ? limit.expression : falling ? start.expression : null;
  if (!list || !isListLike(look, list) || !readsAt(look, node.statement, { list: textOf(list), counter })) return;
  if (mentionsEnd(look, node.statement, counter) || (falling && countsFirst(look, node.statement, counter))) return;
  const fix = rising ? `Use ${counter} < ${textOf(limit)}.` : `Begin at ${textOf(list)}.length - 1.`;
  look.report(condition, `${counter} reaches ${textOf(list)}.length, where there is no element. ${fix}`);
}

function startOf(look: Look, node: ts.ForStatement, counter: string): ts.Expression | null {
  const { initializer } = node;
  if (!initializer || !look.ts.isVariableDeclarationList(initializer)) return null;
  return initializer.declarations.find((one) => one.name.getText() === counter)?.initializer ?? null;
}

function readsAt(look: Look, body: ts.Node, { list, counter }: Loop): boolean {
  return some(look.ts, body, (node) => {
    const read = indexedRead(look, node);
    return read !== null && textOf(read.list) === list && textOf(read.index) === counter && !isWritten(look, node);
  });
}

/** The body itself knows that the counter may stand past the end. */
function mentionsEnd(look: Look, body: ts.Node, counter: string): boolean {
  return some(look.ts, body, (node) => {
    if (!look.ts.isBinaryExpression(node) || !/^(?:[<>]=?|[!=]==?)$/.test(node.operatorToken.getText())) return false;
    return (
      (textOf(node.left) === counter || textOf(node.right) === counter) &&
      /length|size|len|end|last/i.test(textOf(node))
    );
  });
}

function countsFirst(look: Look, body: ts.Node, counter: string): boolean {
  return some(
    look.ts,
    body,
    (node) =>
      (look.ts.isPrefixUnaryExpression(node) || look.ts.isPostfixUnaryExpression(node)) &&
      textOf(node.operand) === counter,
  );
}

function isListLike(look: Look, list: ts.Expression): boolean {
  const type = look.checker.getTypeAtLocation(list);
  return (
    isArray(look, type) ||
    isText(look, type) ||
    /^(?:Uint|Int|Float|Big)\w*Array$/.test(type.getSymbol()?.name ?? '') ||
    isLibType(type, 'NodeList') ||
    (look.javascript && (type.flags & look.ts.TypeFlags.Any) !== 0)
  );
}

function indexedRead(
  look: Look,
  node: ts.Node,
): { readonly list: ts.Expression; readonly index: ts.Expression } | null {
  if (look.ts.isElementAccessExpression(node)) return { list: node.expression, index: node.argumentExpression };
  if (!look.ts.isCallExpression(node) || !look.ts.isPropertyAccessExpression(node.expression)) return null;
  const [index] = node.arguments;
  const reads = /^(?:at|charAt|charCodeAt|codePointAt)$/.test(node.expression.name.text);
  return reads && index ? { list: node.expression.expression, index } : null;
}

function isWritten(look: Look, node: ts.Node): boolean {
  const up = node.parent;
  if (look.ts.isBinaryExpression(up))
    return up.left === node && /^(?:[^=!<>]|\*\*|<<|>>>?|\?\?|&&|\|\|)?=$/.test(up.operatorToken.getText());
  return look.ts.isDeleteExpression(up);
}

function head(node: ts.ForStatement): { readonly start: string; readonly end: string } {
  return { start: node.initializer ? textOf(node.initializer) : '', end: node.condition ? textOf(node.condition) : '' };
}

/** The old loop began at 0 and ended before length; the new one differs in one of the two by one. */
function widened(before: ReturnType<typeof head>, now: ReturnType<typeof head>): boolean {
  if (before.start === now.start) return now.end === `${before.end} - 1` && before.end.endsWith('.length');
  return before.end === now.end && before.start.replace(/ = 0$/, ' = 1') === now.start && before.start !== now.start;
}

function loopOf(look: Look, node: ts.ForStatement): Loop | null {
  const { condition } = node;
  if (!condition || !look.ts.isBinaryExpression(condition) || !look.ts.isIdentifier(condition.left)) return null;
  const match = /^(.+)\.length(?: - 1)?$/.exec(textOf(condition.right));
  return match?.[1] ? { counter: condition.left.text, list: match[1] } : null;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function walked(look: Look, node: ts.Node): { readonly list: ts.Expression; readonly body: ts.Node } | null {
  if (look.ts.isForOfStatement(node)) return { list: node.expression, body: node.statement };
  if (
    look.ts.isCallExpression(node) &&
    look.ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === 'forEach'
  ) {
    const [callback] = node.arguments;
    return callback && look.ts.isFunctionLike(callback) ? { list: node.expression.expression, body: callback } : null;
  }
  if (!look.ts.isForStatement(node) || !node.condition || !look.ts.isBinaryExpression(node.condition)) return null;
  const { left, right, operatorToken } = node.condition;
  const limit = bare(look.ts, right);
  const counts =
    node.incrementor !== undefined &&
    new RegExp(`^(?:\\+\\+${textOf(left)}|${textOf(left)}(?:\\+\\+| \\+= 1))$`).test(textOf(node.incrementor));
  const rising =
    operatorToken.getText() === '<' &&
    counts &&
    look.ts.isPropertyAccessExpression(limit) &&
    limit.name.text === 'length';
  if (!rising || changesCounter(look, node.statement, textOf(left))) return null;
  return { list: limit.expression, body: node.statement };
}

function changesCounter(look: Look, body: ts.Node, counter: string): boolean {
  return some(look.ts, body, (node) => {
    if (look.ts.isPrefixUnaryExpression(node) || look.ts.isPostfixUnaryExpression(node))
      return textOf(node.operand) === counter;
    return (
      look.ts.isBinaryExpression(node) &&
      textOf(node.left) === counter &&
      /=$/.test(node.operatorToken.getText()) &&
      !/^[=!<>]=/.test(node.operatorToken.getText())
    );
  });
}

/** `list.splice(at, n)` with nothing put in its place; shift and pop in for … of are work lists. */
function removalIn(look: Look, body: ts.Node, list: string): ts.CallExpression | null {
  let found: ts.CallExpression | null = null;
  some(look.ts, body, (node) => {
    if (!look.ts.isCallExpression(node) || textOf(node.expression) !== `${list}.splice` || node.arguments.length !== 2)
      return false;
    if (textOf(node.arguments[1] ?? node) === '0') return false;
    found = node;
    return true;
  });
  return found;
}

/** After the removal the loop is left before it goes on. */
function stopsAfter(look: Look, removal: ts.Node, body: ts.Node): boolean {
  for (let up = removal.parent; up !== body.parent && up !== undefined; up = up.parent) {
    if (look.ts.isReturnStatement(up)) return true;
    if (
      look.ts.isBlock(up) &&
      up.statements.some((one) => one.pos > removal.pos && leaves(look.ts, one) && !look.ts.isContinueStatement(one))
    )
      return true;
  }
  return false;
}
