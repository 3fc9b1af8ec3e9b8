import type ts from 'typescript';
import type { Look, SuspicionRule } from '../rule.ts';
import { counterpartOf } from '../before.ts';
import { bare, collect, enclosingFunction, isPlain, some, someOwn, textOf, usesOf } from '../syntax.ts';
import { isArray, isLibSymbol, isUnclear } from '../types.ts';

const nearMiss: SuspicionRule = {
  id: 'property.near-miss',
  severity: 'warning',
  confidence: 'possible',
  title: 'A property that is nearly the name of a known one, where the types let any name pass',
  bad: [
    'interface Settings { timeout: number; [other: string]: unknown }\nexport const f = (s: Settings) => s.timeuot;',
    { file: 'example.js', code: 'export const f = (/** @type {string[]} */ xs) => xs.lenght;' },
    {
      file: 'example.js',
      code: 'const settings = { timeout: 1, retries: 2 };\nexport const f = () => settings.retires;',
    },
  ],
  good: [
    'interface Settings { timeout: number; [other: string]: unknown }\nexport const f = (s: Settings) => s.colour;',
    'interface Settings { item: number; [other: string]: unknown }\nexport const f = (s: Settings) => s.items;',
    {
      file: 'example.js',
      code: 'const settings = { timeout: 1 };\nsettings.timeouts = 2;\nexport const f = () => settings.timeouts;',
    },
    { file: 'example.js', code: 'export const f = (s) => s.lenght;' },
  ],
  check(node, look) {
    if (!look.ts.isPropertyAccessExpression(node) || node.name.text.length < 4 || node.questionDotToken) return;
    const type = look.checker.getTypeAtLocation(node.expression);
    if (isUnclear(look, type)) {
      const before = usedBefore(look, node).find((name) => isSlipOf(node.name.text, name));
      if (before !== undefined) sayNear(look, node.name, before);
      return;
    }
    if (type.isUnion()) return;
    const known = look.checker.getPropertyOfType(type, node.name.text);
    const open = look.checker.getIndexTypeOfType(type, look.ts.IndexKind.String) !== undefined;
    if (
      known ||
      (!open && !look.javascript) ||
      (!open && look.checker.getSymbolAtLocation(node.name)?.declarations?.length)
    )
      return;
    if (look.javascript && !open && isWrittenSomewhere(look, node)) return;
    const near = type
      .getProperties()
      .map((property) => property.name)
      .find((name) => isSlipOf(node.name.text, name));
    if (near !== undefined) sayNear(look, node.name, near);
  },
};

const crosswired: SuspicionRule = {
  id: 'property.copied-twice',
  severity: 'warning',
  confidence: 'possible',
  title: 'Two properties filled from the same one, while the other lies beside it',
  bad: [
    'interface Box { width: number; height: number }\nexport const f = (box: Box) => ({ width: box.width, height: box.width });',
    {
      file: 'example.js',
      base: 'export const f = (req) => ({ method: req.method, url: req.url });',
      code: 'export const f = (req) => ({ method: req.method, url: req.method });',
    },
    'export class Size {\n  width: number;\n  height: number;\n  constructor(width: number, height: number) {\n    this.width = width;\n    this.height = width;\n  }\n}',
  ],
  good: [
    'interface Box { width: number; height: number }\nexport const f = (box: Box) => ({ width: box.width, height: box.height });',
    'interface Box { width: number; height: number }\nexport const square = (box: Box) => ({ height: box.width });',
    'interface Box { width: number }\nexport const square = (box: Box) => ({ width: box.width, height: box.width });',
  ],
  check(node, look) {
    if (look.ts.isObjectLiteralExpression(node)) checkLiteral(look, node);
    if (look.ts.isConstructorDeclaration(node) && node.body) checkConstructor(look, node, node.body);
  },
};

const plainQuotes: SuspicionRule = {
  id: 'text.plain-quotes',
  severity: 'warning',
  confidence: 'certain',
  title: '${…} in plain quotes, with a variable of that name in reach',
  bad: [
    "export const f = (name: string) => 'hello ${name}';",
    'export const f = (user: { name: string }) => "hello ${user.name}!";',
    {
      base: 'export const f = (a: number, b: number) => `sum ${a + b}`;',
      code: "export const f = (a: number, b: number) => 'sum ${a + b}';",
    },
  ],
  good: [
    'export const f = (name: string) => `hello ${name}`;',
    "export const f = () => 'use ${name} in your template';",
    "export const f = (name: string) => 'a ${name} b'.replace('${name}', name);",
  ],
  check(node, look) {
    if (
      !look.ts.isStringLiteral(node) ||
      look.ts.isImportDeclaration(node.parent) ||
      look.ts.isJsxAttribute(node.parent)
    )
      return;
    if (!node.text.includes('${') || isPattern(look, node)) return;
    const content = node.getText().slice(1, -1);
    const wasTemplate =
      look.base !== null &&
      some(look.ts, look.base, (old) => look.ts.isTemplateExpression(old) && old.getText().slice(1, -1) === content);
    if (!wasTemplate && !namesLocal(look, node)) return;
    look.report(
      node,
      `${content.slice(content.indexOf('${'), content.indexOf('}') + 1)} stays as it is in plain quotes. Use back quotes to put the value in.`,
    );
  },
};

const objectText: SuspicionRule = {
  id: 'text.object',
  severity: 'warning',
  confidence: 'certain',
  title: 'An object put into a text as [object Object]',
  bad: [
    'export const f = (user: { name: string }) => `hello ${user}`;',
    'interface User { name: string }\nexport const f = (user: User) => "hello " + user;',
  ],
  good: [
    'export const f = (user: { name: string }) => `hello ${user.name}`;',
    'export const f = (error: Error, d: Date, xs: string[], u: URL) => `${error} ${d} ${xs} ${u}`;',
    'class Id { toString() { return "id"; } }\nexport const f = (id: Id) => `${id}`;',
    'export const f = <T>(x: T) => `${x}`;',
  ],
  check(node, look) {
    const used = intoText(look, node);
    if (!used) return;
    const type = look.checker.getTypeAtLocation(used);
    if (
      isUnclear(look, type) ||
      type.isUnionOrIntersection() ||
      (type.flags & look.ts.TypeFlags.Object) === 0 ||
      isArray(look, type)
    )
      return;
    const writes = type.getProperty('toString') ?? look.checker.getPropertyOfType(type, 'toString');
    if (
      type.getCallSignatures().length > 0 ||
      type.getConstructSignatures().length > 0 ||
      type.getProperties().length === 0
    )
      return;
    if (type.getProperties().some((property) => property.name.startsWith('__@toPrimitive'))) return;
    const own = (writes?.declarations ?? []).some((declaration) => !isObjectsOwn(look, declaration));
    if (
      own ||
      (type.getSymbol() !== undefined &&
        type.getSymbol()?.declarations?.some((declaration) => declaration.getSourceFile().isDeclarationFile))
    )
      return;
    look.report(
      used,
      `${textOf(used)} is an object: it appears as [object Object]. Use one of its properties, or JSON.stringify.`,
    );
  },
};

const noEffect: SuspicionRule = {
  id: 'statement.no-effect',
  severity: 'error',
  confidence: 'certain',
  title: 'A comparison or a value that stands alone and does nothing',
  bad: [
    'export const f = (o: { a: number }) => {\n  o.a === 1;\n  return o;\n};',
    'export const f = (a: number, b: number) => {\n  a + b;\n};',
    'export const f = (a: number) => {\n  const path = String(a);\n  path;\n};',
  ],
  good: [
    'export const f = (o: { a: number }) => {\n  o.a = 1;\n  return o;\n};',
    'export const f = (a: boolean, g: () => void) => {\n  a && g();\n  a || g();\n};',
    'export const f = (a: number, expect: (x: boolean) => { ok: 1 }) => {\n  expect(a > 1).ok;\n};',
  ],
  check(node, look) {
    if (!look.ts.isExpressionStatement(node) || isInTest(look, node)) return;
    const value = bare(look.ts, node.expression);
    if (!look.ts.findAncestor(node, (up) => look.ts.isFunctionLike(up))) return;
    if (look.ts.isIdentifier(value)) {
      look.report(node, `${value.text} alone does nothing. A return in front, or a call, was probably meant.`);
      return;
    }
    if (!look.ts.isBinaryExpression(value) || !isPlain(look.ts, value.left)) return;
    const operator = value.operatorToken.getText(look.source);
    if (/^[!=]==?$/.test(operator)) {
      look.report(
        node,
        'This compares and drops the answer. A single = was probably meant, or a return or if in front.',
      );
    } else if (/^(?:[<>]=?|[-+*/%])$/.test(operator)) {
      look.report(node, 'The result is dropped. An assignment, or a return in front, was probably meant.');
    }
  },
};

const returnDropped: SuspicionRule = {
  id: 'statement.return-removed',
  severity: 'warning',
  confidence: 'possible',
  title: 'A return that the change took away from in front of a value',
  bad: [
    {
      base: 'declare function make(n: number): string[];\nexport const f = (n: number) => {\n  return make(n);\n};',
      code: 'declare function make(n: number): string[];\nexport const f = (n: number) => {\n  make(n);\n};',
    },
  ],
  good: [
    {
      base: 'declare function make(n: number): void;\nexport const f = (n: number) => {\n  return make(n);\n};',
      code: 'declare function make(n: number): void;\nexport const f = (n: number) => {\n  make(n);\n};',
    },
    {
      base: 'declare function make(n: number): string[];\nexport const f = (n: number) => {\n  return make(n);\n};',
      code: 'declare function make(n: number): string[];\nexport const f = (n: number): void => {\n  make(n);\n};',
    },
    {
      base: 'declare function make(n: number): string[];\nexport const f = (n: number) => {\n  return make(n);\n};',
      code: 'declare function make(n: number): string[];\nexport const f = (n: number) => {\n  make(n);\n  return n;\n};',
    },
  ],
  check(node, look) {
    if (!look.ts.isExpressionStatement(node)) return;
    const pair = counterpartOf(look, node);
    if (!pair || enclosingFunction(look.ts, node) !== pair.now || pair.now.type) return;
    const wanted = textOf(node.expression);
    const returned = some(
      look.ts,
      pair.before,
      (old) => look.ts.isReturnStatement(old) && old.expression !== undefined && textOf(old.expression) === wanted,
    );
    if (!returned || someOwn(look.ts, pair.now, look.ts.isReturnStatement)) return;
    const { Void, Undefined, Never, Any } = look.ts.TypeFlags;
    const type =
      look.checker.getAwaitedType(look.checker.getTypeAtLocation(node.expression)) ??
      look.checker.getTypeAtLocation(node.expression);
    if ((type.flags & (Void | Undefined | Never | Any)) !== 0) return;
    look.report(
      node,
      'Before this change the function returned this value; now it is dropped and callers get undefined. Put return back, or say : void.',
    );
  },
};

export const VALUE_RULES: readonly SuspicionRule[] = [
  nearMiss,
  crosswired,
  plainQuotes,
  objectText,
  noEffect,
  returnDropped,
];

function isInTest(look: Look, node: ts.Node): boolean {
  return (
    look.ts.findAncestor(
      node,
      (up) => look.ts.isCallExpression(up) && /expect|assert|bench|throws/i.test(textOf(up.expression)),
    ) !== undefined
  );
}

function sayNear(look: Look, name: ts.Node, near: string): void {
  look.report(
    name,
    `There is no ${name.getText()} here, but there is ${near}: the value is probably always undefined. Check the name.`,
  );
}

/** Properties of the same thing before the change, when this name is new to the file and stands in it only once. */
function usedBefore(look: Look, node: ts.PropertyAccessExpression): readonly string[] {
  const word = new RegExp(`(?<![\\w$])${node.name.text.replace(/\$/g, '\\$')}(?![\\w$])`, 'g');
  if (!look.base || word.test(look.base.text) || [...look.source.text.matchAll(word)].length !== 1) return [];
  const receiver = textOf(node.expression);
  return collect(look.ts, look.base, look.ts.isPropertyAccessExpression)
    .filter((old) => textOf(old.expression) === receiver)
    .map((old) => old.name.text);
}

/** Two letters changed places, one is doubled, missing or wrong inside the word; plural, numbers and letter case are other names. */
function isSlipOf(written: string, known: string): boolean {
  if (known.length < 4 || Math.abs(written.length - known.length) > 1 || written.toLowerCase() === known.toLowerCase())
    return false;
  if (written.charAt(0) !== known.charAt(0) || /\d/.test(written)) return false;
  let start = 0;
  while (start < known.length && written[start] === known[start]) start += 1;
  let end = 0;
  while (end < Math.min(known.length, written.length) - start && written.at(-1 - end) === known.at(-1 - end)) end += 1;
  const rest = written.slice(start, written.length - end);
  const other = known.slice(start, known.length - end);
  if (rest.length === 2 && other.length === 2) return rest[0] === other[1] && rest[1] === other[0];
  return rest.length + other.length === 1 && known.length > 5 && written.at(-1) === known.at(-1);
}

/** Assigned anywhere in the file under this name, so it is a property that the types do not know. */
function isWrittenSomewhere(look: Look, node: ts.PropertyAccessExpression): boolean {
  const name = node.name.text;
  const accesses = collect(look.ts, look.source, look.ts.isPropertyAccessExpression).filter(
    (one) => one.name.text === name,
  );
  return (
    accesses.length > 1 &&
    accesses.some(
      (one) =>
        look.ts.isBinaryExpression(one.parent) &&
        one.parent.left === one &&
        one.parent.operatorToken.kind === look.ts.SyntaxKind.EqualsToken,
    )
  );
}

interface Copy {
  readonly key: string;
  readonly from: ts.PropertyAccessExpression;
}

function checkLiteral(look: Look, node: ts.ObjectLiteralExpression): void {
  const copies = node.properties.flatMap((property): readonly Copy[] => {
    if (!look.ts.isPropertyAssignment(property) || !look.ts.isIdentifier(property.name)) return [];
    const value = bare(look.ts, property.initializer);
    return look.ts.isPropertyAccessExpression(value) && isPlain(look.ts, value)
      ? [{ key: property.name.text, from: value }]
      : [];
  });
  for (const copy of copies) {
    const source = copy.from.name.text;
    const receiver = textOf(copy.from.expression);
    if (copy.key === source) continue;
    const twin = copies.some(
      (other) => other.key === source && other.from.name.text === source && textOf(other.from.expression) === receiver,
    );
    const type = look.checker.getTypeAtLocation(copy.from.expression);
    const meant = look.checker.getPropertyOfType(type, copy.key);
    const used = look.checker.getPropertyOfType(type, source);
    const taken = copies.some((other) => other.from.name.text === copy.key);
    if (!twin || taken) continue;
    const typed = meant && used && sameType(look, [meant, used], node);
    if (!typed && !wasBefore(look, `${copy.key}: ${receiver}.${copy.key}`)) continue;
    look.report(
      copy.from,
      `${copy.key} gets ${textOf(copy.from)}, as ${source} does, although ${receiver}.${copy.key} is there. Probably ${receiver}.${copy.key} was meant.`,
    );
  }
}

/** Whether the file had this property assignment before the change. */
function wasBefore(look: Look, assignment: string): boolean {
  if (!look.base) return false;
  return some(look.ts, look.base, (old) => look.ts.isPropertyAssignment(old) && textOf(old) === assignment);
}

function checkConstructor(look: Look, node: ts.ConstructorDeclaration, body: ts.Block): void {
  const names = new Map(
    node.parameters.flatMap((one) => (look.ts.isIdentifier(one.name) ? [[one.name.text, one.name] as const] : [])),
  );
  const assigned = collect(look.ts, body, look.ts.isBinaryExpression).flatMap((one) => {
    const match = /^this\.([\w$]+)$/.exec(textOf(one.left));
    return one.operatorToken.kind === look.ts.SyntaxKind.EqualsToken && match?.[1] && look.ts.isIdentifier(one.right)
      ? [{ key: match[1], value: one.right }]
      : [];
  });
  for (const { key, value } of assigned) {
    const meant = names.get(key);
    if (
      !meant ||
      key === value.text ||
      !assigned.some((other) => other.key === value.text && other.value.text === value.text)
    )
      continue;
    if (usesOf(look, meant, body).length > 0) continue;
    look.report(
      value,
      `this.${key} gets ${value.text}, and the parameter ${key} is never used. Probably ${key} was meant.`,
    );
  }
}

function sameType(look: Look, [one, other]: readonly [ts.Symbol, ts.Symbol], at: ts.Node): boolean {
  const [a, b] = [one, other].map((symbol) => look.checker.getTypeOfSymbolAtLocation(symbol, at));
  return (
    a !== undefined &&
    b !== undefined &&
    !isUnclear(look, a) &&
    look.checker.typeToString(a) === look.checker.typeToString(b)
  );
}

/** `${name}` where name is a variable or parameter of the functions around it. */
function namesLocal(look: Look, node: ts.StringLiteral): boolean {
  const name = /\$\{([A-Za-z_$][\w$]*)(?:\.[\w$]+)*\}/.exec(node.text)?.[1];
  const fn = enclosingFunction(look.ts, node);
  if (name === undefined || !fn) return false;
  if (name === 'this') return true;
  const reachable = look.checker.getSymbolsInScope(node, look.ts.SymbolFlags.Variable).find((one) => one.name === name);
  const local = reachable?.valueDeclaration;
  return local?.getSourceFile() === look.source && look.ts.findAncestor(local, (up) => up === fn) !== undefined;
}

/** Text that somebody fills in later: given to replace, a template engine, or compared. */
function isPattern(look: Look, node: ts.StringLiteral): boolean {
  const call = look.ts.findAncestor(node, (up) => look.ts.isCallExpression(up) || look.ts.isStatement(up));
  return (
    call !== undefined &&
    look.ts.isCallExpression(call) &&
    /replace|template|interpolat|render|format|split|includes|indexOf|startsWith|endsWith|match|test|expect|assert|eval|exec|snippet/i.test(
      textOf(call.expression),
    )
  );
}

function intoText(look: Look, node: ts.Node): ts.Expression | null {
  if (look.ts.isTemplateSpan(node))
    return look.ts.isTaggedTemplateExpression(node.parent.parent) ? null : node.expression;
  if (!look.ts.isBinaryExpression(node) || node.operatorToken.kind !== look.ts.SyntaxKind.PlusToken) return null;
  return look.ts.isStringLiteralLike(node.left) && node.left.text.length > 0 ? node.right : null;
}

function isObjectsOwn(look: Look, declaration: ts.Declaration): boolean {
  const holder = declaration.parent;
  const symbol = look.ts.isInterfaceDeclaration(holder) ? look.checker.getSymbolAtLocation(holder.name) : undefined;
  return symbol?.name === 'Object' && isLibSymbol(symbol);
}
