import type ts from 'typescript';
import { counterpartOf } from '../before.ts';
import type { Look, SuspicionRule } from '../rule.ts';
import { bare, collect, enclosingFunction, hasComment, leaves, some, textOf, usesOf } from '../syntax.ts';
import { isUnclear } from '../types.ts';

const KINDS = 'type Kind = "a" | "b" | "c" | "d";\n';

const missingCase: SuspicionRule = {
  id: 'switch.missing-case',
  severity: 'warning',
  confidence: 'possible',
  title: 'A switch over a union or an enum that leaves out one member',
  bad: [
    `${KINDS}export const f = (kind: Kind) => {\n  switch (kind) {\n    case "a": return 1;\n    case "b": return 2;\n    case "c": return 3;\n  }\n};`,
    'enum Level { Low, Mid, High }\nexport const f = (level: Level) => {\n  let n = 0;\n  switch (level) {\n    case Level.Low: n = 1; break;\n    case Level.High: n = 3; break;\n  }\n  return n;\n};',
  ],
  good: [
    `${KINDS}export const f = (kind: Kind) => {\n  switch (kind) {\n    case "a": return 1;\n    case "b": return 2;\n    default: return 3;\n  }\n};`,
    `${KINDS}export const f = (kind: Kind) => {\n  switch (kind) {\n    case "a": return 1;\n  }\n  return 0;\n};`,
    `${KINDS}export const f = (kind: Kind) => {\n  switch (kind) {\n    case "a": return 1;\n    case "b": return 2;\n    case "c": return 3;\n    case "d": return 4;\n  }\n};`,
    `${KINDS}export const f = (kind: Kind) => {\n  switch (kind) {\n    case "a": return 1;\n    case "b": return 2;\n    case "c": return 3;\n  }\n  return 0;\n};`,
  ],
  check(node, look) {
    if (!look.ts.isSwitchStatement(node)) return;
    const clauses = node.caseBlock.clauses;
    if (clauses.some((clause) => look.ts.isDefaultClause(clause))) return;
    const type = look.checker.getTypeAtLocation(node.expression);
    const members = type.isUnion() ? type.types : [];
    if (members.length < 3 || !members.every((member) => isMember(look, member))) return;
    const named = new Set(
      clauses.flatMap((clause) =>
        look.ts.isCaseClause(clause)
          ? [look.checker.typeToString(look.checker.getTypeAtLocation(clause.expression))]
          : [],
      ),
    );
    const missing = members.map((member) => look.checker.typeToString(member)).filter((name) => !named.has(name));
    if (missing.length !== 1 || hasRestAfter(look, node)) return;
    const [name = ''] = missing;
    look.report(
      { start: node.getStart(look.source), end: node.caseBlock.getStart(look.source) },
      `${name} is left out: for it nothing here happens. Add its case, or a default that says so.`,
    );
  },
};

const caseRemoved: SuspicionRule = {
  id: 'switch.case-removed',
  severity: 'warning',
  confidence: 'possible',
  title: 'A case that the change took away although its value still exists',
  bad: [
    {
      base: `${KINDS}export const f = (kind: Kind) => {\n  switch (kind) {\n    case "a": return 1;\n    case "b": return 2;\n    default: return 0;\n  }\n};`,
      code: `${KINDS}export const f = (kind: Kind) => {\n  switch (kind) {\n    case "a": return 1;\n    default: return 0;\n  }\n};`,
    },
  ],
  good: [
    {
      base: `${KINDS}export const f = (kind: Kind) => {\n  switch (kind) {\n    case "a": return 1;\n    case "x": return 2;\n    default: return 0;\n  }\n};`,
      code: `${KINDS}export const f = (kind: Kind) => {\n  switch (kind) {\n    case "a": return 1;\n    default: return 0;\n  }\n};`,
    },
    {
      base: `${KINDS}export const f = (kind: Kind) => {\n  switch (kind) {\n    case "a": return 1;\n    case "b": return 2;\n    default: return 0;\n  }\n};`,
      code: `${KINDS}export const f = (kind: Kind) => {\n  if (kind === "b") return 2;\n  switch (kind) {\n    case "a": return 1;\n    default: return 0;\n  }\n};`,
    },
  ],
  check(node, look) {
    if (!look.ts.isSwitchStatement(node) || !look.base) return;
    const before = switchBefore(look, node);
    const fn = enclosingFunction(look.ts, node);
    if (!before || !fn) return;
    const now = caseTexts(look, node);
    const gone = caseTexts(look, before).filter((text) => !now.includes(text));
    const type = look.checker.getTypeAtLocation(node.expression);
    const values = type.isUnion() ? type.types.map((member) => look.checker.typeToString(member)) : [];
    const stillThere = gone.filter((text) => values.includes(text) || values.includes(`"${text.slice(1, -1)}"`));
    const [name] = stillThere;
    if (gone.length !== 1 || name === undefined || textOf(fn).includes(name)) return;
    look.report(
      node.caseBlock,
      `The change took away the case ${name}, which the value can still be. Put it back, or say in default what happens to it.`,
    );
  },
};

const fallthrough: SuspicionRule = {
  id: 'switch.falls-through',
  severity: 'warning',
  confidence: 'possible',
  title: 'A case that runs on into the next one',
  bad: [
    'export const f = (kind: string) => {\n  let n = 0;\n  switch (kind) {\n    case "a":\n      n = 1;\n    case "b":\n      n = 2;\n      break;\n  }\n  return n;\n};',
  ],
  good: [
    'export const f = (kind: string) => {\n  let n = 0;\n  switch (kind) {\n    case "a":\n    case "b":\n      n = 2;\n      break;\n  }\n  return n;\n};',
    'export const f = (kind: string) => {\n  let n = 0;\n  switch (kind) {\n    case "a":\n      n = 1;\n    // falls through\n    case "b":\n      n += 2;\n      break;\n  }\n  return n;\n};',
    'export const f = (kind: string, stop: () => never) => {\n  let n = 0;\n  switch (kind) {\n    case "a":\n      stop();\n    case "b":\n      n += 2;\n  }\n  return n;\n};',
  ],
  check(node, look) {
    if (!look.ts.isCaseClause(node) && !look.ts.isDefaultClause(node)) return;
    const clauses = node.parent.clauses;
    const next = clauses[clauses.indexOf(node) + 1];
    const last = node.statements.at(-1);
    if (!next || !last || endsFlow(look, last) || next.statements.length === 0) return;
    if (/fall|pass.?through|no.?break/i.test(look.source.text.slice(node.getStart(), next.getStart() + 1))) return;
    const switchNode = node.parent.parent;
    const before = look.base && switchBefore(look, switchNode);
    const habit = clauses.filter(
      (clause) =>
        clause.statements.length > 0 && clause !== clauses.at(-1) && !endsFlow(look, clause.statements.at(-1)),
    ).length;
    if (!before && habit > 1) return;
    look.report(
      { start: node.getStart(look.source), end: next.getStart(look.source) + 4 },
      `${look.ts.isCaseClause(node) ? textOf(node.expression) : 'default'} runs on into the next case because nothing ends it. Add break, or the comment "falls through".`,
    );
  },
};

const branches: SuspicionRule = {
  id: 'branch.same',
  severity: 'warning',
  confidence: 'certain',
  title: 'Both branches do the same',
  bad: [
    'export const f = (a: boolean) => (a ? "left" : "left");',
    'export const f = (a: boolean, g: (n: number) => void) => {\n  if (a) {\n    g(1);\n  } else {\n    g(1);\n  }\n};',
  ],
  good: [
    'export const f = (a: boolean) => (a ? "left" : "right");',
    'export const f = (a: boolean, b: boolean, g: () => void) => {\n  if (a) {\n    g();\n  } else if (b) {\n    g();\n  }\n};',
    'export const f = (a: boolean, g: () => void) => {\n  if (a) {\n    // needs a reason\n    g();\n  } else {\n    g();\n  }\n};',
  ],
  check(node, look) {
    if (look.ts.isConditionalExpression(node)) {
      if (textOf(bare(look.ts, node.whenTrue)) !== textOf(bare(look.ts, node.whenFalse)) || hasComment(look, node))
        return;
      look.report(
        node,
        'Both sides of : are the same, so the question makes no difference. One was probably meant to be something else.',
      );
    } else if (
      look.ts.isIfStatement(node) &&
      node.elseStatement &&
      !look.ts.isIfStatement(node.elseStatement) &&
      !look.ts.isIfStatement(node.parent)
    ) {
      const [yes, no] = [node.thenStatement, node.elseStatement].map(textOf);
      if (yes !== no || yes === '{}' || /\/[/*]/.test(node.getText())) return;
      look.report(
        { start: node.getStart(look.source), end: node.thenStatement.getStart(look.source) + 1 },
        'Both branches do the same, so the question makes no difference. One was probably meant to do something else.',
      );
    }
  },
};

const lost: SuspicionRule = {
  id: 'error.lost',
  severity: 'warning',
  confidence: 'possible',
  title: 'A failure that is caught and lost',
  bad: [
    'export const f = (s: string) => {\n  try {\n    return JSON.parse(s) as unknown;\n  } catch (error) {}\n};',
    'declare function send(s: string): Promise<void>;\nexport const f = async (all: string[]) => {\n  for (const one of all) {\n    try {\n      await send(one);\n    } catch {}\n  }\n};',
    {
      base: 'declare function save(): void;\nexport const f = () => {\n  try {\n    save();\n  } catch (error) {\n    console.error(error);\n    throw error;\n  }\n  return true;\n};',
      code: 'declare function save(): void;\nexport const f = () => {\n  try {\n    save();\n  } catch (error) {\n    return false;\n  }\n  return true;\n};',
    },
  ],
  good: [
    'export const f = (s: string) => {\n  try {\n    return JSON.parse(s) as unknown;\n  } catch {\n    return null;\n  }\n};',
    'export const f = (s: string) => {\n  try {\n    return JSON.parse(s) as unknown;\n  } catch (error) {\n    // not JSON: the caller takes the text\n  }\n};',
    'export const f = (s: string) => {\n  try {\n    return JSON.parse(s) as unknown;\n  } catch (_error) {}\n};',
    'declare function close(): void;\nexport const f = () => {\n  try {\n    close();\n  } catch {}\n};',
    'declare const file: { close(): Promise<void> };\nexport const f = async () => {\n  try {\n    await file.close();\n  } catch {}\n};',
    'declare function send(s: string): Promise<void>;\nexport const f = async (s: string) => {\n  try {\n    await send(s);\n  } catch {\n    // whoever listens hears the next one\n  }\n};',
  ],
  check(node, look) {
    if (!look.ts.isCatchClause(node)) return;
    const name = node.variableDeclaration?.name;
    const emptied = node.block.statements.length === 0 && !/\S/.test(node.block.getText().slice(1, -1));
    const at = { start: node.getStart(look.source), end: node.block.getStart(look.source) + 1 };
    if (!name && emptied && waitsForWork(look, node.parent.tryBlock))
      look.report(
        at,
        'What goes wrong in this try leaves no trace. Handle it, note it down, or say in a comment why it does not matter.',
      );
    if (
      !name ||
      !look.ts.isIdentifier(name) ||
      /^(?:_|ignore|expected)/i.test(name.text) ||
      usesOf(look, name, node.block).length > 0
    )
      return;
    if (emptied || (look.base && handledBefore(look, node))) {
      look.report(
        at,
        `What goes wrong in this try is lost: ${name.text} is never looked at. Handle it, pass it on, or say in a comment why it does not matter.`,
      );
    }
  },
};

/** Tidying up and looking whether something is there: that these fail is often the same as that they work. */
const MAY_FAIL =
  /^(?:close|end|dispose|destroy|release|unlock|unlink|rm|rmdir|remove|delete|clean\w*|clear|cancel|abort|kill|stop|stat|lstat|access|mkdir|exists|read\w*|import|resolve)/i;

/** Waits in there for something that one wants to know the end of. */
function waitsForWork(look: Look, block: ts.Block): boolean {
  return some(look.ts, block, (part) => {
    if (!look.ts.isAwaitExpression(part) || !look.ts.isCallExpression(part.expression)) return false;
    const { expression } = part.expression;
    const name = look.ts.isPropertyAccessExpression(expression) ? expression.name : expression;
    return !MAY_FAIL.test(name.getText(look.source));
  });
}

const ignored: SuspicionRule = {
  id: 'error.callback-ignored',
  severity: 'warning',
  confidence: 'possible',
  title: 'A callback that uses the data and never looks at the error',
  bad: [
    'declare function read(f: string, cb: (err: Error | null, data: string) => void): void;\nexport const f = (done: (s: string) => void) => {\n  read("a", (err, data) => {\n    done(data.trim());\n  });\n};',
  ],
  good: [
    'declare function read(f: string, cb: (err: Error | null, data: string) => void): void;\nexport const f = (done: (s: string) => void) => {\n  read("a", (err, data) => {\n    if (err) throw err;\n    done(data);\n  });\n};',
    'declare function read(f: string, cb: (err: Error | null, data: string) => void): void;\nexport const f = (done: (s: string) => void) => {\n  read("a", (_err, data) => {\n    done(data);\n  });\n};',
    'export const f = (err: Error, data: string) => data;',
  ],
  check(node, look) {
    if (!look.ts.isArrowFunction(node) && !look.ts.isFunctionExpression(node)) return;
    const [first, second] = node.parameters;
    if (
      !first ||
      !second ||
      !look.ts.isIdentifier(first.name) ||
      !look.ts.isIdentifier(second.name) ||
      !look.ts.isCallExpression(node.parent)
    )
      return;
    if (
      !/^(?:err|error)$/.test(first.name.text) ||
      usesOf(look, first.name, node.body).length > 0 ||
      usesOf(look, second.name, node.body).length === 0
    )
      return;
    const type = look.checker.getTypeAtLocation(first.name);
    if (
      !isUnclear(look, type) &&
      !(type.isUnion() && type.types.some((part) => /Error|Exception/.test(look.checker.typeToString(part))))
    )
      return;
    if (isUnclear(look, type) && !look.javascript) return;
    look.report(
      first,
      `When this fails, ${first.name.text} says why and ${second.name.text} is missing, but only ${second.name.text} is used. Look at ${first.name.text} first, or name it _${first.name.text}.`,
    );
  },
};

const notThrown: SuspicionRule = {
  id: 'error.not-thrown',
  severity: 'error',
  confidence: 'certain',
  title: 'A throw that the change took away, or an error made and not thrown',
  bad: [
    'export const f = (n: number) => {\n  if (n < 0) new Error("negative");\n  return n;\n};',
    'class Bad extends Error {}\nexport const f = (n: number) => {\n  if (n < 0) new Bad("negative");\n  return n;\n};',
  ],
  good: [
    'export const f = (n: number) => {\n  if (n < 0) throw new Error("negative");\n  return n;\n};',
    'class Timer {}\nexport const f = () => {\n  new Timer();\n};',
  ],
  check(node, look) {
    if (!look.ts.isExpressionStatement(node)) return;
    const made = bare(look.ts, node.expression);
    if (!look.ts.isNewExpression(made)) return;
    const type = look.checker.getTypeAtLocation(made);
    const isError =
      type.getProperty('message') !== undefined &&
      (type.getProperty('stack') !== undefined || type.getSymbol()?.name === 'Error');
    if (isError)
      look.report(
        node,
        'This error is made and dropped, so the code goes on as if all were well. Write throw in front.',
      );
  },
};

const sameCondition: SuspicionRule = {
  id: 'branch.return-removed',
  severity: 'warning',
  confidence: 'possible',
  title: 'An early return that the change took away: the code below now runs too',
  bad: [
    {
      base: 'export const f = (user: string | undefined, send: (n: number) => void) => {\n  if (!user) {\n    send(404);\n    return;\n  }\n  send(200);\n};',
      code: 'export const f = (user: string | undefined, send: (n: number) => void) => {\n  if (!user) {\n    send(404);\n  }\n  send(200);\n};',
    },
  ],
  good: [
    {
      base: 'export const f = (user: string | undefined, send: (n: number) => void) => {\n  if (!user) {\n    send(404);\n    return;\n  }\n  send(200);\n};',
      code: 'export const f = (user: string | undefined, send: (n: number) => void) => {\n  if (!user) {\n    send(404);\n  } else {\n    send(200);\n  }\n};',
    },
    'export const f = (user: string | undefined, send: (n: number) => void) => {\n  if (!user) {\n    send(404);\n  }\n  send(200);\n};',
  ],
  check(node, look) {
    if (!look.ts.isIfStatement(node) || !look.base || node.elseStatement || leaves(look.ts, node.thenStatement)) return;
    const before = counterpartOf(look, node)?.before;
    const wanted = textOf(node.expression);
    if (!before) return;
    const old = collect(look.ts, before, look.ts.isIfStatement).filter((one) => textOf(one.expression) === wanted);
    const [only] = old;
    if (old.length !== 1 || !only || only.elseStatement || !leaves(look.ts, only.thenStatement)) return;
    const body = statementsOf(look, node.thenStatement);
    const oldBody = statementsOf(look, only.thenStatement);
    if (body.length === 0 || body.join('\n') !== oldBody.slice(0, -1).join('\n') || !isFollowed(look, node)) return;
    look.report(
      node,
      `The change took away ${oldBody.at(-1) ?? 'return'} at the end of this branch, so the code below now runs as well. Put it back, or use else.`,
    );
  },
};

export const FLOW_RULES: readonly SuspicionRule[] = [
  missingCase,
  caseRemoved,
  fallthrough,
  branches,
  lost,
  ignored,
  notThrown,
  sameCondition,
];

function isMember(look: Look, type: ts.Type): boolean {
  return type.isStringLiteral() || type.isNumberLiteral() || (type.flags & look.ts.TypeFlags.EnumLiteral) !== 0;
}

/** What follows the switch takes the rest: a return or throw right behind it. */
function hasRestAfter(look: Look, node: ts.SwitchStatement): boolean {
  const holder = node.parent;
  if (!look.ts.isBlock(holder) && !look.ts.isSourceFile(holder)) return false;
  const next = holder.statements[holder.statements.indexOf(node) + 1];
  const allLeave = node.caseBlock.clauses.every(
    (clause) =>
      clause.statements.length === 0 ||
      (endsFlow(look, clause.statements.at(-1)) && !look.ts.isBreakStatement(lastOf(look, clause) ?? clause)),
  );
  return next !== undefined && allLeave;
}

function lastOf(look: Look, clause: ts.CaseOrDefaultClause): ts.Statement | undefined {
  const last = clause.statements.at(-1);
  return last && look.ts.isBlock(last) ? last.statements.at(-1) : last;
}

function switchBefore(look: Look, node: ts.SwitchStatement): ts.SwitchStatement | null {
  const before = counterpartOf(look, node)?.before;
  if (!before) return null;
  const wanted = textOf(node.expression);
  const all = collect(look.ts, before, look.ts.isSwitchStatement).filter((one) => textOf(one.expression) === wanted);
  return all.length === 1 ? (all[0] ?? null) : null;
}

function caseTexts(look: Look, node: ts.SwitchStatement): readonly string[] {
  return node.caseBlock.clauses.flatMap((clause) => (look.ts.isCaseClause(clause) ? [textOf(clause.expression)] : []));
}

function endsFlow(look: Look, statement: ts.Statement | undefined): boolean {
  if (!statement) return false;
  if (leaves(look.ts, statement)) return true;
  if (look.ts.isBlock(statement)) return endsFlow(look, statement.statements.at(-1));
  if (look.ts.isTryStatement(statement)) {
    return (
      (statement.finallyBlock ? endsFlow(look, statement.finallyBlock) : false) ||
      (endsFlow(look, statement.tryBlock) && (!statement.catchClause || endsFlow(look, statement.catchClause.block)))
    );
  }
  if (look.ts.isIfStatement(statement))
    return (
      statement.elseStatement !== undefined &&
      endsFlow(look, statement.thenStatement) &&
      endsFlow(look, statement.elseStatement)
    );
  if (look.ts.isSwitchStatement(statement))
    return statement.caseBlock.clauses.some((clause) => look.ts.isDefaultClause(clause));
  if (look.ts.isIterationStatement(statement, false))
    return (
      !look.ts.isForOfStatement(statement) &&
      !look.ts.isForInStatement(statement) &&
      /^(?:while\(true\)|for\(;;\))/.test(textOf(statement))
    );
  if (!look.ts.isExpressionStatement(statement)) return false;
  const value = bare(look.ts, statement.expression);
  return (
    look.ts.isCallExpression(value) &&
    ((look.checker.getTypeAtLocation(value).flags & look.ts.TypeFlags.Never) !== 0 ||
      /^process\.exit$/.test(textOf(value.expression)))
  );
}

/** The same try's catch used its error, or passed it on, before the change. */
function handledBefore(look: Look, node: ts.CatchClause): boolean {
  const before = counterpartOf(look, node)?.before;
  if (!before) return false;
  const tried = textOf(node.parent.tryBlock);
  return collect(look.ts, before, look.ts.isTryStatement).some((old) => {
    const name = old.catchClause?.variableDeclaration?.name;
    if (!old.catchClause || !name || !look.ts.isIdentifier(name) || textOf(old.tryBlock) !== tried) return false;
    return some(look.ts, old.catchClause.block, (use) => look.ts.isIdentifier(use) && use.text === name.text);
  });
}

function statementsOf(look: Look, statement: ts.Statement): readonly string[] {
  return look.ts.isBlock(statement) ? statement.statements.map(textOf) : [textOf(statement)];
}

function isFollowed(look: Look, node: ts.Statement): boolean {
  const holder = node.parent;
  return look.ts.isBlock(holder) && holder.statements.at(-1) !== node;
}
