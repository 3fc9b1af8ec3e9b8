import ts from 'typescript';
import { refine } from './guards.ts';
import type { Machine, Place } from './machine.ts';
import { globalSource, requestMember } from './sources.ts';
import { joinBranches, newState, read, resolve } from './state.ts';
import { concatenated, joinTaint, joinValues, taintOf, UNKNOWN_VALUE, type Closure, type Value } from './value.ts';

/** Members that are numbers or say nothing about the text. */
const NEUTRAL_MEMBERS = new Set(['length', 'size', 'byteLength', 'mimetype', 'status', 'statusCode', 'ok']);
const GLOBAL_OBJECTS = /^(?:window|globalThis|self|global)\.(?!name$)/;

const branch = (place: Place): Place => ({ ...place, state: newState(place.state) });

export function evaluate(machine: Machine, node: ts.Expression, place: Place): Value {
  if (!machine.step()) return UNKNOWN_VALUE;
  const inner = (expression: ts.Expression): Value => machine.expression(expression, place);
  if (ts.isIdentifier(node)) return identifier(node, place);
  if (ts.isStringLiteralLike(node)) return { literal: node.text, text: node.text };
  if (ts.isNumericLiteral(node)) return { literal: Number(node.text), text: node.text };
  if (ts.isPropertyAccessExpression(node)) return property(machine, node, place);
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) return machine.call(node, place);
  if (ts.isElementAccessExpression(node)) return element(machine, node, place);
  if (ts.isTemplateExpression(node)) return template(node, inner);
  if (ts.isBinaryExpression(node)) return binary(machine, node, place);
  if (ts.isConditionalExpression(node)) return conditional(machine, node, place);
  if (ts.isObjectLiteralExpression(node)) return objectLiteral(machine, node, place);
  if (ts.isArrayLiteralExpression(node)) return arrayLiteral(node, inner);
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return met(machine, node, place);
  if (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isSatisfiesExpression(node)
  )
    return inner(node.expression);
  if (ts.isAwaitExpression(node) || ts.isTypeAssertionExpression(node) || ts.isSpreadElement(node))
    return inner(node.expression);
  if (ts.isYieldExpression(node)) return node.expression ? inner(node.expression) : UNKNOWN_VALUE;
  return evaluateRare(machine, node, place);
}

function evaluateRare(machine: Machine, node: ts.Expression, place: Place): Value {
  if (node.kind === ts.SyntaxKind.ThisKeyword) return place.self ?? { api: '?this' };
  if (node.kind === ts.SyntaxKind.TrueKeyword) return { literal: true };
  if (node.kind === ts.SyntaxKind.FalseKeyword) return { literal: false };
  if (node.kind === ts.SyntaxKind.NullKeyword) return { literal: null };
  if (ts.isRegularExpressionLiteral(node)) return { pattern: node.text };
  if (ts.isPrefixUnaryExpression(node)) {
    const value = machine.expression(node.operand, place);
    return node.operator === ts.SyntaxKind.MinusToken && typeof value.literal === 'number'
      ? { literal: -value.literal }
      : UNKNOWN_VALUE;
  }
  if (ts.isTaggedTemplateExpression(node)) return tagged(machine, node, place);
  if (ts.isClassExpression(node)) return classValue(machine, node, place);
  if (ts.isVoidExpression(node) || ts.isTypeOfExpression(node) || ts.isDeleteExpression(node)) {
    machine.expression(node.expression, place);
    return UNKNOWN_VALUE;
  }
  if (ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node) || ts.isJsxFragment(node))
    return jsx(machine, node, place);
  return UNKNOWN_VALUE;
}

function identifier(node: ts.Identifier, { frame, state }: Place): Value {
  if (node.text === 'undefined') return { literal: null };
  const binding = resolve(frame, node.text);
  if (!binding) return globalSource(node.text, node.text) ?? { api: node.text };
  const value = read(state, binding);
  return value.api === undefined && value.literal === undefined ? { ...value, api: `?${node.text}` } : value;
}

function property(machine: Machine, node: ts.PropertyAccessExpression, place: Place): Value {
  return machine.member(machine.expression(node.expression, place), node.name.text, node);
}

/** `object.name` for anything that is known of the object. */
export function memberOf(object: Value, name: string, node: ts.Expression): Value {
  const known = object.members?.get(name);
  if (known) return known;
  const api = `${object.api ?? '?'}.${name}`.replace(GLOBAL_OBJECTS, '');
  if (object.role) {
    const special = requestMember(object.role, name, node.getText());
    if (special) return special;
  }
  if (object.taint) return NEUTRAL_MEMBERS.has(name) ? { api } : { ...memberOfTainted(object, name, node), api };
  return globalSource(api, node.getText()) ?? { api };
}

function memberOfTainted({ taint }: Value, name: string, node: ts.Expression): Value {
  if (!taint) return UNKNOWN_VALUE;
  if (!taint.isContainer) return { taint: { ...taint, isContainer: name === 'searchParams' } };
  const origins = new Set([...taint.origins].map((origin) => `${origin}.${name}`));
  return { taint: { ...taint, origins, label: shortLabel(node, taint.label), isContainer: !taint.isString } };
}

function shortLabel(node: ts.Expression, fallback: string): string {
  const text = node.getText();
  return text.length <= 40 && !text.includes('\n') ? text : fallback;
}

function element(machine: Machine, node: ts.ElementAccessExpression, place: Place): Value {
  const object = machine.expression(node.expression, place);
  const key = machine.expression(node.argumentExpression, place);
  if (typeof key.literal === 'string') return machine.member(object, key.literal, node);
  const taint = taintOf(object);
  if (!taint) return { api: `${object.api ?? '?'}[]` };
  return typeof key.literal === 'number' && object.members
    ? (object.members.get(String(key.literal)) ?? { taint })
    : { taint };
}

function template(node: ts.TemplateExpression, inner: (expression: ts.Expression) => Value): Value {
  const pieces: Value[] = [{ text: node.head.text }];
  for (const span of node.templateSpans) pieces.push(inner(span.expression), { text: span.literal.text });
  return concatenated(pieces);
}

/** A tag decides what becomes of the values: sql`…`, html`…` and $`…` take them apart safely. */
function tagged(machine: Machine, node: ts.TaggedTemplateExpression, place: Place): Value {
  const tag = machine.expression(node.tag, place);
  if (ts.isTemplateExpression(node.template)) {
    const built = template(node.template, (expression) => machine.expression(expression, place));
    if (/^String\.raw$|(?:^|\.)dedent$/.test(tag.api ?? '')) return built;
  }
  return { api: `${tag.api ?? '?'}()` };
}

function binary(machine: Machine, node: ts.BinaryExpression, place: Place): Value {
  const { kind } = node.operatorToken;
  if (kind === ts.SyntaxKind.EqualsToken) {
    const value = machine.expression(node.right, place);
    machine.assign(node.left, value, place);
    return value;
  }
  const left = machine.expression(node.left, place);
  if (
    kind === ts.SyntaxKind.AmpersandAmpersandToken ||
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.QuestionQuestionToken
  ) {
    const right = branch(place);
    if (kind === ts.SyntaxKind.AmpersandAmpersandToken) refine(machine, node.left, { place: right, holds: true });
    const value = machine.expression(node.right, right);
    joinBranches(place.state, [newState(place.state), { ...right.state, ended: false }]);
    return kind === ts.SyntaxKind.AmpersandAmpersandToken ? value : joinValues(left, value);
  }
  const right = machine.expression(node.right, place);
  if (kind === ts.SyntaxKind.PlusToken)
    return typeof left.literal === 'number' && typeof right.literal === 'number'
      ? { literal: left.literal + right.literal }
      : concatenated([left, right]);
  if (kind >= ts.SyntaxKind.FirstCompoundAssignment && kind <= ts.SyntaxKind.LastCompoundAssignment)
    return compound(machine, node, { left, right, place });
  if (kind === ts.SyntaxKind.CommaToken) return right;
  machine.listener.compare(node, [left, right]);
  return UNKNOWN_VALUE;
}

interface Compound {
  readonly left: Value;
  readonly right: Value;
  readonly place: Place;
}

function compound(machine: Machine, node: ts.BinaryExpression, { left, right, place }: Compound): Value {
  const { kind } = node.operatorToken;
  const isLogical =
    kind === ts.SyntaxKind.QuestionQuestionEqualsToken ||
    kind === ts.SyntaxKind.BarBarEqualsToken ||
    kind === ts.SyntaxKind.AmpersandAmpersandEqualsToken;
  const value =
    kind === ts.SyntaxKind.PlusEqualsToken
      ? concatenated([left, right])
      : isLogical
        ? joinValues(left, right)
        : UNKNOWN_VALUE;
  machine.assign(node.left, value, place);
  return value;
}

function conditional(machine: Machine, node: ts.ConditionalExpression, place: Place): Value {
  machine.expression(node.condition, place);
  const [yes, no] = [branch(place), branch(place)];
  refine(machine, node.condition, { place: yes, holds: true });
  refine(machine, node.condition, { place: no, holds: false });
  const values = [
    whileChecked(machine.expression(node.whenTrue, yes), yes),
    whileChecked(machine.expression(node.whenFalse, no), no),
  ] as const;
  joinBranches(place.state, [yes.state, no.state]);
  return joinValues(...values);
}

/** A checked value leaves its branch clean: `allowed.includes(x) ? x : 'default'`. */
function whileChecked(value: Value, { state }: Place): Value {
  const { taint } = value;
  if (!taint || state.checked.size === 0) return value;
  const isClean = [...taint.origins].every((origin) =>
    [...state.checked].some(
      ([checked, kinds]) => kinds === 'all' && (origin === checked || origin.startsWith(`${checked}.`)),
    ),
  );
  return isClean ? { text: value.text?.replaceAll('\u0000', '\u0001') } : value;
}

function objectLiteral(machine: Machine, node: ts.ObjectLiteralExpression, place: Place): Value {
  const members = new Map<string, Value>();
  const self: Value = { members };
  let spread: Value | undefined;
  for (const item of node.properties) {
    if (ts.isSpreadAssignment(item)) {
      const value = machine.expression(item.expression, place);
      for (const [key, member] of value.members ?? []) members.set(key, member);
      if (value.taint) spread = { taint: joinTaint(spread?.taint, value.taint) };
    } else if (ts.isPropertyAssignment(item)) {
      const key = propertyName(machine, item.name, place);
      const value = machine.expression(item.initializer, place);
      members.set(key, value);
    } else if (ts.isShorthandPropertyAssignment(item)) members.set(item.name.text, identifier(item.name, place));
    else members.set(propertyName(machine, item.name, place), met(machine, item, { ...place, self }));
  }
  return spread ? { ...self, ...spread } : self;
}

export function propertyName(machine: Machine, name: ts.PropertyName, place: Place): string {
  if (ts.isComputedPropertyName(name)) {
    const key = machine.expression(name.expression, place);
    return typeof key.literal === 'string' ? key.literal : `[${name.expression.getText()}]`;
  }
  return name.text;
}

function arrayLiteral(node: ts.ArrayLiteralExpression, inner: (expression: ts.Expression) => Value): Value {
  const members = new Map<string, Value>();
  node.elements.forEach((item, index) => {
    members.set(String(index), inner(item));
  });
  return { members };
}

/** A function as a value; its body is looked at later on its own, and wherever it is called with something known. */
export function met(machine: Machine, node: ts.FunctionLikeDeclaration, { frame, state, self }: Place): Value {
  const closure: Closure = { node, frame, state, self };
  machine.meet(closure);
  return { closure };
}

/** A class: methods share `this`, whose members any of them may set. */
export function classValue(machine: Machine, node: ts.ClassLikeDeclaration, place: Place): Value {
  const self: Value = { members: new Map(), api: '?this' };
  const inside: Place = { ...place, self };
  for (const item of node.members) {
    if (ts.isPropertyDeclaration(item)) {
      const value = item.initializer ? machine.expression(item.initializer, inside) : UNKNOWN_VALUE;
      if (value !== UNKNOWN_VALUE) self.members?.set(item.name.getText(), value);
    } else if (ts.isMethodDeclaration(item)) self.members?.set(item.name.getText(), met(machine, item, inside));
    else if (ts.isConstructorDeclaration(item) || ts.isAccessor(item)) met(machine, item, inside);
    else if (ts.isClassStaticBlockDeclaration(item)) machine.statements(item.body.statements, inside);
  }
  const made = node.members.find(ts.isConstructorDeclaration);
  return {
    members: self.members,
    ...(made ? { closure: { node: made, frame: place.frame, state: place.state, self } } : {}),
  };
}

function jsx(machine: Machine, node: ts.JsxElement | ts.JsxSelfClosingElement | ts.JsxFragment, place: Place): Value {
  const opening = ts.isJsxElement(node) ? node.openingElement : ts.isJsxSelfClosingElement(node) ? node : null;
  for (const attribute of opening?.attributes.properties ?? []) {
    if (ts.isJsxSpreadAttribute(attribute)) machine.expression(attribute.expression, place);
    else if (attribute.initializer && ts.isJsxExpression(attribute.initializer) && attribute.initializer.expression) {
      machine.listener.attribute(attribute, machine.expression(attribute.initializer.expression, place), place);
    }
  }
  if (ts.isJsxSelfClosingElement(node)) return UNKNOWN_VALUE;
  for (const child of node.children) {
    if (ts.isJsxExpression(child)) {
      if (child.expression) machine.expression(child.expression, place);
    } else if (!ts.isJsxText(child)) jsx(machine, child, place);
  }
  return UNKNOWN_VALUE;
}
