import type ts from 'typescript';
import { callsBefore } from '../before.ts';
import type { Look, Replacement, SuspicionRule } from '../rule.ts';
import {
  bare,
  enclosingFunction,
  isAsync,
  isFunction,
  lastName,
  some,
  someOwn,
  textOf,
  usesOf,
  wrapped,
} from '../syntax.ts';
import { hasPromise, isArray, isPromise, isUnclear, libMethod } from '../types.ts';

/** Words of a comment, or of a name, that say a promise is left alone on purpose. */
const ON_PURPOSE = /await|background|fire|forget|intention|deliberate|ignore|detach/i;
/** Functions of test runners that return a promise nobody has to wait for. */
const TEST_FUNCTIONS = /^(?:test|it|describe|suite|before|after|beforeEach|afterEach|only|skip|todo|concurrent)$/;

/** What ends something: at the end hardly anybody waits, or minds. */
const ENDS = /^(?:close|stop|end|destroy|dispose|disconnect|shutdown|quit|terminate|kill)/i;

const floating: SuspicionRule = {
  id: 'promise.floating',
  severity: 'warning',
  confidence: 'certain',
  title: 'A promise that nothing waits for, and whose failure is lost',
  bad: [
    'declare function save(): Promise<void>;\nexport async function run() {\n  save();\n}',
    'declare const db: { close(): Promise<void> };\nexport async function stop() {\n  db.close();\n  return 1;\n}',
    'export async function run(xs: string[]) {\n  xs.map((x) => fetch(x)).length;\n  Promise.all(xs.map((x) => fetch(x)));\n}',
    'declare function save(): Promise<void>;\nexport function run() {\n  save();\n}',
    'declare function save(): Promise<void>;\nexport class Store {\n  close(): void {\n    save();\n  }\n}',
    'async function save() {\n  try {\n    await fetch("x");\n  } catch (error) {\n    throw new Error("not saved", { cause: error });\n  }\n}\nexport const run = () => {\n  save();\n};',
  ],
  good: [
    'declare function save(): Promise<void>;\nexport async function run() {\n  await save();\n}',
    'declare function save(): Promise<void>;\nexport async function run() {\n  void save();\n}',
    'declare function save(): Promise<void>;\nexport async function run() {\n  save().catch(() => undefined);\n}',
    'declare function save(): Promise<void>;\nexport async function run() {\n  // runs in the background\n  save();\n}',
    'declare function save(): Promise<void>;\nexport function run() {\n  void save();\n}',
    'declare function save(): Promise<void>;\nexport function run() {\n  save().catch(console.error);\n}',
    'declare function save(): Promise<void>;\nexport function run() {\n  return save();\n}',
    'declare function save(): Promise<number>;\nexport function run() {\n  save().then((count) => console.log(count));\n}',
    'declare function main(): Promise<void>;\nmain();',
    'declare const server: { close(): Promise<void> };\nexport function leave() {\n  server.close();\n}',
    'export function run() {\n  (async () => {\n    console.log(await fetch("x"));\n  })();\n}',
    'async function save() {\n  try {\n    await fetch("x");\n  } catch (error) {\n    console.error(error);\n  }\n}\nexport const run = () => {\n  save();\n};',
    'const known: Promise<void>[] = [];\nfunction keep<T extends Promise<void>>(one: T): T {\n  known.push(one);\n  return one;\n}\ndeclare function save(): Promise<void>;\nexport function run() {\n  keep(save());\n}',
    'declare function save(): void | Promise<void>;\nexport async function run() {\n  save();\n}',
  ],
  check(node, look) {
    if (!look.ts.isExpressionStatement(node)) return;
    const call = bare(look.ts, node.expression);
    if (!look.ts.isCallExpression(call)) return;
    if (!isPromise(look, look.checker.getTypeAtLocation(call)) || isHandled(look, call) || onPurpose(look, call))
      return;
    if (TEST_FUNCTIONS.test(lastName(look.ts, call.expression) ?? '')) return;
    if (fellowsFloat(look, call)) return;
    const fn = enclosingFunction(look.ts, node);
    if (isAsync(look.ts, fn)) {
      look.report(
        call,
        `Nothing waits for ${short(call)}: what follows runs before it is done, and its failure is lost. Put await in front, or void if that is meant.`,
        awaiting(look, call),
      );
    } else if (fn !== null && !isSentOff(look, call)) {
      look.report(
        call,
        `When ${short(call)} fails, nobody hears of it, and the unhandled rejection may end the process. Return the promise, put .catch(…) behind it, or void in front if that is meant.`,
      );
    }
  },
};

const dropped: SuspicionRule = {
  id: 'promise.dropped',
  severity: 'error',
  confidence: 'certain',
  title: 'An await that the change took away',
  bad: [
    {
      file: 'example.js',
      base: 'export async function run(db) {\n  const user = await db.find(1);\n  return user.name;\n}',
      code: 'export async function run(db) {\n  const user = db.find(1);\n  return user.name;\n}',
    },
    {
      base: 'declare function save(): Promise<void>;\nexport const run = async () => {\n  await save();\n};',
      code: 'declare function save(): Promise<void>;\nexport const run = async () => {\n  save();\n};',
    },
    {
      base: 'declare function tell(): void | Promise<void>;\nexport async function run() {\n  await tell();\n}',
      code: 'declare function tell(): void | Promise<void>;\nexport async function run() {\n  tell();\n}',
    },
    {
      base: 'declare function load(): Promise<string>;\nexport async function run(reply: (x: unknown) => void) {\n  reply(await load());\n}',
      code: 'declare function load(): Promise<string>;\nexport async function run(reply: (x: unknown) => void) {\n  reply(load());\n}',
    },
  ],
  good: [
    {
      base: 'declare function load(): Promise<string>;\nexport async function run() {\n  const a = await load();\n  return a;\n}',
      code: 'declare function load(): Promise<string>;\nexport async function run() {\n  return load();\n}',
    },
    {
      base: 'declare function load(): Promise<string>;\nexport async function run() {\n  const a = await load();\n  return a;\n}',
      code: 'declare function load(): Promise<string>;\nexport async function run() {\n  const [a] = await Promise.all([load()]);\n  return a;\n}',
    },
    {
      base: 'declare function load(): Promise<string>;\nexport async function run() {\n  const a = await load();\n  return a;\n}',
      code: 'declare function load(): Promise<string>;\nexport async function run() {\n  const going = load();\n  const a = await going;\n  return a;\n}',
    },
    {
      base: 'declare function load(): Promise<string>;\nexport async function run() {\n  const a = await load();\n  return a;\n}',
      code: 'declare function load(): string;\nexport async function run() {\n  const a = load();\n  return a;\n}',
    },
  ],
  check(node, look) {
    if (!look.ts.isCallExpression(node) || !look.base || !isAsync(look.ts, enclosingFunction(look.ts, node))) return;
    if (isAwaited(look, node)) return;
    const type = look.checker.getTypeAtLocation(node);
    const sure = isPromise(look, type);
    const perhaps = isUnclear(look, type) ? look.javascript : hasPromise(look, type);
    if (!sure && !perhaps) return;
    const before = callsBefore(look, node);
    if (before.length === 0 || !before.every((call) => isAwaited(look, call))) return;
    if (!sure && !before.some((call) => textOf(call) === textOf(node))) return;
    if (isPassedOn(look, node) || onPurpose(look, node)) return;
    look.report(
      node,
      `${short(node)} was awaited before this change and is not any more: a promise is used instead of its result, or nothing waits for it. Put await back.`,
      awaiting(look, node),
    );
  },
};

const condition: SuspicionRule = {
  id: 'promise.condition',
  severity: 'error',
  confidence: 'certain',
  title: 'A promise used as a condition is always true',
  bad: [
    {
      file: 'example.js',
      code: 'async function allowed() { return false; }\nexport async function run() {\n  if (allowed()) return 1;\n  return 2;\n}',
    },
    'declare function allowed(): Promise<boolean>;\nexport async function run() {\n  return !allowed();\n}',
    'declare function load(): Promise<string>;\nexport const ready = () => load() === "x" as never;',
  ],
  good: [
    'declare function allowed(): Promise<boolean>;\nexport async function run() {\n  return (await allowed()) ? 1 : 2;\n}',
    'declare const going: Promise<boolean> | undefined;\nexport const busy = () => going ? 1 : 2;',
    'const running: Record<string, Promise<void>> = {};\nexport const busy = (k: string) => running[k] ? 1 : 2;',
    'declare const a: Promise<void>;\ndeclare const b: Promise<void>;\nexport const same = a === b;',
  ],
  check(node, look) {
    const tested = testedExpression(look, node) ?? comparedCall(look, node);
    if (!tested) return;
    const inner = bare(look.ts, tested);
    if (!look.ts.isCallExpression(inner) || !isPromise(look, look.checker.getTypeAtLocation(inner))) return;
    look.report(
      inner,
      `${short(inner)} returns a promise, which is never false and never equal to its result. Await it first.`,
      awaiting(look, inner),
    );
  },
};

const predicate: SuspicionRule = {
  id: 'promise.predicate',
  severity: 'error',
  confidence: 'certain',
  title: 'An async callback where the answer is needed at once',
  bad: [
    'declare function ok(x: number): Promise<boolean>;\nexport const good = (xs: number[]) => xs.filter(async (x) => await ok(x));',
    'export const any = (xs: string[]) => xs.some(async (x) => (await fetch(x)).ok);',
  ],
  good: [
    'export const all = (xs: string[]) => Promise.all(xs.map(async (x) => (await fetch(x)).ok));',
    'export const good = (xs: number[]) => xs.filter((x) => x > 1);',
  ],
  check(node, look) {
    if (!look.ts.isCallExpression(node)) return;
    const method = libMethod(look, node);
    if (
      method?.owner !== 'Array' ||
      !/^(?:filter|some|every|find|findIndex|findLast|findLastIndex|sort|toSorted)$/.test(method.name)
    )
      return;
    const [callback] = node.arguments;
    if (
      !callback ||
      !(look.ts.isArrowFunction(callback) || look.ts.isFunctionExpression(callback)) ||
      !isAsync(look.ts, callback)
    )
      return;
    look.report(
      callback.modifiers?.[0] ?? callback,
      `${method.name}() gets a promise from this async function, which always counts as true. Await all answers first (Promise.all with map), then ${method.name}.`,
    );
  },
};

const forgotten: SuspicionRule = {
  id: 'promise.for-each',
  severity: 'warning',
  confidence: 'certain',
  title: 'forEach with an async function, then use of what it fills',
  bad: [
    'export async function run(xs: string[]) {\n  const out: string[] = [];\n  xs.forEach(async (x) => {\n    out.push(await (await fetch(x)).text());\n  });\n  return out;\n}',
  ],
  good: [
    'export async function run(xs: string[]) {\n  for (const x of xs) await fetch(x);\n}',
    'export function run(xs: string[]) {\n  xs.forEach(async (x) => {\n    await fetch(x);\n  });\n}',
  ],
  check(node, look) {
    if (!look.ts.isCallExpression(node) || libMethod(look, node)?.name !== 'forEach') return;
    const [callback] = node.arguments;
    const fn = enclosingFunction(look.ts, node);
    if (!callback || !fn || !(look.ts.isArrowFunction(callback) || look.ts.isFunctionExpression(callback))) return;
    if (!isAsync(look.ts, callback) || !isAsync(look.ts, fn) || onPurpose(look, node)) return;
    look.report(
      callback.modifiers?.[0] ?? callback,
      'forEach does not wait for an async function: what follows runs first, and failures are lost. Use for … of with await, or await Promise.all with map.',
    );
  },
};

const list: SuspicionRule = {
  id: 'promise.await-list',
  severity: 'error',
  confidence: 'certain',
  title: 'await on an array of promises',
  bad: [
    'export async function run(xs: string[]) {\n  const all = await xs.map((x) => fetch(x));\n  return all.length;\n}',
  ],
  good: [
    'export async function run(xs: string[]) {\n  return await Promise.all(xs.map((x) => fetch(x)));\n}',
    'export async function run(xs: Promise<string[]>) {\n  return await xs;\n}',
  ],
  check(node, look) {
    if (!look.ts.isAwaitExpression(node)) return;
    const type = look.checker.getTypeAtLocation(node.expression);
    if (!isArray(look, type)) return;
    const element = look.checker.getIndexTypeOfType(type, look.ts.IndexKind.Number);
    if (!element || !isPromise(look, element)) return;
    const { expression } = node;
    look.report(
      node,
      'await does not look into an array: the promises in it are not waited for. Use await Promise.all(…).',
      around(look, expression, ['Promise.all(', ')']),
    );
  },
};

const text: SuspicionRule = {
  id: 'promise.as-value',
  severity: 'error',
  confidence: 'certain',
  title: 'A promise in a text, in a spread or as JSON',
  bad: [
    'declare function name(): Promise<string>;\nexport async function run() {\n  return `hello ${name()}`;\n}',
    'declare function user(): Promise<{ a: 1 }>;\nexport async function run() {\n  return JSON.stringify(user());\n}',
    'declare function user(): Promise<{ a: 1 }>;\nexport async function run() {\n  return { ...user() };\n}',
  ],
  good: [
    'declare function name(): Promise<string>;\nexport async function run() {\n  return `hello ${await name()}`;\n}',
    'declare function user(): Promise<{ a: 1 }>;\nexport async function run() {\n  return { ...(await user()) };\n}',
  ],
  check(node, look) {
    const used = usedAsValue(look, node);
    if (!used || !isPromise(look, look.checker.getTypeAtLocation(used))) return;
    look.report(
      used,
      `${short(used)} is a promise here, so its result does not get in. Await it.`,
      awaiting(look, used),
    );
  },
};

const returned: SuspicionRule = {
  id: 'promise.escapes-try',
  severity: 'warning',
  confidence: 'certain',
  title: 'return without await inside try: the catch below never sees the failure',
  bad: [
    {
      base: 'declare function load(): Promise<string>;\nexport async function run() {\n  try {\n    return await load();\n  } catch (error) {\n    return String(error);\n  }\n}',
      code: 'declare function load(): Promise<string>;\nexport async function run() {\n  try {\n    return load();\n  } catch (error) {\n    return String(error);\n  }\n}',
    },
  ],
  good: [
    'declare function load(): Promise<string>;\nexport async function run() {\n  try {\n    return await load();\n  } catch (error) {\n    return String(error);\n  }\n}',
    'declare function load(): Promise<string>;\nexport async function run() {\n  try {\n    return await load();\n  } catch {\n    return load();\n  }\n}',
  ],
  check(node, look) {
    if (!look.ts.isReturnStatement(node) || !node.expression) return;
    const call = bare(look.ts, node.expression);
    if (!look.ts.isCallExpression(call) || !isPromise(look, look.checker.getTypeAtLocation(call))) return;
    const fn = enclosingFunction(look.ts, node);
    if (!isAsync(look.ts, fn) || !insideCaughtTry(look, node, fn)) return;
    look.report(
      node,
      `The catch below does not see ${short(call)} fail, because the promise leaves the try before it is done. Write return await.`,
      awaiting(look, call),
    );
  },
};

const uncaught: SuspicionRule = {
  id: 'promise.catch-removed',
  severity: 'warning',
  confidence: 'certain',
  title: 'A .catch that the change took away',
  bad: [
    {
      base: 'declare function load(): Promise<string>;\nexport function run() {\n  load().then(console.log).catch(console.error);\n}',
      code: 'declare function load(): Promise<string>;\nexport function run() {\n  load().then(console.log);\n}',
    },
  ],
  good: [
    'declare function load(): Promise<string>;\nexport function run() {\n  load().then(console.log);\n}',
    {
      base: 'declare function load(): Promise<string>;\nexport function run() {\n  load().then(console.log).catch(console.error);\n}',
      code: 'declare function load(): Promise<string>;\nexport function run() {\n  load().then(console.log, console.error);\n}',
    },
  ],
  check(node, look) {
    if (!look.ts.isExpressionStatement(node) || !look.base) return;
    const call = bare(look.ts, node.expression);
    if (
      !look.ts.isCallExpression(call) ||
      !isPromise(look, look.checker.getTypeAtLocation(call)) ||
      isHandled(look, call)
    )
      return;
    if (isAsync(look.ts, enclosingFunction(look.ts, node))) return;
    const before = callsBefore(look, call);
    if (before.length !== 1 || !before.every((one) => isHandled(look, outermostChain(look, one)))) return;
    look.report(
      node,
      `The change took away what handled a failure of ${short(call)}: it now ends as an unhandled rejection, which stops a Node process. Put the catch back.`,
    );
  },
};

export const PROMISE_RULES: readonly SuspicionRule[] = [
  dropped,
  floating,
  condition,
  predicate,
  forgotten,
  list,
  text,
  returned,
  uncaught,
];

function short(node: ts.Node): string {
  const whole = textOf(node);
  return whole.length <= 40 ? whole : `${whole.slice(0, 37)}…`;
}

/** Puts await before it, in parentheses where what stands around it binds closer. None outside of an async function. */
function awaiting(look: Look, node: ts.Expression): readonly Replacement[] {
  if (!isAsync(look.ts, enclosingFunction(look.ts, node))) return [];
  const { parent } = node;
  const bindsCloser =
    (look.ts.isPropertyAccessExpression(parent) && parent.expression === node) ||
    (look.ts.isElementAccessExpression(parent) && parent.expression === node) ||
    (look.ts.isCallExpression(parent) && parent.expression === node) ||
    look.ts.isNonNullExpression(parent) ||
    look.ts.isBinaryExpression(parent);
  const own = look.ts.isCallExpression(node) || look.ts.isIdentifier(node) || look.ts.isPropertyAccessExpression(node);
  return around(look, node, bindsCloser ? ['(await ', ')'] : own ? ['await ', ''] : ['await (', ')']);
}

function around(look: Look, node: ts.Node, [before, after]: readonly [string, string]): readonly Replacement[] {
  const [start, end] = [node.getStart(look.source), node.getEnd()];
  const opening = { start, end: start, text: before };
  return after === '' ? [opening] : [opening, { start: end, end, text: after }];
}

/**
 * Where nothing can be awaited, a promise is left to itself on purpose more often: an async function called where it is written, one
 * that deals with its failures, a result taken by `then`, an end, a function that gives back what it was given.
 */
function isSentOff(look: Look, call: ts.CallExpression): boolean {
  const callee = bare(look.ts, call.expression);
  if (isFunction(look.ts, callee) || ENDS.test(lastName(look.ts, callee) ?? '')) return true;
  if (look.ts.isPropertyAccessExpression(callee) && /^(?:then|finally)$/.test(callee.name.text)) return true;
  const declaration = look.checker.getResolvedSignature(call)?.declaration;
  if (!declaration || look.ts.isJSDocSignature(declaration)) return false;
  const declared = look.checker.getSignatureFromDeclaration(declaration)?.getReturnType();
  if (declared?.isTypeParameter()) return true;
  return isFunction(look.ts, declaration) && catchesAll(look, declaration);
}

/** Everything that it awaits stands in a try whose catch throws nothing. */
function catchesAll(look: Look, { body }: ts.FunctionLikeDeclaration): boolean {
  if (!body || !look.ts.isBlock(body)) return false;
  const leavesUnawaited = (node: ts.Node): boolean =>
    look.ts.isReturnStatement(node) &&
    node.expression !== undefined &&
    hasPromise(look, look.checker.getTypeAtLocation(node.expression));
  const mayFail = (node: ts.Node): boolean =>
    look.ts.isAwaitExpression(node) || look.ts.isThrowStatement(node) || leavesUnawaited(node);
  return body.statements.every((statement) => {
    if (!look.ts.isTryStatement(statement)) return !someOwn(look.ts, statement, mayFail);
    const { tryBlock, catchClause, finallyBlock } = statement;
    if (!catchClause || someOwn(look.ts, tryBlock, leavesUnawaited)) return false;
    return ![catchClause.block, ...(finallyBlock ? [finallyBlock] : [])].some((block) =>
      someOwn(look.ts, block, mayFail),
    );
  });
}

function isHandled(look: Look, call: ts.CallExpression): boolean {
  const callee = call.expression;
  if (!look.ts.isPropertyAccessExpression(callee)) return false;
  if (callee.name.text === 'catch') return call.arguments.length > 0;
  if (callee.name.text === 'then' && call.arguments.length > 1) return true;
  const inner = bare(look.ts, callee.expression);
  return /^(?:then|finally)$/.test(callee.name.text) && look.ts.isCallExpression(inner) && isHandled(look, inner);
}

function outermostChain(look: Look, call: ts.CallExpression): ts.CallExpression {
  const access = call.parent;
  if (!look.ts.isPropertyAccessExpression(access) || !look.ts.isCallExpression(access.parent)) return call;
  return access.parent.expression === access ? outermostChain(look, access.parent) : call;
}

function onPurpose(look: Look, node: ts.Expression): boolean {
  const statement = look.ts.findAncestor(node, (up) => look.ts.isStatement(up)) ?? node;
  const { text: source } = look.source;
  const lineEnd = source.indexOf('\n', statement.getEnd());
  const before = source.slice(statement.getFullStart(), statement.getStart());
  const behind = source.slice(statement.getEnd(), lineEnd === -1 ? undefined : lineEnd);
  if (ON_PURPOSE.test(before + behind)) return true;
  const holder = wrapped(look.ts, node).parent;
  return look.ts.isVariableDeclaration(holder) && holder.name.getText().startsWith('_');
}

/** Other calls of the same thing in the file are left alone too: it is this code's habit. */
function fellowsFloat(look: Look, call: ts.CallExpression): boolean {
  if (!look.base) return false;
  const callee = textOf(call.expression);
  return some(
    look.ts,
    look.base,
    (node) =>
      look.ts.isExpressionStatement(node) &&
      look.ts.isCallExpression(node.expression) &&
      textOf(node.expression.expression) === callee,
  );
}

function isAwaited(look: Look, call: ts.CallExpression): boolean {
  const up = wrapped(look.ts, outermostChain(look, call)).parent;
  return look.ts.isAwaitExpression(up);
}

/** Somebody else waits: returned, handed to Promise.all, kept in a variable that is awaited, or taken where a promise is asked for. */
function isPassedOn(look: Look, call: ts.CallExpression): boolean {
  const outer = wrapped(look.ts, outermostChain(look, call));
  const holder = outer.parent;
  const { ts: compiler } = look;
  if (outer !== wrapped(compiler, call) && isChain(look, call)) return true;
  if (
    compiler.isReturnStatement(holder) ||
    compiler.isArrowFunction(holder) ||
    compiler.isVoidExpression(holder) ||
    compiler.isYieldExpression(holder)
  )
    return true;
  if (
    compiler.isArrayLiteralExpression(holder) ||
    compiler.isPropertyAssignment(holder) ||
    compiler.isPropertyDeclaration(holder)
  )
    return true;
  if (compiler.isConditionalExpression(holder) || compiler.isBinaryExpression(holder))
    return !isPlainAssignment(look, holder);
  if (compiler.isVariableDeclaration(holder)) {
    const fn = enclosingFunction(compiler, call);
    if (!compiler.isIdentifier(holder.name) || !fn) return false;
    return usesOf(look, holder.name, fn).some((use) => waits(look, use));
  }
  if (compiler.isCallExpression(holder)) {
    if (/^Promise\.|expect$|rejects$|resolves$/.test(textOf(holder.expression))) return true;
    const wanted = look.checker.getContextualType(outer);
    return wanted !== undefined && !isUnclear(look, wanted) && someThenable(look, wanted);
  }
  return false;
}

function isChain(look: Look, call: ts.CallExpression): boolean {
  return look.ts.isPropertyAccessExpression(call.parent) && /^(?:then|catch|finally)$/.test(call.parent.name.text);
}

function isPlainAssignment(look: Look, node: ts.Node): boolean {
  return (
    look.ts.isBinaryExpression(node) &&
    node.operatorToken.kind === look.ts.SyntaxKind.EqualsToken &&
    look.ts.isIdentifier(node.left)
  );
}

function someThenable(look: Look, type: ts.Type): boolean {
  const parts = type.isUnion() ? type.types : [type];
  return parts.some((part) => part.getProperty('then') !== undefined) || parts.some((part) => isUnclear(look, part));
}

function waits(look: Look, use: ts.Identifier): boolean {
  const holder = wrapped(look.ts, use).parent;
  if (
    look.ts.isAwaitExpression(holder) ||
    look.ts.isReturnStatement(holder) ||
    look.ts.isArrayLiteralExpression(holder)
  )
    return true;
  if (look.ts.isPropertyAccessExpression(holder)) return /^(?:then|catch|finally)$/.test(holder.name.text);
  return look.ts.isCallExpression(holder) && holder.expression !== use;
}

function testedExpression(look: Look, node: ts.Node): ts.Expression | null {
  if (look.ts.isIfStatement(node) || look.ts.isWhileStatement(node) || look.ts.isDoStatement(node))
    return node.expression;
  if (look.ts.isConditionalExpression(node)) return node.condition;
  if (look.ts.isPrefixUnaryExpression(node) && node.operator === look.ts.SyntaxKind.ExclamationToken)
    return node.operand;
  const { AmpersandAmpersandToken, BarBarToken } = look.ts.SyntaxKind;
  if (
    look.ts.isBinaryExpression(node) &&
    [AmpersandAmpersandToken, BarBarToken].some((kind) => kind === node.operatorToken.kind)
  )
    return node.left;
  return null;
}

function comparedCall(look: Look, node: ts.Node): ts.Expression | null {
  if (!look.ts.isBinaryExpression(node)) return null;
  const { EqualsEqualsEqualsToken, ExclamationEqualsEqualsToken, EqualsEqualsToken, ExclamationEqualsToken } =
    look.ts.SyntaxKind;
  const kinds: readonly ts.SyntaxKind[] = [
    EqualsEqualsEqualsToken,
    ExclamationEqualsEqualsToken,
    EqualsEqualsToken,
    ExclamationEqualsToken,
  ];
  if (!kinds.includes(node.operatorToken.kind)) return null;
  return [node.left, node.right].find((side) => look.ts.isCallExpression(bare(look.ts, side))) ?? null;
}

function usedAsValue(look: Look, node: ts.Node): ts.Expression | null {
  const { ts: compiler } = look;
  if (compiler.isTemplateSpan(node))
    return compiler.isTaggedTemplateExpression(node.parent.parent) ? null : node.expression;
  if (compiler.isSpreadAssignment(node)) return node.expression;
  if (compiler.isCallExpression(node) && textOf(node.expression) === 'JSON.stringify') return node.arguments[0] ?? null;
  return null;
}

function insideCaughtTry(look: Look, node: ts.Node, fn: ts.Node | null): boolean {
  let child: ts.Node = node;
  for (let up = node.parent; up !== fn && up !== undefined; up = up.parent) {
    if (look.ts.isTryStatement(up) && up.tryBlock === child) return up.catchClause !== undefined;
    child = up;
  }
  return false;
}
