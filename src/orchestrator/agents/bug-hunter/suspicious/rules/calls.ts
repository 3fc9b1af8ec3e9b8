import type ts from 'typescript';
import type { Look, SuspicionRule } from '../rule.ts';
import { bare, enclosingFunction, lastName, some, textOf } from '../syntax.ts';
import { everyPart, isArray, isLibType, isNumber, isPromise, isUnclear, libMethod } from '../types.ts';

const swapped: SuspicionRule = {
  id: 'call.swapped-arguments',
  severity: 'error',
  confidence: 'possible',
  title: 'Two arguments of equal type whose names say that they changed places',
  bad: [
    'declare function resize(width: number, height: number): void;\nexport const f = (width: number, height: number) => resize(height, width);',
    'declare function send(fromAccount: string, toAccount: string): void;\nexport const f = (from: string, to: string) => send(to, from);',
    {
      base: 'declare function copy(source: string, target: string): void;\nexport const f = (file: string, targetFile: string) => copy(file, targetFile);',
      code: 'declare function copy(source: string, target: string): void;\nexport const f = (file: string, targetFile: string) => copy(targetFile, file);',
    },
    'class Store { rename(oldPath: string, newPath: string) { return oldPath + newPath; } }\nexport const f = (s: Store, oldPath: string, newPath: string) => s.rename(newPath, oldPath);',
  ],
  good: [
    'declare function resize(width: number, height: number): void;\nexport const f = (width: number, height: number) => resize(width, height);',
    'declare function resize(width: number, height: number): void;\nexport const rotate = (width: number, height: number) => resize(height, width);',
    'declare function compare(a: number, b: number): number;\nexport const f = (a: number, b: number) => compare(b, a);',
    'declare function min(first: number, second: number): number;\nexport const f = (size: number, second: number) => min(second, size);',
  ],
  check(node, look) {
    if (!look.ts.isCallExpression(node) && !look.ts.isNewExpression(node)) return;
    const args = node.arguments ?? [];
    const signature = look.checker.getResolvedSignature(node);
    if (args.length < 2 || !signature?.declaration || saysTurnedRound(look, node)) return;
    const names = args.map((argument) => lastName(look.ts, argument));
    for (const [i, j] of pairs(Math.min(args.length, signature.parameters.length))) {
      const [one, other] = [names[i], names[j]];
      const [first, second] = [signature.parameters[i], signature.parameters[j]];
      if (!one || !other || !first || !second) continue;
      const both: Two = [one, other];
      const wanted: Two = [first.name, second.name];
      if (!crossed(both, wanted) && !(fitsBetter(both, wanted) && wereTurned(look, node, [i, j]))) continue;
      const types = [i, j]
        .map((index) => args[index])
        .flatMap((argument) => (argument ? [look.checker.getTypeAtLocation(argument)] : []));
      if (!sameKind(look, types)) continue;
      look.report(
        node,
        `${one} is passed as ${first.name} and ${other} as ${second.name}: the two have probably changed places.`,
      );
      return;
    }
  },
};

/** Methods that change nothing and whose only use is what they return. */
const PURE: Readonly<Record<string, RegExp>> = {
  Array:
    /^(?:map|filter|concat|slice|flat|flatMap|join|toSorted|toReversed|toSpliced|with|includes|indexOf|find|findIndex)$/,
  String:
    /^(?:replace|replaceAll|trim|trimStart|trimEnd|toLowerCase|toUpperCase|slice|substring|substr|split|padStart|padEnd|concat|repeat|at|charAt|normalize)$/,
  ObjectConstructor: /^(?:keys|values|entries|fromEntries)$/,
};

const unused: SuspicionRule = {
  id: 'call.unused-result',
  severity: 'error',
  confidence: 'certain',
  title: 'A method that changes nothing, and whose result is dropped',
  bad: [
    'export const f = (s: string) => {\n  s.replace("a", "b");\n  return s;\n};',
    'export const f = (xs: number[]) => {\n  xs.concat([1]);\n  return xs;\n};',
    'export const f = (s: string) => {\n  s.trim();\n  return s;\n};',
  ],
  good: [
    'export const f = (s: string) => {\n  const t = s.replace("a", "b");\n  return t;\n};',
    'export const f = (xs: number[], log: (n: number) => void) => {\n  xs.map((x) => log(x));\n  xs.find((x) => { log(x); return x > 2; });\n  xs.sort();\n};',
    'export const f = (s: string) => {\n  s.replace(/a/g, (m) => { console.log(m); return m; });\n};',
  ],
  check(node, look) {
    if (!look.ts.isExpressionStatement(node)) return;
    const call = bare(look.ts, node.expression);
    if (!look.ts.isCallExpression(call)) return;
    const method = libMethod(look, call);
    if (!method || !PURE[method.owner]?.test(method.name) || isInTryOrTest(look, node)) return;
    if (
      call.arguments.some(
        (argument) =>
          look.ts.isFunctionLike(argument) || look.checker.getTypeAtLocation(argument).getCallSignatures().length > 0,
      )
    )
      return;
    look.report(
      call,
      `${method.name}() changes nothing by itself: it returns a new value, which is dropped here. Use what it returns.`,
    );
  },
};

const order: SuspicionRule = {
  id: 'call.sort-numbers',
  severity: 'warning',
  confidence: 'certain',
  title: 'Numbers sorted as text',
  bad: ['export const f = (xs: number[]) => xs.sort();', 'export const f = (xs: number[]) => [...xs].toSorted();'],
  good: [
    'export const f = (xs: number[]) => xs.sort((a, b) => a - b);',
    'export const f = (xs: string[]) => xs.sort();',
  ],
  check(node, look) {
    if (
      !look.ts.isCallExpression(node) ||
      node.arguments.length > 0 ||
      !look.ts.isPropertyAccessExpression(node.expression)
    )
      return;
    const method = libMethod(look, node);
    if (method?.owner !== 'Array' || !/^(?:sort|toSorted)$/.test(method.name)) return;
    const element = look.checker.getIndexTypeOfType(
      look.checker.getTypeAtLocation(node.expression.expression),
      look.ts.IndexKind.Number,
    );
    if (!element || !isNumber(look, element) || (element.flags & look.ts.TypeFlags.Never) !== 0) return;
    look.report(
      node,
      `${method.name}() without a function sorts numbers as text: 10 comes before 9. Pass (a, b) => a - b.`,
    );
  },
};

const radix: SuspicionRule = {
  id: 'call.parse-in-map',
  severity: 'error',
  confidence: 'certain',
  title: 'parseInt handed to map takes the index for the base',
  bad: [
    'export const f = (xs: string[]) => xs.map(parseInt);',
    'export const f = (xs: string[]) => xs.map(Number.parseInt);',
  ],
  good: [
    'export const f = (xs: string[]) => xs.map(Number);',
    'export const f = (xs: string[]) => xs.map(parseFloat);',
  ],
  check(node, look) {
    if (!look.ts.isCallExpression(node) || libMethod(look, node)?.name !== 'map') return;
    const [callback] = node.arguments;
    if (!callback || !/^(?:Number\.|globalThis\.)?parseInt$/.test(textOf(callback))) return;
    look.report(
      callback,
      'map also passes the index, which parseInt takes for the base: ["10", "10"] gives 10 and NaN. Write (x) => parseInt(x, 10).',
    );
  },
};

const literal: SuspicionRule = {
  id: 'call.search-new-object',
  severity: 'error',
  confidence: 'certain',
  title: 'Looking for an object that was only just made',
  bad: [
    'export const f = (xs: { a: number }[]) => xs.includes({ a: 1 });',
    'export const f = (xs: number[][]) => xs.indexOf([1]);',
  ],
  good: [
    'export const f = (xs: { a: number }[]) => xs.some((x) => x.a === 1);',
    'export const f = (xs: number[]) => xs.includes(1);',
  ],
  check(node, look) {
    if (!look.ts.isCallExpression(node)) return;
    const method = libMethod(look, node);
    const [wanted] = node.arguments;
    if (method?.owner !== 'Array' || !/^(?:includes|indexOf|lastIndexOf)$/.test(method.name) || !wanted) return;
    const inner = bare(look.ts, wanted);
    const made =
      look.ts.isObjectLiteralExpression(inner) ||
      look.ts.isArrayLiteralExpression(inner) ||
      look.ts.isFunctionLike(inner) ||
      look.ts.isNewExpression(inner);
    if (made)
      look.report(
        node,
        `${method.name} compares objects by identity, so one made here is never found. Use some or findIndex with a test.`,
      );
  },
};

const json: SuspicionRule = {
  id: 'call.json-of-map',
  severity: 'error',
  confidence: 'certain',
  title: 'A Map or a Set as JSON is {}',
  bad: [
    'export const f = (m: Map<string, number>) => JSON.stringify(m);',
    'export const f = (s: Set<string>) => JSON.stringify(s);',
  ],
  good: [
    'export const f = (m: Map<string, number>) => JSON.stringify([...m]);',
    'export const f = (m: Map<string, number>, r: (k: string, v: unknown) => unknown) => JSON.stringify(m, r);',
  ],
  check(node, look) {
    if (!look.ts.isCallExpression(node) || textOf(node.expression) !== 'JSON.stringify' || node.arguments.length !== 1)
      return;
    const [value] = node.arguments;
    if (!value) return;
    const type = look.checker.getTypeAtLocation(value);
    if (!['Map', 'Set'].some((name) => isLibType(type, name))) return;
    look.report(
      node,
      `JSON.stringify writes a ${type.getSymbol()?.name ?? 'Map'} as {}, so everything in it is lost. Pass [...it] or Object.fromEntries(it).`,
    );
  },
};

const membership: SuspicionRule = {
  id: 'compare.in-array',
  severity: 'error',
  confidence: 'certain',
  title: '`in` on an array asks for an index, not for a value',
  bad: [
    'export const f = (name: string, names: string[]) => name in names;',
    'const names = ["a"];\nexport const f = () => "a" in names;',
  ],
  good: [
    'export const f = (name: string, names: string[]) => names.includes(name);',
    'export const f = (names: string[]) => 0 in names || "length" in names;',
    'export const f = (name: string, names: Record<string, 1>) => name in names;',
  ],
  check(node, look) {
    if (!look.ts.isBinaryExpression(node) || node.operatorToken.kind !== look.ts.SyntaxKind.InKeyword) return;
    const right = look.checker.getTypeAtLocation(node.right);
    const left = look.checker.getTypeAtLocation(node.left);
    if (
      isUnclear(look, right) ||
      !isArray(look, right) ||
      !everyPart(left, (part) => (part.flags & look.ts.TypeFlags.StringLike) !== 0)
    )
      return;
    if (left.isStringLiteral() && (/^\d+$/.test(left.value) || right.getProperty(left.value))) return;
    look.report(node, '`in` asks whether the array has this index. To look for a value use includes.');
  },
};

const keys: SuspicionRule = {
  id: 'iteration.keys-for-values',
  severity: 'warning',
  confidence: 'possible',
  title: 'for … in over an array, used as if it gave the elements',
  bad: ['export const f = (names: string[]) => {\n  for (const name in names) console.log(name.toUpperCase());\n};'],
  good: [
    'export const f = (names: string[]) => {\n  for (const i in names) console.log(names[i]);\n};',
    'export const f = (names: string[]) => {\n  for (const name of names) console.log(name);\n};',
  ],
  check(node, look) {
    if (!look.ts.isForInStatement(node) || !look.ts.isVariableDeclarationList(node.initializer)) return;
    const type = look.checker.getTypeAtLocation(node.expression);
    const name = node.initializer.declarations[0]?.name;
    if (isUnclear(look, type) || !isArray(look, type) || !name || !look.ts.isIdentifier(name)) return;
    const body = textOf(node.statement);
    if (
      /^(?:i|j|k|n|idx|index|key|.*(?:Index|Idx|Key|Id))$/.test(name.text) ||
      new RegExp(`\\[\\+?(?:Number\\()?${name.text}\\)?\\]`).test(body)
    )
      return;
    look.report(name, 'for … in goes over the indexes ("0", "1", …), not over the elements. Use for … of.');
  },
};

const missingReturn: SuspicionRule = {
  id: 'call.map-returns-nothing',
  severity: 'warning',
  confidence: 'certain',
  title: 'A callback that must answer and returns nothing',
  bad: [
    'export const f = (xs: number[]) => xs.filter((x) => { x > 1; });',
    'export const f = (xs: { a: number }[]) => {\n  const all = xs.map((x) => {\n    x.a + 1;\n  });\n  return all;\n};',
  ],
  good: [
    'export const f = (xs: number[]) => xs.filter((x) => { return x > 1; });',
    'export const f = (xs: number[]) => { xs.map((x) => { console.log(x); }); };',
    'export const f = async (xs: number[]) => await Promise.all(xs.map(async (x) => { console.log(x); }));',
    'export const f = (xs: number[]) => xs.filter((x) => { throw new Error(String(x)); });',
  ],
  check(node, look) {
    if (!look.ts.isCallExpression(node) || look.ts.isExpressionStatement(node.parent)) return;
    const method = libMethod(look, node);
    if (
      method?.owner !== 'Array' ||
      !/^(?:map|filter|some|every|find|findIndex|reduce|flatMap|sort)$/.test(method.name)
    )
      return;
    const [callback] = node.arguments;
    if (
      !callback ||
      !look.ts.isArrowFunction(callback) ||
      !look.ts.isBlock(callback.body) ||
      callback.body.statements.length === 0
    )
      return;
    const signature = look.checker.getSignatureFromDeclaration(callback);
    if (
      !signature ||
      callback.type ||
      (look.checker.getReturnTypeOfSignature(signature).flags & look.ts.TypeFlags.Void) === 0
    )
      return;
    if (method.name === 'map' && !endsInValue(look, callback.body)) return;
    look.report(
      callback.equalsGreaterThanToken,
      `The function given to ${method.name} returns nothing, so ${method.name} works with undefined. Return the value.`,
    );
  },
};

export const CALL_RULES: readonly SuspicionRule[] = [
  swapped,
  unused,
  order,
  radix,
  literal,
  json,
  membership,
  keys,
  missingReturn,
];

function pairs(count: number): readonly (readonly [number, number])[] {
  const all: [number, number][] = [];
  for (let i = 0; i < count; i += 1) for (let j = i + 1; j < count; j += 1) all.push([i, j]);
  return all;
}

type Two = readonly [string, string];

/** Turned round, more of the arguments would bear the name of their parameter. */
function fitsBetter([one, other]: Two, [first, second]: Two): boolean {
  const fit = (argument: string, parameter: string): number =>
    overlaps(wordsOf(argument), wordsOf(parameter)) ? 1 : 0;
  return fit(one, second) + fit(other, first) > fit(one, first) + fit(other, second);
}

/** The same call stood in the file before the change with these two the other way round. */
function wereTurned(
  look: Look,
  node: ts.CallExpression | ts.NewExpression,
  [i, j]: readonly [number, number],
): boolean {
  const args = (node.arguments ?? []).map(textOf);
  const turned = args.map((text, index) => (index === i ? args[j] : index === j ? args[i] : text)).join();
  const callee = textOf(node.expression);
  const isCall = (old: ts.Node): old is ts.CallExpression | ts.NewExpression =>
    look.ts.isCallExpression(old) || look.ts.isNewExpression(old);
  if (!look.base) return false;
  return some(
    look.ts,
    look.base,
    (old) => isCall(old) && textOf(old.expression) === callee && (old.arguments ?? []).map(textOf).join() === turned,
  );
}

const NO_NAME = /^(?:[a-z]|[a-z]\d|arg\d?|param\d?|value\d?)$/i;

/** Each argument's words fit the other's parameter, and none fits its own. */
function crossed([one, other]: Two, [first, second]: Two): boolean {
  if ([one, other, first, second].some((name) => NO_NAME.test(name))) return false;
  const words = [one, other, first, second].map(wordsOf);
  const [a, b, p, q] = words;
  if (!a || !b || !p || !q) return false;
  const aOnly = without(a, b);
  const bOnly = without(b, a);
  const pOnly = without(p, q);
  const qOnly = without(q, p);
  return (
    overlaps(aOnly, qOnly) &&
    overlaps(bOnly, pOnly) &&
    !overlaps(aOnly, pOnly) &&
    !overlaps(bOnly, qOnly) &&
    covers(aOnly, qOnly) &&
    covers(bOnly, pOnly)
  );
}

function wordsOf(name: string): readonly string[] {
  return name
    .split(/(?<=[a-z\d])(?=[A-Z])|_|\$/)
    .map((word) => word.toLowerCase())
    .filter((word) => word !== '');
}

function without(words: readonly string[], others: readonly string[]): readonly string[] {
  return words.filter((word) => !others.includes(word));
}

function overlaps(words: readonly string[], others: readonly string[]): boolean {
  return words.some((word) => others.includes(word));
}

/** One is contained in the other: `to` and `toAccount` fit, `userId` and `idUser` too; `baseUrl` and `baseName` do not. */
function covers(words: readonly string[], others: readonly string[]): boolean {
  return without(words, others).length === 0 || without(others, words).length === 0;
}

function saysTurnedRound(look: Look, node: ts.Node): boolean {
  const turned =
    /swap|revers|flip|invert|transpos|rotat|mirror|compar|desc|opposite|exchange|inverse|backward|undo|rollback/i;
  const fn = enclosingFunction(look.ts, node);
  const holder = fn?.parent;
  const names = [
    fn?.name?.getText() ?? '',
    holder && look.ts.isVariableDeclaration(holder) ? holder.name.getText() : '',
  ];
  return turned.test(names.join(' ')) || turned.test(node.getText());
}

function sameKind(look: Look, types: readonly ts.Type[]): boolean {
  const [one, other] = types.map((type) => look.checker.getBaseTypeOfLiteralType(type));
  if (!one || !other || isUnclear(look, one) || isUnclear(look, other))
    return one !== undefined && other !== undefined && look.javascript;
  return look.checker.typeToString(one) === look.checker.typeToString(other) && !isPromise(look, one);
}

function isInTryOrTest(look: Look, node: ts.Node): boolean {
  return (
    look.ts.findAncestor(
      node,
      (up) =>
        look.ts.isTryStatement(up) ||
        (look.ts.isCallExpression(up) && /expect|assert|throws|bench/.test(textOf(up.expression))),
    ) !== undefined
  );
}

function endsInValue(look: Look, body: ts.Block): boolean {
  const last = body.statements.at(-1);
  if (!last || !look.ts.isExpressionStatement(last)) return false;
  const value = bare(look.ts, last.expression);
  return look.ts.isBinaryExpression(value)
    ? !/=$/.test(value.operatorToken.getText())
    : look.ts.isObjectLiteralExpression(value) ||
        look.ts.isPropertyAccessExpression(value) ||
        look.ts.isTemplateExpression(value);
}
