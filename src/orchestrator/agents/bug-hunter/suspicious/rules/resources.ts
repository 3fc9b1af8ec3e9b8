import type ts from 'typescript';
import { counterpartOf } from '../before.ts';
import type { Look, SuspicionRule } from '../rule.ts';
import { bare, collect, enclosingFunction, isFunction, some, someOwn, textOf, usesOf, wrapped } from '../syntax.ts';

/** Calls that open something by this name, and what closes it. */
const OPENERS: readonly { readonly callee: RegExp; readonly closes: RegExp; readonly what: string }[] = [
  { callee: /(?:^|\.)openSync$/, closes: /(?:^|\.)close(?:Sync)?$/, what: 'file' },
  { callee: /(?:^|\.)(?:fsp?|promises|fsPromises)\.open$|^open$/, closes: /\.close$/, what: 'file' },
  {
    callee: /(?:^|\.)setInterval$/,
    closes: /(?:^|\.)clear(?:Interval|Timeout)$|\.(?:unref|close)$|Symbol\.dispose/,
    what: 'interval timer',
  },
  {
    callee: /(?:^|\.)pool\.(?:connect|getConnection|acquire)$/i,
    closes: /\.(?:release|end|destroy|close)$/,
    what: 'connection',
  },
];

const leaked: SuspicionRule = {
  id: 'resource.not-closed',
  severity: 'warning',
  confidence: 'possible',
  title: 'Something opened that the function keeps to itself and never closes',
  bad: [
    'declare const fs: { openSync(p: string): number; readSync(fd: number): number };\nexport const f = (p: string) => {\n  const fd = fs.openSync(p);\n  return fs.readSync(fd) > 0;\n};',
    'declare const fsp: { open(p: string): Promise<{ stat(): Promise<number>; close(): Promise<void> }> };\nexport const f = async (p: string) => {\n  const file = await fsp.open(p);\n  const size = await file.stat();\n  return size > 0;\n};',
    'interface Client { query(q: string): Promise<number[]>; release(): void }\ndeclare const pool: { connect(): Promise<Client> };\nexport const f = async () => {\n  const client = await pool.connect();\n  const rows = await client.query("x");\n  return rows.length;\n};',
  ],
  good: [
    'declare const fs: { openSync(p: string): number; closeSync(fd: number): void };\nexport const f = (p: string) => {\n  const fd = fs.openSync(p);\n  fs.closeSync(fd);\n};',
    'declare const fs: { openSync(p: string): number };\nexport const f = (p: string) => {\n  const fd = fs.openSync(p);\n  return fd;\n};',
    'declare const fs: { openSync(p: string): number };\nexport class A {\n  fd = 0;\n  open(p: string) {\n    const fd = fs.openSync(p);\n    this.fd = fd;\n  }\n}',
    'declare const fs: { openSync(p: string): number };\ndeclare function own(o: { fd: number }): void;\nexport const f = (p: string) => {\n  const fd = fs.openSync(p);\n  own({ fd });\n};',
    'declare const fsp: { open(p: string): Promise<{ close(): Promise<void> }> };\nexport const f = async (p: string) => {\n  const file = await fsp.open(p);\n  try {\n    return 1;\n  } finally {\n    await file.close();\n  }\n};',
  ],
  check(node, look) {
    if (!look.ts.isVariableDeclaration(node) || !node.initializer || !look.ts.isIdentifier(node.name)) return;
    const opener = openerOf(look, node.initializer);
    const fn = enclosingFunction(look.ts, node);
    if (!opener || !fn?.body || isUsing(node)) return;
    const uses = usesOf(look, node.name, fn.body);
    if (uses.some((use) => leavesFunction(look, use) || closes(look, use, opener.closes))) return;
    look.report(
      node,
      `${node.name.text} is a ${opener.what} that nothing closes, and nobody else can: it stays open after the function. Close it in a finally.`,
    );
  },
};

const closeRemoved: SuspicionRule = {
  id: 'resource.close-removed',
  severity: 'warning',
  confidence: 'certain',
  title: 'A close, release or clear that the change took away while the opening stayed',
  bad: [
    {
      base: 'declare function connect(): { query(): number; close(): void };\nexport const f = () => {\n  const db = connect();\n  const n = db.query();\n  db.close();\n  return n;\n};',
      code: 'declare function connect(): { query(): number; close(): void };\nexport const f = () => {\n  const db = connect();\n  const n = db.query();\n  return n;\n};',
    },
    {
      base: 'export const f = (go: () => void) => {\n  const timer = setInterval(go, 5);\n  go();\n  clearInterval(timer);\n};',
      code: 'export const f = (go: () => void) => {\n  const timer = setInterval(go, 5);\n  go();\n};',
    },
  ],
  good: [
    {
      base: 'declare function connect(): { query(): number; close(): void };\nexport const f = () => {\n  const db = connect();\n  const n = db.query();\n  db.close();\n  return n;\n};',
      code: 'declare function connect(): { query(): number; close(): void };\nexport const f = () => {\n  const db = connect();\n  try {\n    return db.query();\n  } finally {\n    db.close();\n  }\n};',
    },
    {
      base: 'declare function connect(): { query(): number; close(): void };\nexport const f = () => {\n  const db = connect();\n  db.close();\n  return db;\n};',
      code: 'declare function connect(): { query(): number; close(): void };\nexport const f = () => {\n  const db = connect();\n  return db;\n};',
    },
  ],
  check(node, look) {
    if (!look.ts.isVariableDeclaration(node) || !node.initializer || !look.ts.isIdentifier(node.name) || !look.base)
      return;
    const fn = counterpartOf(look, node);
    const name = node.name.text;
    if (!fn?.now.body || isUsing(node)) return;
    const opened = some(
      look.ts,
      fn.before,
      (old) => look.ts.isVariableDeclaration(old) && textOf(old) === textOf(node),
    );
    const [gone] = closingTexts(look, fn.before, name);
    if (!opened || gone === undefined || closingTexts(look, fn.now, name).length > 0) return;
    if (usesOf(look, node.name, fn.now).some((use) => leavesFunction(look, use))) return;
    look.report(
      fn.now.body,
      `The change took away ${gone}, so ${name} stays open after this function. Put it back, in a finally.`,
    );
  },
};

const onlyCloseRemoved: SuspicionRule = {
  id: 'resource.only-close-removed',
  severity: 'warning',
  confidence: 'possible',
  title: 'A close, release or clear that is the only thing that a change took from a function',
  bad: [
    {
      base: 'interface Out { write(s: string): void; close(): void }\nexport const f = (out: Out) => {\n  out.write("a");\n  out.close();\n};',
      code: 'interface Out { write(s: string): void; close(): void }\nexport const f = (out: Out) => {\n  out.write("a");\n};',
    },
  ],
  good: [
    {
      base: 'interface Out { write(s: string): void; close(): void }\nexport const f = (out: Out) => {\n  out.write("a");\n  out.close();\n};',
      code: 'interface Out { write(s: string): void; close(): void }\nexport const f = (out: Out, more: string) => {\n  out.write("a");\n  out.write(more);\n};',
    },
    {
      base: 'interface Out { write(s: string): void; close(): void }\nexport const f = (out: Out) => {\n  out.close();\n};',
      code: 'interface Out { write(s: string): void; close(): void }\nexport const f = (out: Out) => {};',
    },
  ],
  check(node, look) {
    if (!look.base || !isFunction(look.ts, node) || !node.body) return;
    const pair = counterpartOf(look, node.body);
    if (pair?.now !== node) return;
    const [now, before] = [node, pair.before].map(textOf);
    if (now === undefined || before === undefined || now.length >= before.length) return;
    const gone = collect(look.ts, pair.before, look.ts.isExpressionStatement).find((statement) => {
      const text = textOf(statement);
      return CLOSING.test(text) && bareEnd(before.replace(text, '')) === bareEnd(now);
    });
    const [, name = ''] = (gone && CLOSING.exec(textOf(gone))) ?? [];
    if (!gone || name === '' || !some(look.ts, node.body, (use) => look.ts.isIdentifier(use) && use.text === name))
      return;
    look.report(
      node.body,
      `The change took away ${textOf(gone)} and nothing else: ${name} now stays open or keeps running. Put it back if that was not meant.`,
    );
  },
};

const effect: SuspicionRule = {
  id: 'resource.effect-cleanup',
  severity: 'warning',
  confidence: 'possible',
  title: 'A React effect that starts a timer or listens, and never stops',
  bad: [
    'declare function useEffect(f: () => void | (() => void), deps: unknown[]): void;\nexport const f = (tick: () => void) => {\n  useEffect(() => {\n    setInterval(tick, 1000);\n  }, [tick]);\n};',
    'declare function useEffect(f: () => void | (() => void), deps: unknown[]): void;\ndeclare const window: { addEventListener(n: string, f: () => void): void };\nexport const f = (tick: () => void) => {\n  useEffect(() => {\n    window.addEventListener("resize", tick);\n  }, [tick]);\n};',
  ],
  good: [
    'declare function useEffect(f: () => void | (() => void), deps: unknown[]): void;\nexport const f = (tick: () => void) => {\n  useEffect(() => {\n    const t = setInterval(tick, 1000);\n    return () => clearInterval(t);\n  }, [tick]);\n};',
    'declare function useEffect(f: () => void | (() => void), deps: unknown[]): void;\ndeclare const window: { addEventListener(n: string, f: () => void, o: object): void };\nexport const f = (tick: () => void, signal: AbortSignal) => {\n  useEffect(() => {\n    window.addEventListener("resize", tick, { signal });\n  }, [tick]);\n};',
  ],
  check(node, look) {
    if (!look.ts.isCallExpression(node) || !/^(?:React\.)?use(?:Layout)?Effect$/.test(textOf(node.expression))) return;
    const [callback] = node.arguments;
    if (!callback || !look.ts.isArrowFunction(callback) || !look.ts.isBlock(callback.body)) return;
    if (someOwn(look.ts, callback.body, (one) => look.ts.isReturnStatement(one) && one.expression !== undefined))
      return;
    const started = collect(look.ts, callback.body, look.ts.isCallExpression).find((call) => isStart(look, call));
    const stopped = /removeEventListener|clearInterval|once:|signal|\.off\(|unsubscribe/.test(textOf(callback.body));
    if (!started || stopped || look.ts.findAncestor(started, (up) => look.ts.isFunctionLike(up)) !== callback) return;
    look.report(
      started,
      `${textOf(started.expression)} starts again on every run of this effect and never stops. Return a function that undoes it.`,
    );
  },
};

export const RESOURCE_RULES: readonly SuspicionRule[] = [leaked, closeRemoved, onlyCloseRemoved, effect];

/** `x.close();` and its kind, or `clearTimeout(x);`: the name is what is closed. */
const CLOSING =
  /^(?:await )?(?:clear(?:Interval|Timeout)\()?(\w+)(?:\.\w+)*?(?:\??\.(?:close|release|destroy|dispose|end|unsubscribe|disconnect|terminate)\(\)|\));?$/;

/** Text without semicolons and spaces between statements, which an edit may leave or take. */
function bareEnd(text: string): string {
  return text
    .replace(/;/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{}]) ?/g, '$1')
    .trim();
}

function openerOf(look: Look, value: ts.Expression): (typeof OPENERS)[number] | null {
  const inner = bare(look.ts, value);
  const call = look.ts.isAwaitExpression(inner) ? bare(look.ts, inner.expression) : inner;
  if (!look.ts.isCallExpression(call)) return null;
  const callee = textOf(call.expression);
  const opener = OPENERS.find((one) => one.callee.test(callee));
  if (!opener) return null;
  // A bare open() is somebody's own function unless it gives something with a close.
  const named = callee.includes('.') || opener.what !== 'file' || callee.endsWith('Sync');
  return named || look.checker.getTypeAtLocation(value).getProperty('close') ? opener : null;
}

function isUsing(node: ts.VariableDeclaration): boolean {
  return /^(?:await )?using /.test(textOf(node.parent));
}

/** Returned, stored, captured by a function, put in an object or array, or given to something that may keep or close it. */
function leavesFunction(look: Look, use: ts.Identifier): boolean {
  const { ts: compiler } = look;
  const holder = wrapped(compiler, use).parent;
  if (compiler.isReturnStatement(holder) || compiler.isYieldExpression(holder) || compiler.isArrowFunction(holder))
    return true;
  if (
    compiler.isShorthandPropertyAssignment(holder) ||
    compiler.isPropertyAssignment(holder) ||
    compiler.isArrayLiteralExpression(holder) ||
    compiler.isSpreadElement(holder)
  )
    return true;
  if (
    compiler.isVariableDeclaration(holder) ||
    compiler.isConditionalExpression(holder) ||
    compiler.isAwaitExpression(holder)
  )
    return true;
  if (compiler.isBinaryExpression(holder)) return holder.right === wrapped(compiler, use);
  if (compiler.isNewExpression(holder)) return true;
  if (!compiler.isCallExpression(holder) || holder.expression === use) return isCaptured(look, use);
  return (
    !/(?:^|\.)(?:read|write|fstat|ftruncate|fsync|fchmod|futimes|append)\w*$/.test(textOf(holder.expression)) ||
    isCaptured(look, use)
  );
}

/** Used in a function below the one that opened it, which may run later. */
function isCaptured(look: Look, use: ts.Identifier): boolean {
  const declaration = look.checker.getSymbolAtLocation(use)?.valueDeclaration;
  return declaration !== undefined && enclosingFunction(look.ts, use) !== enclosingFunction(look.ts, declaration);
}

function closes(look: Look, use: ts.Identifier, by: RegExp): boolean {
  const holder = wrapped(look.ts, use).parent;
  if (look.ts.isPropertyAccessExpression(holder) || look.ts.isElementAccessExpression(holder))
    return by.test(textOf(holder));
  return look.ts.isCallExpression(holder) && by.test(textOf(holder.expression));
}

function closingTexts(look: Look, within: ts.Node, name: string): readonly string[] {
  return collect(look.ts, within, look.ts.isCallExpression).flatMap((call) => {
    const callee = textOf(call.expression);
    const own = new RegExp(
      `^${name.replace(/\$/g, '\\$')}\\??\\.(?:close|release|destroy|dispose|end|disconnect|unsubscribe|terminate|stop|unref|kill|quit|cleanup|abort)$`,
    ).test(callee);
    const given =
      /(?:^|\.)(?:clear(?:Interval|Timeout)|closeSync|close|release)$/.test(callee) &&
      call.arguments.some((argument) => textOf(argument) === name);
    return own || given ? [textOf(call)] : [];
  });
}

function isStart(look: Look, call: ts.CallExpression): boolean {
  const callee = textOf(call.expression);
  if (/^(?:window\.|globalThis\.)?setInterval$/.test(callee)) return true;
  const listens = /^(?:window|document|globalThis)\.addEventListener$/.test(callee);
  return listens && call.arguments.length === 2 && look.ts.isExpressionStatement(call.parent);
}
