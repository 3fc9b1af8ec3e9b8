import ts from 'typescript';
import type { Closure, Value, Frame, State } from './value.ts';

/** Where an expression or statement is looked at. */
export interface Place {
  readonly frame: Frame;
  readonly state: State;
  /** `this`. */
  readonly self: Value | undefined;
  /** Values that the function may return, gathered on the way. */
  readonly returns: Value[];
}

export interface CallFacts {
  readonly node: ts.CallExpression | ts.NewExpression;
  /** Full dotted name, as far as it is known. */
  readonly api: string;
  /** Last part of the name: the method. */
  readonly name: string;
  readonly receiver: Value;
  readonly callee: Value;
  readonly args: readonly Value[];
  readonly place: Place;
}

export interface AssignFacts {
  readonly node: ts.Node;
  readonly target: ts.Expression;
  readonly object: Value;
  /** Full dotted name of what is assigned to; the member's name, or the value of a computed one. */
  readonly api: string;
  readonly name: string;
  /** The key of the object this is a member of: k1 in `a[k1][k2] = v`. */
  readonly outerKey: Value | null;
  readonly value: Value;
  readonly place: Place;
}

/** What the rules hear of while the program is followed. The same node may be told of several times, with other values. */
export interface Listener {
  call(facts: CallFacts): void;
  assign(facts: AssignFacts): void;
  compare(node: ts.BinaryExpression, sides: readonly [Value, Value]): void;
  attribute(node: ts.JsxAttribute, value: Value, place: Place): void;
}

/** The parts of the interpreter, which call each other. */
export interface Machine {
  readonly listener: Listener;
  expression(node: ts.Expression, place: Place): Value;
  statements(nodes: readonly ts.Statement[], place: Place): void;
  call(node: ts.CallExpression | ts.NewExpression, place: Place): Value;
  /** Runs a function of this file with these arguments; null when it is running already or the budget is spent. */
  invoke(
    closure: Closure,
    args: readonly Value[],
    at: { readonly place: Place; readonly self: Value | undefined },
  ): Value | null;
  /** A function was met: its body is looked at once on its own, later. `asHandler`: its parameters are a request's. */
  meet(closure: Closure, asHandler?: boolean): void;
  bind(name: ts.BindingName, value: Value, place: Place): void;
  assign(target: ts.Expression, value: Value, place: Place): void;
  member(object: Value, name: string, node: ts.Expression): Value;
  /** What another file of the workspace exports; null when it is none. */
  module(specifier: string, from: ts.Node): Value | null;
  /** False when the file is too large to follow further. */
  step(): boolean;
}

export function withoutParentheses(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ? withoutParentheses(node.expression) : node;
}
