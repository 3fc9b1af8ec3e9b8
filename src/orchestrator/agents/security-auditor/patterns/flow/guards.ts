import ts from 'typescript';
import { withoutParentheses, type Machine, type Place } from './machine.ts';
import { markChecked } from './state.ts';
import { taintOf, type Value } from './value.ts';

/** Calls whose yes means that the value is one of those expected. */
const YES_MEANS_GOOD =
  /^(?:has|hasOwn|hasOwnProperty|includes|some|every|test|match|exec|isSafe\w*|is(?:Valid|Allowed|Known|Trusted|Permitted|Supported|Uuid|UUID|Int|Integer|Numeric|Finite|SafeInteger|Alpha|Alphanumeric|Email|URL|Mongo|Local|Relative|Internal|Same|Hex|Whitelisted|Allowlisted|Object|In|Inside|Within|Sub|Child|Plain)\w*|\w*(?:valid|Valid|allow|Allow|safe|Safe|check|Check|verify|Verify|trusted|Trusted|permitted|Permitted|whitelist|Within|Inside)\w*|safeParse|can\w+)$/;
/** Calls whose yes means that something bad is in it. */
const YES_MEANS_BAD =
  /^(?:isNaN|isAbsolute|is(?:Unsafe|Invalid|Private|Blocked|Forbidden|Denied|Blacklisted|Malicious|Reserved|Loopback|Internal(?:Ip|Host|Address))\w*|has(?:Traversal|Forbidden|Illegal|Dangerous)\w*|contains(?:Traversal|Forbidden|Illegal|Dangerous)\w*)$/;
/** Statements that throw unless the value is good: `assertSafePath(p)`. */
export const ASSERTS = /^(?:assert|ensure|require[A-Z]|must|check|validate|verify|enforce|guard|invariant)\w*$/;
const NO_CHECK =
  /^(?:exists|existsSync|isArray|access|accessSync|stat|statSync|checkout|isEmpty|isString|isObject|isFunction|isDirectory|isFile)$/;

export interface Refinement {
  readonly place: Place;
  /** Whether the condition is true on this way. */
  readonly holds: boolean;
}

/** What a condition says about values on one way out of it. The condition has been evaluated already. */
export function refine(machine: Machine, condition: ts.Expression, how: Refinement): void {
  const node = withoutParentheses(condition);
  const { place, holds } = how;
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    refine(machine, node.operand, { place, holds: !holds });
  } else if (ts.isAwaitExpression(node)) refine(machine, node.expression, how);
  else if (ts.isBinaryExpression(node)) refineBinary(machine, node, how);
  else if (ts.isCallExpression(node)) refineCall(machine, node, how);
  else if ((ts.isPropertyAccessExpression(node) || ts.isIdentifier(node)) && isResultName(node.getText()))
    refineResult(machine, node, how);
}

const isResultName = (text: string): boolean =>
  /(?:^|\.)(?:success|ok|is(?:Valid|Allowed|Safe)\w*|valid|allowed|safe)$/.test(text);

/** `const ok = ALLOWED.has(x); if (!ok) return`: the variable carries what was looked at. */
function refineResult(machine: Machine, node: ts.Expression, { place, holds }: Refinement): void {
  const declared = declarationOf(node);
  if (declared) refine(machine, declared, { place, holds });
}

/** The initializer of a constant in an enclosing block: the nearest above. */
function declarationOf(node: ts.Expression): ts.Expression | null {
  const name = ts.isPropertyAccessExpression(node) ? node.expression.getText() : node.getText();
  for (let at: ts.Node = node; at.parent; at = at.parent) {
    if (!ts.isBlock(at) && !ts.isSourceFile(at)) continue;
    for (const statement of at.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      const found = statement.declarationList.declarations.find((one) => one.name.getText() === name);
      if (found?.initializer) return found.initializer;
    }
  }
  return null;
}

function refineBinary(machine: Machine, node: ts.BinaryExpression, how: Refinement): void {
  const { kind } = node.operatorToken;
  if (kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken) {
    refine(machine, node.left, how);
    refine(machine, node.right, how);
  } else if (kind === ts.SyntaxKind.EqualsEqualsEqualsToken || kind === ts.SyntaxKind.EqualsEqualsToken)
    refineEqual(machine, node, how);
  else if (kind === ts.SyntaxKind.ExclamationEqualsEqualsToken || kind === ts.SyntaxKind.ExclamationEqualsToken)
    refineEqual(machine, node, { ...how, holds: !how.holds });
  else if (kind === ts.SyntaxKind.InKeyword && how.holds) check(machine, node.left, how.place);
  else refineIndex(machine, node, how);
}

/** `x === 'a'`, `typeof x === 'string'`, `list.indexOf(x) === -1`, `path.basename(x) === x`. */
function refineEqual(machine: Machine, node: ts.BinaryExpression, { place, holds }: Refinement): void {
  for (const [one, other] of [
    [node.left, node.right],
    [node.right, node.left],
  ] as const) {
    if (ts.isTypeOfExpression(one)) {
      const taint = taintOf(machine.expression(one.expression, place));
      if (taint && holds) markChecked(place.state, taint, ['nosql']);
      return;
    }
    const isMinusOne = /^-\s*1$/.test(other.getText());
    if (isMinusOne && isIndexOf(one)) {
      if (!holds) checkArguments(machine, one, place);
      return;
    }
    if (/^(?:undefined|null|0|''|"")$/.test(other.getText())) return;
  }
  if (!holds) return;
  check(machine, node.left, place);
  check(machine, node.right, place);
}

function refineIndex(machine: Machine, node: ts.BinaryExpression, { place, holds }: Refinement): void {
  if (!isIndexOf(node.left)) return;
  const { kind } = node.operatorToken;
  const isFound = kind === ts.SyntaxKind.GreaterThanToken || kind === ts.SyntaxKind.GreaterThanEqualsToken;
  if (isFound === holds) checkArguments(machine, node.left, place);
}

const isIndexOf = (node: ts.Expression): node is ts.CallExpression =>
  ts.isCallExpression(node) &&
  ts.isPropertyAccessExpression(node.expression) &&
  /^(?:indexOf|findIndex|search)$/.test(node.expression.name.text);

function refineCall(machine: Machine, node: ts.CallExpression, { place, holds }: Refinement): void {
  const name = calleeName(node);
  if (name === 'startsWith' || name === 'includes') return refineStart(machine, node, { place, holds });
  if (NO_CHECK.test(name) || (name === 'match' && isSearch(machine, node, place))) return;
  const isBad = YES_MEANS_BAD.test(name) || (name === 'test' && isRejecting(machine, node, place));
  if (isBad ? holds : !holds || !YES_MEANS_GOOD.test(name)) return;
  checkArguments(machine, node, place);
  if (name === 'match' && ts.isPropertyAccessExpression(node.expression))
    check(machine, node.expression.expression, place);
}

/** `p.startsWith(root)` accepts; `p.includes('..')` and `rel.startsWith('..')` reject; `u.startsWith('http')` says nothing. */
function refineStart(machine: Machine, node: ts.CallExpression, { place, holds }: Refinement): void {
  if (!ts.isPropertyAccessExpression(node.expression)) return;
  const [first] = node.arguments;
  const text = first ? machine.expression(first, place).text : undefined;
  const receiver = node.expression.expression;
  const isOfText = taintOf(machine.expression(receiver, place)) !== undefined;
  if (!isOfText) {
    if (holds) checkArguments(machine, node, place);
  } else if (text !== undefined && /^(?:\.\.|\\|\/\/|\0|;|'|<)/.test(text)) {
    if (!holds) check(machine, receiver, place);
  } else if (holds && node.expression.name.text === 'startsWith' && !/^https?:?\/{0,2}$/.test(text ?? ''))
    check(machine, receiver, place);
}

/** `x.match(/…/)` of a part says nothing about the rest. */
function isSearch(machine: Machine, { arguments: [first] }: ts.CallExpression, place: Place): boolean {
  const pattern = first && machine.expression(first, place).pattern;
  return pattern !== undefined && !/^\/\^[^]*\$\/\w*$/.test(pattern);
}

/** A pattern that describes what is bad rather than the whole of what is good. */
function isRejecting(machine: Machine, node: ts.CallExpression, place: Place): boolean {
  if (!ts.isPropertyAccessExpression(node.expression)) return false;
  const { pattern } = machine.expression(node.expression.expression, place);
  return (
    pattern !== undefined &&
    (!pattern.startsWith('/^') || /^\/\^?\[\^[^\]]+\]\/?/.test(pattern) || /^\/\^?\(?(?:\.\.|\\\.\\\.)/.test(pattern))
  );
}

function calleeName({ expression }: ts.CallExpression): string {
  return ts.isPropertyAccessExpression(expression)
    ? expression.name.text
    : ts.isIdentifier(expression)
      ? expression.text
      : '';
}

function checkArguments(machine: Machine, node: ts.CallExpression, place: Place): void {
  for (const argument of node.arguments) check(machine, argument, place);
  if (
    ts.isPropertyAccessExpression(node.expression) &&
    !/^(?:includes|has|test|indexOf|some|every)$/.test(node.expression.name.text)
  )
    check(machine, node.expression.expression, place);
}

function check(machine: Machine, node: ts.Expression, place: Place): void {
  checkValue(machine.expression(node, place), place);
}

export function checkValue(value: Value, { state }: Place): void {
  const taint = taintOf(value);
  if (taint) markChecked(state, taint, 'all');
}
