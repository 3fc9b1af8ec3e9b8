import ts from 'typescript';
import type { ParsedSource } from '../../../../workspace/parsed-source.ts';
import type { Modules } from '../modules.ts';
import { evaluateCall } from './calls.ts';
import { evaluate, memberOf, propertyName } from './expressions.ts';
import { bindImports, exportsOf, type ModuleScope } from './imports.ts';
import { withoutParentheses, type Listener, type Machine, type Place } from './machine.ts';
import { parameterSeed, tainted } from './sources.ts';
import { runStatements } from './statements.ts';
import { commit, declare, newFrame, newState, read, resolve } from './state.ts';
import { joinTaint, joinValues, taintOf, UNKNOWN_VALUE, type Closure, type Value } from './value.ts';

/** Nodes looked at per file before giving up: a 2 MB bundle takes about a million. */
const MAX_STEPS = 1_500_000;
/** Functions within functions; deeper calls give something unknown. */
const MAX_DEPTH = 8;
/** Times one function is followed with arguments of its own. */
const MAX_VISITS = 24;

export interface Followed {
  /** False when the budget was spent before the end. */
  readonly isComplete: boolean;
}

/**
 * Follows the values of one file through its functions and tells the listener what is called, assigned and compared with what.
 * Every function is looked at once by itself, and again wherever it is called with something known. Functions of other files
 * are followed where this file calls them.
 */
export function followFile(parsed: ParsedSource, listener: Listener, modules: Modules): Followed {
  const waiting = new Map<ts.Node, { readonly closure: Closure; asHandler: boolean }>();
  const visits = new Map<ts.Node, number>();
  const plainResults = new Map<ts.Node, Value>();
  const active: ts.Node[] = [];
  const exported = new Map<string, Value>();
  let steps = 0;

  const machine: Machine = {
    listener,
    expression: (node, place) => evaluate(machine, node, place),
    statements: (nodes, place) => {
      runStatements(machine, nodes, place);
    },
    call: (node, place) => evaluateCall(machine, node, place),
    member: memberOf,
    step: () => (steps += 1) <= MAX_STEPS,
    module(specifier, from) {
      const found = modules.find(from.getSourceFile().fileName, specifier);
      return found && exportsOfModule(found);
    },
    meet(closure, asHandler = false) {
      // Functions of other files are looked at by themselves when those files are.
      if (closure.node.getSourceFile() !== parsed.source) return;
      const known = waiting.get(closure.node);
      if (known) known.asHandler ||= asHandler;
      else waiting.set(closure.node, { closure, asHandler });
    },
    bind: (name, value, place) => {
      bindName(machine, name, { value, place });
    },
    assign: (target, value, place) => {
      assignTo(machine, target, { value, place });
    },
    invoke(closure, args, { place, self }) {
      const { node } = closure;
      const isPlain = args.every((arg) => !taintOf(arg) && !arg.role && !arg.closure && !arg.members);
      const known = plainResults.get(node);
      if (isPlain && known && !self?.members) return known;
      const visit = (visits.get(node) ?? 0) + 1;
      if (active.includes(node) || active.length >= MAX_DEPTH || visit > MAX_VISITS) return null;
      visits.set(node, visit);
      active.push(node);
      const returned = runFunction(machine, closure, { args, place, self });
      active.pop();
      if (isPlain) plainResults.set(node, returned);
      return returned;
    },
  };

  function runModule({ source }: ParsedSource): ModuleScope {
    const scope: ModuleScope = {
      frame: newFrame(null),
      state: newState(null),
      load: (specifier) => machine.module(specifier, source),
    };
    bindImports(source, scope);
    machine.statements(source.statements, { ...scope, self: undefined, returns: [] });
    return scope;
  }

  /** Files that import each other see what there is so far: nothing. */
  function exportsOfModule(found: ParsedSource): Value {
    const known = exported.get(found.file);
    if (known) return known;
    exported.set(found.file, UNKNOWN_VALUE);
    const scope = runModule(found);
    const value = exportsOf(found.source, scope, (node) =>
      machine.expression(node, { ...scope, self: undefined, returns: [] }),
    );
    exported.set(found.file, value);
    return value;
  }

  runModule(parsed);
  const done = new Set<ts.Node>();
  for (let next = waiting.entries().next(); !next.done && steps <= MAX_STEPS; next = waiting.entries().next()) {
    const [node, { closure, asHandler }] = next.value;
    waiting.delete(node);
    if (done.has(node)) continue;
    done.add(node);
    const args = closure.node.parameters.map((_, index) => rootArgument(parsed, closure.node, { index, asHandler }));
    active.push(node);
    const self = closure.self ?? { members: new Map<string, Value>(), api: '?this' };
    runFunction(machine, closure, {
      args,
      place: { frame: closure.frame, state: closure.state, self, returns: [] },
      self,
    });
    active.pop();
  }
  return { isComplete: steps <= MAX_STEPS };
}

interface RootParameter {
  readonly index: number;
  readonly asHandler: boolean;
}

function rootArgument(
  { file, source }: ParsedSource,
  node: ts.FunctionLikeDeclaration,
  { index, asHandler }: RootParameter,
): Value {
  const isPage =
    index === 0 &&
    /(?:^|\/)(?:page|route)\.[jt]sx?$/.test(file) &&
    node.modifiers?.some((one) => one.kind === ts.SyntaxKind.ExportKeyword) === true;
  const seed = parameterSeed(node, index, asHandler || isPage);
  if (seed) return seed;
  const parameter = node.parameters[index];
  const label = parameter?.name.getText() ?? '';
  if (parameter?.type?.getText() === 'FormData' && /['"]use server['"]/.test(source.text)) {
    return tainted({ origin: label, label, group: 'request', isString: true, isContainer: true });
  }
  if (index === 1 && isResolver(node)) return tainted({ origin: 'args', label, group: 'request', isContainer: true });
  return UNKNOWN_VALUE;
}

/** A GraphQL resolver: a function in an object called Query or Mutation. */
function isResolver(node: ts.Node): boolean {
  const object = ts.isMethodDeclaration(node) ? node.parent : node.parent.parent;
  return (
    object !== undefined &&
    ts.isObjectLiteralExpression(object) &&
    ts.isPropertyAssignment(object.parent) &&
    /^(?:Query|Mutation|Subscription)$/.test(object.parent.name.getText())
  );
}

interface Invocation {
  readonly args: readonly Value[];
  readonly place: Place;
  readonly self: Value | undefined;
}

function runFunction(machine: Machine, { node, frame }: Closure, { args, place, self }: Invocation): Value {
  const { body } = node;
  if (!body) return UNKNOWN_VALUE;
  const inside: Place = { frame: newFrame(frame), state: newState(place.state), self, returns: [] };
  node.parameters.forEach((parameter, index) => {
    const given =
      args[index] ?? (parameter.initializer ? machine.expression(parameter.initializer, inside) : UNKNOWN_VALUE);
    machine.bind(parameter.name, parameter.dotDotDotToken ? restOf(args, index) : given, inside);
    if (ts.isParameterPropertyDeclaration(parameter, node) && ts.isIdentifier(parameter.name))
      self?.members?.set(parameter.name.text, given);
  });
  if (ts.isBlock(body)) machine.statements(body.statements, inside);
  else inside.returns.push(machine.expression(body, inside));
  commit(inside.state, place.state);
  return inside.returns.length > 0 ? inside.returns.reduce(joinValues) : UNKNOWN_VALUE;
}

function restOf(args: readonly Value[], index: number): Value {
  return { members: new Map(args.slice(index).map((value, at) => [String(at), value])) };
}

interface Given {
  readonly value: Value;
  readonly place: Place;
}

function bindName(machine: Machine, name: ts.BindingName, { value, place }: Given): void {
  if (ts.isIdentifier(name)) {
    place.state.values.set(declare(place.frame, name.text), value);
    return;
  }
  name.elements.forEach((item, index) => {
    if (ts.isOmittedExpression(item)) return;
    const key = ts.isArrayBindingPattern(name)
      ? String(index)
      : item.propertyName
        ? propertyName(machine, item.propertyName, place)
        : item.name.getText();
    const part = item.dotDotDotToken
      ? value
      : partOf(machine, { value, key, item, isArray: ts.isArrayBindingPattern(name) });
    const fallback = item.initializer ? machine.expression(item.initializer, place) : null;
    bindName(machine, item.name, { value: fallback ? joinValues(part, fallback) : part, place });
  });
}

interface Part {
  readonly value: Value;
  readonly key: string;
  readonly item: ts.BindingElement;
  readonly isArray: boolean;
}

function partOf(machine: Machine, { value, key, item, isArray }: Part): Value {
  if (isArray) {
    const known = value.members?.get(key);
    if (known) return known;
    return { taint: taintOf(value) };
  }
  const place =
    item.propertyName && ts.isIdentifier(item.propertyName)
      ? item.propertyName
      : ts.isIdentifier(item.name)
        ? item.name
        : null;
  const part = place ? machine.member(value, key, place) : { taint: value.taint };
  // The name alone says little: show where it came from.
  const taint =
    part.taint && value.taint && part.taint.label === key
      ? { ...part.taint, label: `${value.taint.label}.${key}` }
      : part.taint;
  return value.role && taint ? { ...part, taint: { ...taint, label: key } } : { ...part, taint };
}

function assignTo(machine: Machine, target: ts.Expression, { value, place }: Given): void {
  const node = withoutParentheses(target);
  if (ts.isIdentifier(node)) {
    const binding = resolve(place.frame, node.text);
    if (binding) place.state.values.set(binding, value);
    machine.listener.assign({
      node,
      target: node,
      object: UNKNOWN_VALUE,
      api: binding ? `?${node.text}` : node.text,
      name: node.text,
      outerKey: null,
      value,
      place,
    });
  } else if (ts.isPropertyAccessExpression(node)) {
    const object = machine.expression(node.expression, place);
    setMember(node.expression, { object, key: node.name.text, value, place });
    const api = `${object.api ?? '?'}.${node.name.text}`.replace(/^(?:window|globalThis|self)\./, '');
    machine.listener.assign({ node, target: node, object, api, name: node.name.text, outerKey: null, value, place });
  } else if (ts.isElementAccessExpression(node)) {
    const object = machine.expression(node.expression, place);
    const key = machine.expression(node.argumentExpression, place);
    if (typeof key.literal === 'string') setMember(node.expression, { object, key: key.literal, value, place });
    const outerKey = ts.isElementAccessExpression(node.expression)
      ? machine.expression(node.expression.argumentExpression, place)
      : null;
    machine.listener.assign({
      node,
      target: node,
      object,
      api: `${object.api ?? '?'}[]`,
      name: typeof key.literal === 'string' ? key.literal : '',
      outerKey,
      value,
      place,
    });
  } else if (ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node))
    spreadOver(machine, node, { value, place });
}

function spreadOver(
  machine: Machine,
  node: ts.ObjectLiteralExpression | ts.ArrayLiteralExpression,
  { value, place }: Given,
): void {
  const part: Value = { taint: taintOf(value) };
  if (ts.isArrayLiteralExpression(node)) for (const item of node.elements) machine.assign(item, part, place);
  else {
    for (const item of node.properties) {
      if (ts.isShorthandPropertyAssignment(item)) machine.assign(item.name, part, place);
      else if (ts.isPropertyAssignment(item)) machine.assign(item.initializer, part, place);
    }
  }
}

interface MemberWrite extends Given {
  readonly object: Value;
  readonly key: string;
}

/** Members of an object are shared by all who hold it; one that had none yet is kept by its name. */
function setMember(owner: ts.Expression, { object, key, value, place }: MemberWrite): void {
  if (object.role) return;
  if (object.members) {
    object.members.set(key, value);
    return;
  }
  const binding = ts.isIdentifier(owner) ? resolve(place.frame, owner.text) : undefined;
  if (!binding || (!taintOf(value) && !value.closure && value.literal === undefined)) return;
  const before = read(place.state, binding);
  place.state.values.set(binding, {
    ...before,
    members: new Map([[key, value]]),
    taint: joinTaint(before.taint, undefined),
  });
}
