import ts from 'typescript';
import { seedCallback } from './callbacks.ts';
import {
  clearedBy,
  clearedByReplace,
  ENDS,
  METHOD_ENDS,
  METHOD_PASSES_ON,
  METHOD_STRINGS,
  PASSES_ON,
} from './flow-tables.ts';
import { requiredModule } from './imports.ts';
import type { CallFacts, Machine, Place } from './machine.ts';
import { requestCall, sourceCall } from './sources.ts';
import { cleared, HOLE, joinTaint, joinValues, taintOf, UNKNOWN_VALUE, type Value } from './value.ts';

/** What a call gives back; on the way the rules hear of it and callbacks are followed. */
export function evaluateCall(machine: Machine, node: ts.CallExpression | ts.NewExpression, place: Place): Value {
  const receiver = ts.isPropertyAccessExpression(node.expression)
    ? machine.expression(node.expression.expression, place)
    : UNKNOWN_VALUE;
  const callee = ts.isPropertyAccessExpression(node.expression)
    ? machine.member(receiver, node.expression.name.text, node.expression)
    : machine.expression(node.expression, place);
  const args = argumentValues(machine, node, place);
  const api = callee.api ?? '?';
  const facts: CallFacts = {
    node,
    api,
    name: api.slice(api.lastIndexOf('.') + 1).replace(/^\?/, ''),
    receiver,
    callee,
    args,
    place,
  };
  machine.listener.call(facts);
  const followed = followCallbacks(machine, facts);
  const made = result(machine, facts);
  return { api: `${api}()`, ...(followed ?? made) };
}

function argumentValues(machine: Machine, node: ts.CallExpression | ts.NewExpression, place: Place): readonly Value[] {
  return (node.arguments ?? []).flatMap((argument) => {
    const value = machine.expression(argument, place);
    return ts.isSpreadElement(argument) && value.members && !value.taint ? [...value.members.values()] : [value];
  });
}

/** Functions handed over: called with what the receiver holds, or met as handlers. Null when the call's result is not theirs. */
function followCallbacks(machine: Machine, facts: CallFacts): Value | null {
  let outcome: Value | null = null;
  facts.args.forEach((arg) => {
    const { closure } = arg;
    if (!closure) return;
    const seed = seedCallback(facts);
    if (seed.asHandler) machine.meet(closure, true);
    if (!seed.args) return;
    const returned = machine.invoke(closure, seed.args, { place: facts.place, self: closure.self });
    if (seed.givesResult && returned)
      outcome = seed.isList ? { taint: taintOf(returned), text: returned.text } : returned;
    else if (seed.keepsReceiver) outcome = { taint: taintOf(facts.receiver) };
  });
  return outcome;
}

function result(machine: Machine, facts: CallFacts): Value {
  const { node, api, name, receiver, callee, args, place } = facts;
  const [first] = args;
  const required = requiredModule(node, first, (specifier) => machine.module(specifier, node));
  if (required) return required;
  if (callee.closure && !callee.taint) return ownFunction(machine, facts);
  if (ts.isNewExpression(node) && callee.members) return { members: callee.members };
  const source = requestCall(api, first, shortText(node)) ?? sourceCall(api, shortText(node));
  if (source) return source;
  if (/^(?:util\.)?promisify$|^util\.promisify$|^bluebird\.promisify$/.test(api) || name === 'bind')
    return name === 'bind' ? { ...receiver } : { ...first };
  if (ENDS.test(api) || ENDS.test(name)) return UNKNOWN_VALUE;
  const taint = taintOf(receiver);
  if (name === 'replace' || name === 'replaceAll') return replaced(facts);
  // A text that matched a whole pattern is what the pattern says.
  if (name === 'match' && /^\/\^.*\$\/\w*$/.test(first?.pattern ?? '')) return UNKNOWN_VALUE;
  const kinds = clearedBy(api);
  if (kinds.length > 0) return cleared(first && taintOf(first) ? first : receiver, kinds);
  if (isSchemaCheck(facts)) return checkedBySchema(facts);
  if (PASSES_ON.test(api)) return passedOn(facts);
  if (METHOD_PASSES_ON.test(name))
    return { taint: asString([receiver, ...args]), text: name === 'concat' || name === 'join' ? HOLE : undefined };
  if (taint && !METHOD_ENDS.test(name)) return methodOfTainted(facts);
  if (name === 'push' || name === 'unshift' || name === 'append') grow(machine, facts, place);
  return receiver.role === 'response' || callee.role === 'response'
    ? { role: 'response', api: `${api}()` }
    : roleOfCall(api);
}

function roleOfCall(api: string): Value {
  return /createHmac\(\).*\.digest$/.test(api) ? { isDigest: true } : UNKNOWN_VALUE;
}

function ownFunction(machine: Machine, { node, api, callee, receiver, args, place }: CallFacts): Value {
  const { closure } = callee;
  if (!closure) return UNKNOWN_VALUE;
  const isFunction = ts.isNewExpression(node) && !ts.isConstructorDeclaration(closure.node);
  const made: Value | undefined = isFunction ? { members: new Map(), api: '?this' } : closure.self;
  const self = ts.isNewExpression(node) ? made : receiver.members ? receiver : closure.self;
  const returned = machine.invoke(closure, args, { place, self }) ?? { taint: undefined };
  if (ts.isNewExpression(node)) return { members: made?.members };
  const kinds = clearedBy(api);
  return kinds.length > 0 ? cleared(returned, kinds) : returned;
}

function methodOfTainted({ receiver, name, node }: CallFacts): Value {
  const taint = taintOf(receiver);
  if (!taint) return UNKNOWN_VALUE;
  if (METHOD_STRINGS.test(name)) {
    const keepsText = /^(?:toString|trim|trimStart|trimEnd|toLowerCase|toUpperCase|normalize)$/.test(name);
    return {
      taint: { ...taint, isString: true, isContainer: name === 'split' },
      text: keepsText ? receiver.text : HOLE,
    };
  }
  const key =
    name === 'get' || name === 'getAll' ? `.${(node.arguments?.[0]?.getText() ?? '').replace(/\W/g, '')}` : '';
  const origins = key ? new Set([...taint.origins].map((origin) => origin + key)) : taint.origins;
  return {
    taint: {
      ...taint,
      origins,
      isContainer: taint.isContainer && !key,
      label: key ? shortText(node) || taint.label : taint.label,
    },
    ...(key ? { text: HOLE } : {}),
  };
}

function replaced({ receiver, args }: CallFacts): Value {
  const [pattern, replacement] = args;
  const value: Value = {
    taint: joinTaint(taintOf(receiver), replacement && !replacement.closure ? taintOf(replacement) : undefined),
    text: receiver.text,
  };
  if (!value.taint) return value;
  const text = replacement && taintOf(replacement) ? `${receiver.text ?? ''}${HOLE}` : receiver.text;
  const whole = { ...value, text };
  return pattern?.pattern
    ? cleared(whole, clearedByReplace(pattern.pattern))
    : { ...whole, taint: { ...value.taint, isString: true, isContainer: false } };
}

function passedOn({ api, args }: CallFacts): Value {
  const [first] = args;
  if (/^(?:path|url\.resolve|util\.format)/.test(api)) {
    return {
      taint: asString(args),
      text: args.map((arg) => arg.text ?? (taintOf(arg) ? HOLE : '\u0001')).join(api.startsWith('path') ? '/' : ''),
    };
  }
  if (/URL$/.test(api)) {
    const taint = taintOf(first ?? UNKNOWN_VALUE);
    const isRelative = args.length > 1;
    return {
      taint: taint && { ...taint, isString: true, isContainer: false },
      text: isRelative ? `\u0001${first?.text ?? HOLE}` : (first?.text ?? HOLE),
    };
  }
  const taint = args.reduce<Value['taint']>((all, arg) => joinTaint(all, taintOf(arg)), undefined);
  if (api === 'JSON.parse') return { taint: taint && { ...taint, isString: false, isContainer: true } };
  if (/^(?:String|JSON\.stringify)$/.test(api))
    return { taint: taint && { ...taint, isString: true, isContainer: false }, text: first?.text };
  return {
    taint,
    ...((args.length === 1 || api === 'Buffer.from') && first?.text !== undefined ? { text: first.text } : {}),
    members: api.startsWith('Promise') ? first?.members : undefined,
  };
}

const asString = (values: readonly Value[]): Value['taint'] => {
  const taint = values.reduce<Value['taint']>((all, value) => joinTaint(all, taintOf(value)), undefined);
  return taint && { ...taint, isString: true, isContainer: false };
};

/** `schema.parse(req.body)`: zod, valibot, joi, yup, ajv. */
function isSchemaCheck({ name, receiver, args, api }: CallFacts): boolean {
  if (
    !/^(?:parse|parseAsync|validate|validateAsync|validateSync|safeParse|safeParseAsync|cast|attempt|assert)$/.test(
      name,
    )
  )
    return false;
  const [first] = args;
  return (
    !taintOf(receiver) &&
    first !== undefined &&
    taintOf(first) !== undefined &&
    !/^(?:JSON|url|qs|querystring|path|yaml|js-yaml|libxmljs\w*|xml2js|cookie|csv\w*|bodyParser|marked)\b/.test(api)
  );
}

const EXACT_SCHEMA =
  /\.(?:uuid|guid|enum|email|regex|url|datetime|cuid2?|ulid|nanoid|int|number|literal|pattern|valid|alphanum|hex|integer|boolean|oneOf)\(/;

/** A schema says what a value looks like: exact ones make it safe, `z.string()` only makes it a string. */
function checkedBySchema({ node, args }: CallFacts): Value {
  const [first] = args;
  const taint = taintOf(first ?? UNKNOWN_VALUE);
  if (!taint || !ts.isPropertyAccessExpression(node.expression)) return UNKNOWN_VALUE;
  const schema = schemaText(node.expression.expression);
  if (schema === null || EXACT_SCHEMA.test(schema)) return UNKNOWN_VALUE;
  const value: Value = {
    taint: { ...taint, isString: true, isContainer: true, cleared: new Set([...taint.cleared, 'nosql', 'prototype']) },
  };
  const members = new Map([
    ['data', value],
    ['value', value],
  ]);
  return /^safe|^validate$/.test(node.expression.name.text) ? { ...value, members } : value;
}

/** The schema's own text when it stands in this file; null when it comes from elsewhere. */
function schemaText(node: ts.Expression): string | null {
  if (!ts.isIdentifier(node)) return node.getText();
  for (let at: ts.Node = node; at.parent; at = at.parent) {
    if (!ts.isBlock(at) && !ts.isSourceFile(at)) continue;
    for (const statement of at.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      const found = statement.declarationList.declarations.find((one) => one.name.getText() === node.text);
      if (found) return found.getText();
    }
  }
  return null;
}

/** `list.push(x)`, `params.append('k', x)`: the receiver holds it from now on. */
function grow(machine: Machine, { node, receiver, args }: CallFacts, place: Place): void {
  if (!ts.isPropertyAccessExpression(node.expression)) return;
  const taint = args.reduce<Value['taint']>((all, arg) => joinTaint(all, taintOf(arg)), undefined);
  if (!taint || receiver.role) return;
  machine.assign(node.expression.expression, joinValues({ ...receiver }, { taint }), place);
}

function shortText(node: ts.Node): string {
  const text = node.getText();
  return text.length <= 40 && !text.includes('\n') ? text : '';
}
