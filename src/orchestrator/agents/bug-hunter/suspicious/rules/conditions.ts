import type ts from 'typescript';
import type { Look, SuspicionRule } from '../rule.ts';
import { bare, isPlain, some, symbolOf, textOf } from '../syntax.ts';
import { everyPart, isArray, isLibType, isUnclear, libMethod } from '../types.ts';

const contradiction: SuspicionRule = {
  id: 'condition.contradiction',
  severity: 'error',
  confidence: 'certain',
  title: 'Two comparisons of the same thing that cannot both matter',
  bad: [
    'export const f = (kind: string) => kind !== "a" || kind !== "b";',
    'export const f = (kind: string) => kind === "a" && kind === "b";',
    'export const f = (n: number, x: boolean) => x && n === 1 && n === 2;',
  ],
  good: [
    'export const f = (kind: string) => kind !== "a" && kind !== "b";',
    'export const f = (kind: string) => kind === "a" || kind === "b";',
    'export const f = (a: string, b: string, c: string) => a !== b || a !== c;',
  ],
  check(node, look) {
    const link = logical(look, node);
    if (!link || logical(look, node.parent)?.operator === link.operator) return;
    const wanted = link.operator === '||' ? '!==' : '===';
    const seen = new Map<string, string>();
    for (const part of parts(look, link.node, link.operator)) {
      const test = equality(look, part);
      if (test?.operator !== wanted || !isConstant(look, test.right) || !isPlain(look.ts, test.left)) continue;
      const left = textOf(test.left);
      const other = seen.get(left);
      if (other !== undefined && other !== textOf(test.right)) {
        const always = link.operator === '||' ? 'always true' : 'never true';
        look.report(
          link.node,
          `${left} cannot be both ${other} and ${textOf(test.right)}, so this is ${always}. Use ${link.operator === '||' ? '&&' : '||'}.`,
        );
        return;
      }
      seen.set(left, textOf(test.right));
    }
  },
};

const same: SuspicionRule = {
  id: 'condition.same-operands',
  severity: 'error',
  confidence: 'certain',
  title: 'The same thing on both sides of an operator',
  bad: [
    'export const f = (a: { x: number }, b: { x: number }) => a.x === a.x && b.x > 0;',
    'export const f = (a: boolean, b: boolean) => a && a;',
    'export const f = (a: number) => a - a;',
    'export const f = (a: string, b: string) => a === "x" || a === "x" || b;',
  ],
  good: [
    'export const isNaNumber = (n: number) => n !== n;',
    'export const f = (a: number) => a + a + a * a;',
    'export const f = (read: () => number) => read() - read();',
    'export const f = (n: number) => 1 << 1 | n;',
  ],
  check(node, look) {
    if (!look.ts.isBinaryExpression(node)) return;
    const operator = node.operatorToken.getText(look.source);
    if (/^(?:&&|\|\|)$/.test(operator)) {
      const all = logical(look, node);
      if (!all || logical(look, node.parent)?.operator === operator) return;
      const texts = parts(look, node, all.operator)
        .filter((part) => isQuiet(look, part))
        .map(textOf);
      const twice = texts.find((text, index) => texts.indexOf(text) !== index);
      if (twice !== undefined)
        look.report(
          node,
          `${twice} stands twice in this condition: one of them was probably meant to be something else.`,
        );
      return;
    }
    if (
      !/^(?:===?|!==?|[<>]=?|-|\/|%|\^)$/.test(operator) ||
      !isPlain(look.ts, node.left) ||
      look.ts.isLiteralExpression(bare(look.ts, node.left))
    )
      return;
    if (textOf(bare(look.ts, node.left)) !== textOf(bare(look.ts, node.right))) return;
    if (/^[!=]==?$/.test(operator) && isNaNTest(look, node.left)) return;
    look.report(
      node,
      `Both sides of ${operator} are ${textOf(node.left)}: one was probably meant to be something else.`,
    );
  },
};

const position: SuspicionRule = {
  id: 'condition.position',
  severity: 'error',
  confidence: 'certain',
  title: 'The result of indexOf used as true or false',
  bad: [
    'export const f = (xs: string[]) => {\n  if (xs.indexOf("a")) return 1;\n  return 2;\n};',
    'export const f = (xs: string[], x: string) => (xs.findIndex((y) => y === x) ? 1 : 2);',
    'export const f = (xs: string[], x: string) => xs.indexOf(x) > 0 ? xs.splice(xs.indexOf(x), 1) : xs;',
    'export const f = (xs: string[]) => xs.indexOf("a") >= -1;',
  ],
  good: [
    'export const f = (xs: string[]) => xs.indexOf("a") !== -1;',
    'export const f = (s: string) => !s.indexOf("a");',
    'export const f = (s: string) => s.indexOf("=") > 0;',
    'export const f = (xs: string[]) => ~xs.indexOf("a");',
  ],
  check(node, look) {
    const tested = testedDirectly(look, node);
    const call = tested && bare(look.ts, tested);
    if (call && look.ts.isCallExpression(call) && finds(look, call)) {
      look.report(
        call,
        `${finds(look, call) ?? 'indexOf'} returns -1 when there is nothing, which counts as true, and 0 for the first place, which counts as false. Compare with -1.`,
      );
    }
    if (!look.ts.isBinaryExpression(node)) return;
    const left = bare(look.ts, node.left);
    if (!look.ts.isCallExpression(left) || !finds(look, left)) return;
    const operator = node.operatorToken.getText(look.source);
    const right = textOf(node.right);
    if ((operator === '>=' && right === '-1') || (operator === '<' && right === '-1')) {
      look.report(
        node,
        `A position is never below -1, so this is always ${operator === '>=' ? 'true' : 'false'}. Use ${operator === '>=' ? '> -1' : '=== -1'}.`,
      );
    }
    const splices =
      operator === '>' && right === '0' && libMethod(look, left)?.owner === 'Array' && removesThere(look, node, left);
    if (splices) look.report(node, 'The first element (position 0) is left out here. Use >= 0, or !== -1.');
  },
};

const neverNegative: SuspicionRule = {
  id: 'condition.length-never-negative',
  severity: 'warning',
  confidence: 'certain',
  title: 'A length compared with less than nothing',
  bad: [
    'export const f = (xs: string[]) => xs.length >= 0;',
    'export const f = (s: string) => s.length < 0;',
    'export const f = (s: Set<string>) => 0 <= s.size;',
  ],
  good: [
    'export const f = (xs: string[]) => xs.length > 0;',
    'export const f = (xs: string[]) => 0 < xs.length;',
    'export const f = (line: { length: number }) => line.length >= 0;',
    'export const f = (xs: string[], n: number) => n >= 0 && xs.length >= n;',
  ],
  check(node, look) {
    if (!look.ts.isBinaryExpression(node)) return;
    const operator = node.operatorToken.getText(look.source);
    const [counted, zero] = /^(?:>=|<)$/.test(operator) ? [node.left, node.right] : [node.right, node.left];
    if (!/^(?:>=|<|<=|>)$/.test(operator) || textOf(zero) !== '0') return;
    const inner = bare(look.ts, counted);
    if (!look.ts.isPropertyAccessExpression(inner) || !isCount(look, inner)) return;
    const always = operator.endsWith('=') ? 'true' : 'false';
    look.report(node, `${textOf(inner)} is never below 0, so this is always ${always}. Compare with > 0 or === 0.`);
  },
};

/** `length` or `size` of something of the language itself: of other things it may be a distance or a sum. */
function isCount(look: Look, { expression, name }: ts.PropertyAccessExpression): boolean {
  const type = look.checker.getTypeAtLocation(expression);
  if (name.text === 'length') return isArray(look, type) || (type.flags & look.ts.TypeFlags.StringLike) !== 0;
  return name.text === 'size' && (isLibType(type, 'Set') || isLibType(type, 'Map'));
}

const filled: SuspicionRule = {
  id: 'condition.list-is-true',
  severity: 'warning',
  confidence: 'certain',
  title: 'An array that is always there used as a condition',
  bad: [
    'export const f = (xs: number[]) => {\n  const big = xs.filter((x) => x > 1);\n  if (!big) return "none";\n  return "some";\n};',
    'export const f = (o: object) => (Object.keys(o) ? 1 : 2);',
  ],
  good: [
    'export const f = (xs: number[]) => {\n  const big = xs.filter((x) => x > 1);\n  if (big.length === 0) return "none";\n  return "some";\n};',
    'export const f = (s: string) => (s.match(/a/) ? 1 : 2);',
    'export const f = (xs?: number[]) => {\n  const big = xs?.filter((x) => x > 1);\n  return big ? 1 : 2;\n};',
    'export const f = (xs: number[]) => {\n  let big: number[] | undefined = xs.filter((x) => x > 1);\n  big = undefined;\n  return big ? 1 : 2;\n};',
  ],
  check(node, look) {
    const tested = testedDirectly(look, node) ?? negated(look, node);
    if (!tested) return;
    const inner = bare(look.ts, tested);
    const made = look.ts.isIdentifier(inner) ? constantValue(look, inner) : inner;
    if (!made || !makesArray(look, bare(look.ts, made))) return;
    look.report(
      inner,
      `${textOf(inner)} is an array here, and an array is always true, even when it is empty. Test its length.`,
    );
  },
};

const uncalled: SuspicionRule = {
  id: 'condition.uncalled',
  severity: 'error',
  confidence: 'certain',
  title: 'A function in a condition that is not called',
  bad: [
    'class User { isAdmin() { return false; } }\nexport const f = (u: User) => !u.isAdmin;',
    {
      file: 'example.js',
      code: 'function ready() { return false; }\nexport const f = () => {\n  if (ready) return 1;\n  return 2;\n};',
    },
  ],
  good: [
    'class User { isAdmin() { return false; } }\nexport const f = (u: User) => !u.isAdmin();',
    'export const f = (done?: () => void) => { if (done) done(); };',
    'export const f = (s: string) => { if (!s.replaceAll) throw new Error("old"); };',
    'class A { close?(): void; }\nexport const f = (a: A) => !a.close;',
    {
      file: 'example.js',
      code: 'function ready() { return false; }\nexport const f = () => {\n  if (ready) return ready();\n  return 2;\n};',
    },
  ],
  check(node, look) {
    const tested = testedDirectly(look, node) ?? negated(look, node);
    const inner = tested && bare(look.ts, tested);
    if (!inner || !(look.ts.isIdentifier(inner) || look.ts.isPropertyAccessExpression(inner))) return;
    const name = look.ts.isIdentifier(inner) ? inner : inner.name;
    const symbol = look.checker.getSymbolAtLocation(name);
    const declaration = symbol?.valueDeclaration;
    if (
      !symbol ||
      !declaration ||
      symbol.declarations?.length !== 1 ||
      (symbol.flags & look.ts.SymbolFlags.Optional) !== 0
    )
      return;
    const isPlainFunction =
      look.ts.isFunctionDeclaration(declaration) ||
      (look.ts.isMethodDeclaration(declaration) && look.ts.isClassLike(declaration.parent));
    if (!isPlainFunction || !declaration.body || declaration.getSourceFile().isDeclarationFile || isInTest(look, node))
      return;
    if (!answersYesOrNo(look, declaration)) return;
    if (
      some(
        look.ts,
        conditionOwner(look, node),
        (use) => look.ts.isCallExpression(use) && textOf(use.expression) === textOf(inner),
      )
    )
      return;
    look.report(
      inner,
      `${textOf(inner)} is a function and always true here; it was probably meant to be called: ${textOf(inner)}().`,
    );
  },
};

const empty: SuspicionRule = {
  id: 'condition.missing-value',
  severity: 'error',
  confidence: 'certain',
  title: 'A property of something just found to be missing',
  bad: [
    { file: 'example.js', code: 'export const f = (user) => !user && user.name;' },
    { file: 'example.js', code: 'export const f = (user) => user != null || user.name === "a";' },
    {
      file: 'example.js',
      code: 'export const f = (user) => {\n  if (!user) {\n    return user.name;\n  }\n  return "";\n};',
    },
    {
      file: 'example.js',
      code: 'export const f = (user) => {\n  if (user === null) {\n    console.log(user.name);\n  }\n};',
    },
  ],
  good: [
    { file: 'example.js', code: 'export const f = (user) => user && user.name;' },
    { file: 'example.js', code: 'export const f = (user) => !user || user.name;' },
    {
      file: 'example.js',
      code: 'export const f = (user) => {\n  if (!user) {\n    user = make();\n    return user.name;\n  }\n};',
    },
    { file: 'example.js', code: 'export const f = (user) => {\n  if (!user) {\n    return () => user.name;\n  }\n};' },
    {
      file: 'example.js',
      code: 'export const f = (user) => {\n  if (!user) {\n    return typeof user?.name;\n  }\n};',
    },
  ],
  check(node, look) {
    if (look.strictNull && !look.javascript) return;
    const link = logical(look, node);
    if (link) {
      const missing = link.operator === '&&' ? foundMissing(look, link.node.left) : foundThere(look, link.node.left);
      const use = missing && firstUse(look, missing, link.node.right);
      if (use) sayMissing(look, use, missing);
    } else if (look.ts.isIfStatement(node)) {
      const missing = foundMissing(look, node.expression);
      const use = missing && firstUse(look, missing, node.thenStatement);
      if (use) sayMissing(look, use, missing);
    }
  },
};

const unrelated: SuspicionRule = {
  id: 'compare.unrelated',
  severity: 'warning',
  confidence: 'possible',
  title: 'A comparison of things that are never equal, or have no order',
  bad: [
    {
      file: 'example.js',
      code: 'export const f = (/** @type {string[]} */ xs) => {\n  for (let i = 0; i < xs; i += 1) console.log(xs[i]);\n};',
    },
    { file: 'example.js', code: 'export const f = (/** @type {string[]} */ xs) => xs.length === "0";' },
    'export const f = (a: Date, b: Date) => a === b;',
  ],
  good: [
    {
      file: 'example.js',
      code: 'export const f = (/** @type {string[]} */ xs) => {\n  for (let i = 0; i < xs.length; i += 1) console.log(xs[i]);\n};',
    },
    { file: 'example.js', code: 'export const f = (a, b) => a === b;' },
    'export const f = (a: Date, b: Date) => a.getTime() === b.getTime() && a < b;',
    'export const f = (a: Date, b: Date | null) => b === null || a === undefined;',
  ],
  check(node, look) {
    if (!look.ts.isBinaryExpression(node)) return;
    const operator = node.operatorToken.getText(look.source);
    const left = look.checker.getTypeAtLocation(node.left);
    const right = look.checker.getTypeAtLocation(node.right);
    if (
      /^[!=]==?$/.test(operator) &&
      isLibType(left, 'Date') &&
      isLibType(right, 'Date') &&
      textOf(node.left) !== textOf(node.right)
    ) {
      look.report(node, 'Two Date objects are only equal when they are the same object. Compare getTime().');
    }
    if (!look.javascript || isUnclear(look, left) || isUnclear(look, right)) return;
    if (/^[<>]=?$/.test(operator) && [left, right].filter((side) => isArray(look, side)).length === 1) {
      look.report(node, 'An array has no order beside a number. Compare with its length.');
    }
    if (/^[!=]==$/.test(operator) && isLength(look, node.left) && everyPart(right, (part) => part.isStringLiteral())) {
      look.report(node, 'A length is a number and never equal to a text. Compare with a number.');
    }
  },
};

const negation: SuspicionRule = {
  id: 'condition.negated-side',
  severity: 'error',
  confidence: 'certain',
  title: 'A ! that belongs to the whole comparison',
  bad: [
    { file: 'example.js', code: 'export const f = (kind) => !kind === "a";' },
    { file: 'example.js', code: 'export const f = (xs) => !xs.length > 0;' },
  ],
  good: [{ file: 'example.js', code: 'export const f = (kind, on) => kind !== "a" && !kind === on && !kind === !on;' }],
  check(node, look) {
    if (!look.ts.isBinaryExpression(node) || !look.ts.isPrefixUnaryExpression(node.left)) return;
    if (
      node.left.operator !== look.ts.SyntaxKind.ExclamationToken ||
      look.ts.isPrefixUnaryExpression(node.left.operand)
    )
      return;
    const operator = node.operatorToken.getText(look.source);
    const literal = look.ts.isStringLiteralLike(node.right) || look.ts.isNumericLiteral(node.right);
    if (!/^(?:[!=]==?|[<>]=?)$/.test(operator) || !literal) return;
    look.report(
      node,
      `! applies to ${textOf(node.left.operand)} alone, so true or false is compared with ${textOf(node.right)}. Write !(…) around it, or turn the operator round.`,
    );
  },
};

export const CONDITION_RULES: readonly SuspicionRule[] = [
  contradiction,
  same,
  position,
  neverNegative,
  filled,
  uncalled,
  empty,
  unrelated,
  negation,
];

interface Link {
  readonly node: ts.BinaryExpression;
  readonly operator: '&&' | '||';
}

function logical(look: Look, node: ts.Node): Link | null {
  if (!look.ts.isBinaryExpression(node)) return null;
  const { kind } = node.operatorToken;
  if (kind === look.ts.SyntaxKind.AmpersandAmpersandToken) return { node, operator: '&&' };
  return kind === look.ts.SyntaxKind.BarBarToken ? { node, operator: '||' } : null;
}

function parts(look: Look, node: ts.Expression, operator: '&&' | '||'): readonly ts.Expression[] {
  const inner = bare(look.ts, node);
  const link = logical(look, inner);
  if (link?.operator !== operator) return [inner];
  return [...parts(look, link.node.left, operator), ...parts(look, link.node.right, operator)];
}

function equality(
  look: Look,
  node: ts.Expression,
): { readonly left: ts.Expression; readonly right: ts.Expression; readonly operator: string } | null {
  if (!look.ts.isBinaryExpression(node)) return null;
  const operator = node.operatorToken.getText(look.source);
  if (!/^[!=]==?$/.test(operator)) return null;
  return { left: node.left, right: node.right, operator: operator.slice(0, 1) === '!' ? '!==' : '===' };
}

function isConstant(look: Look, node: ts.Expression): boolean {
  const inner = bare(look.ts, node);
  if (look.ts.isStringLiteralLike(inner) || look.ts.isNumericLiteral(inner)) return true;
  const type = look.checker.getTypeAtLocation(inner);
  return (
    (type.flags & look.ts.TypeFlags.EnumLiteral) !== 0 && type.isLiteral() && look.ts.isPropertyAccessExpression(inner)
  );
}

/** Plain reads and comparisons of them: no call whose answer may change from one time to the next. */
function isQuiet(look: Look, node: ts.Expression): boolean {
  return !some(
    look.ts,
    node,
    (one) =>
      look.ts.isCallExpression(one) ||
      look.ts.isNewExpression(one) ||
      look.ts.isAwaitExpression(one) ||
      look.ts.isPostfixUnaryExpression(one) ||
      (look.ts.isBinaryExpression(one) && one.operatorToken.kind === look.ts.SyntaxKind.EqualsToken),
  );
}

/** `x !== x` is how one asks for NaN; nobody writes it with a property. */
function isNaNTest(look: Look, node: ts.Expression): boolean {
  if (!look.ts.isIdentifier(bare(look.ts, node))) return false;
  const type = look.checker.getTypeAtLocation(node);
  return (
    isUnclear(look, type) ||
    (type.flags & look.ts.TypeFlags.NumberLike) !== 0 ||
    (type.isUnion() && type.types.some((part) => (part.flags & look.ts.TypeFlags.Number) !== 0))
  );
}

/** What an if, a loop or `? :` asks for, without `!`. */
function testedDirectly(look: Look, node: ts.Node): ts.Expression | null {
  if (look.ts.isIfStatement(node) || look.ts.isWhileStatement(node)) return node.expression;
  return look.ts.isConditionalExpression(node) ? node.condition : null;
}

function negated(look: Look, node: ts.Node): ts.Expression | null {
  if (!look.ts.isPrefixUnaryExpression(node) || node.operator !== look.ts.SyntaxKind.ExclamationToken) return null;
  const twice =
    look.ts.isPrefixUnaryExpression(node.parent) && node.parent.operator === look.ts.SyntaxKind.ExclamationToken;
  return twice || look.ts.isPrefixUnaryExpression(node.operand) ? null : node.operand;
}

function finds(look: Look, call: ts.CallExpression): string | null {
  const method = libMethod(look, call);
  return method && /^(?:indexOf|lastIndexOf|findIndex|findLastIndex|search)$/.test(method.name) ? method.name : null;
}

function removesThere(look: Look, test: ts.Node, call: ts.CallExpression): boolean {
  const owner = conditionOwner(look, test);
  const list = look.ts.isPropertyAccessExpression(call.expression) ? textOf(call.expression.expression) : '';
  return some(look.ts, owner, (node) => look.ts.isCallExpression(node) && textOf(node.expression) === `${list}.splice`);
}

function conditionOwner(look: Look, node: ts.Node): ts.Node {
  return (
    look.ts.findAncestor(
      node,
      (up) => look.ts.isIfStatement(up) || look.ts.isConditionalExpression(up) || look.ts.isStatement(up),
    ) ?? node
  );
}

function constantValue(look: Look, name: ts.Identifier): ts.Expression | null {
  const declaration = symbolOf(look, name)?.valueDeclaration;
  if (!declaration || !look.ts.isVariableDeclaration(declaration) || !declaration.initializer) return null;
  return (look.ts.getCombinedNodeFlags(declaration) & look.ts.NodeFlags.Const) !== 0 ? declaration.initializer : null;
}

function makesArray(look: Look, node: ts.Expression): boolean {
  if (look.ts.isArrayLiteralExpression(node)) return true;
  if (!look.ts.isCallExpression(node) || look.ts.isOptionalChain(node)) return false;
  return libMethod(look, node) !== null && isArray(look, look.checker.getTypeAtLocation(node));
}

function answersYesOrNo(look: Look, declaration: ts.SignatureDeclaration): boolean {
  const signature = look.checker.getSignatureFromDeclaration(declaration);
  if (!signature || declaration.parameters.length > 0) return false;
  const type = look.checker.getReturnTypeOfSignature(signature);
  return everyPart(type, (part) => (part.flags & look.ts.TypeFlags.BooleanLike) !== 0);
}

function isInTest(look: Look, node: ts.Node): boolean {
  return (
    look.ts.findAncestor(
      node,
      (up) => look.ts.isCallExpression(up) && /^(?:expect|assert)/.test(textOf(up.expression)),
    ) !== undefined
  );
}

function isLength(look: Look, node: ts.Expression): boolean {
  const inner = bare(look.ts, node);
  return look.ts.isPropertyAccessExpression(inner) && inner.name.text === 'length';
}

/** `!x`, `x == null`, `x === undefined`: the plain x that is missing when this holds. */
function foundMissing(look: Look, test: ts.Expression): ts.Expression | null {
  const inner = bare(look.ts, test);
  const operand = negated(look, inner);
  if (operand) return isNameOrPath(look, operand) ? bare(look.ts, operand) : null;
  const compared = equality(look, inner);
  return compared?.operator === '===' && isNothing(look, compared.right) && isNameOrPath(look, compared.left)
    ? bare(look.ts, compared.left)
    : null;
}

function foundThere(look: Look, test: ts.Expression): ts.Expression | null {
  const inner = bare(look.ts, test);
  if (isNameOrPath(look, inner)) return inner;
  const compared = equality(look, inner);
  return compared?.operator === '!==' && isNothing(look, compared.right) && isNameOrPath(look, compared.left)
    ? bare(look.ts, compared.left)
    : null;
}

function isNothing(look: Look, node: ts.Expression): boolean {
  const inner = bare(look.ts, node);
  return inner.kind === look.ts.SyntaxKind.NullKeyword || (look.ts.isIdentifier(inner) && inner.text === 'undefined');
}

function isNameOrPath(look: Look, node: ts.Expression): boolean {
  const inner = bare(look.ts, node);
  return look.ts.isIdentifier(inner) || (look.ts.isPropertyAccessExpression(inner) && isPlain(look.ts, inner));
}

/** The first read of a property of it, unless it may have got a value before that or the read happens later. */
function firstUse(look: Look, missing: ts.Expression, within: ts.Node): ts.Node | null {
  const wanted = textOf(missing);
  const { ts: compiler } = look;
  let verdict: ts.Node | 'given' | null = null;
  const visit = (node: ts.Node): void => {
    if (verdict !== null || compiler.isFunctionLike(node)) return;
    if (compiler.isBinaryExpression(node) && /^(?:\?\?|\|\||&&)?=$/.test(node.operatorToken.getText(look.source))) {
      visit(node.right);
      if (verdict === null && wanted.startsWith(textOf(node.left))) verdict = 'given';
      else visit(node.left);
      return;
    }
    // A second question about it, or a call that may set it, ends what we know.
    if (
      compiler.isIfStatement(node) ||
      compiler.isConditionalExpression(node) ||
      compiler.isIterationStatement(node, false) ||
      compiler.isTryStatement(node)
    ) {
      verdict = 'given';
      return;
    }
    if (
      compiler.isPropertyAccessExpression(node) &&
      !node.questionDotToken &&
      textOf(node.expression) === wanted &&
      !compiler.isDeleteExpression(node.parent)
    ) {
      verdict = node;
      return;
    }
    compiler.forEachChild(node, visit);
    if (compiler.isCallExpression(node) && !compiler.isIdentifier(missing)) verdict ??= 'given';
  };
  visit(within);
  return verdict === 'given' ? null : verdict;
}

function sayMissing(look: Look, use: ts.Node, missing: ts.Expression): void {
  const type = look.checker.getTypeAtLocation(missing);
  const primitive = everyPart(
    type,
    (part) =>
      (part.flags & (look.ts.TypeFlags.StringLike | look.ts.TypeFlags.NumberLike | look.ts.TypeFlags.BooleanLike)) !==
      0,
  );
  if (primitive && !isUnclear(look, type)) return;
  look.report(
    use,
    `${textOf(missing)} was just found to be missing, so reading ${textOf(use)} throws. Turn the condition round, or leave before this.`,
  );
}
