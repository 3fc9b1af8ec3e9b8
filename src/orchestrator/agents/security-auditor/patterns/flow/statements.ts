import ts from 'typescript';
import { classValue, met } from './expressions.ts';
import { ASSERTS, refine } from './guards.ts';
import type { Machine, Place } from './machine.ts';
import { declare, joinBranches, markChecked, newFrame, newState } from './state.ts';
import { taintOf, UNKNOWN_VALUE, type State } from './value.ts';

const branch = (place: Place): Place => ({ ...place, state: newState(place.state) });

/** Follows statements in order; declarations of functions are known before the first of them. */
export function runStatements(machine: Machine, nodes: readonly ts.Statement[], place: Place): void {
  for (const node of nodes) hoist(machine, node, place);
  for (const node of nodes) {
    if (place.state.ended || !machine.step()) return;
    run(machine, node, place);
  }
}

function hoist(machine: Machine, node: ts.Statement, place: Place): void {
  if (ts.isFunctionDeclaration(node) && node.name && node.body)
    place.state.values.set(declare(place.frame, node.name.text), met(machine, node, place));
  else if (ts.isFunctionDeclaration(node) && node.body) met(machine, node, place);
  else if (ts.isClassDeclaration(node) && node.name) declare(place.frame, node.name.text);
  else if (ts.isVariableStatement(node))
    for (const one of node.declarationList.declarations) declareNames(one.name, place);
}

function declareNames(name: ts.BindingName, place: Place): void {
  if (ts.isIdentifier(name)) declare(place.frame, name.text);
  else for (const item of name.elements) if (!ts.isOmittedExpression(item)) declareNames(item.name, place);
}

function run(machine: Machine, node: ts.Statement, place: Place): void {
  if (ts.isExpressionStatement(node)) runExpression(machine, node, place);
  else if (ts.isVariableStatement(node)) runDeclarations(machine, node.declarationList, place);
  else if (ts.isReturnStatement(node)) {
    if (node.expression) place.returns.push(machine.expression(node.expression, place));
    place.state.ended = true;
  } else if (ts.isIfStatement(node)) runIf(machine, node, place);
  else if (ts.isBlock(node)) machine.statements(node.statements, { ...place, frame: newFrame(place.frame) });
  else if (ts.isThrowStatement(node)) {
    machine.expression(node.expression, place);
    place.state.ended = true;
  } else if (ts.isBreakOrContinueStatement(node)) place.state.ended = true;
  else if (ts.isTryStatement(node)) runTry(machine, node, place);
  else if (ts.isSwitchStatement(node)) runSwitch(machine, node, place);
  else if (ts.isClassDeclaration(node)) {
    const value = classValue(machine, node, place);
    if (node.name) place.state.values.set(declare(place.frame, node.name.text), value);
  } else if (ts.isExportAssignment(node)) machine.expression(node.expression, place);
  else if (ts.isLabeledStatement(node)) run(machine, node.statement, place);
  else if (ts.isModuleDeclaration(node) && node.body && ts.isModuleBlock(node.body))
    machine.statements(node.body.statements, { ...place, frame: newFrame(place.frame) });
  else if (ts.isIterationStatement(node, false)) runLoop(machine, node, place);
}

/** An assertion by name (`assertSafe(p)`) is a check; leaving the process ends the way. */
function runExpression(machine: Machine, node: ts.ExpressionStatement, place: Place): void {
  machine.expression(node.expression, place);
  const call = ts.isAwaitExpression(node.expression) ? node.expression.expression : node.expression;
  if (!ts.isCallExpression(call)) return;
  const name = ts.isPropertyAccessExpression(call.expression) ? call.expression.name.text : call.expression.getText();
  if (call.expression.getText() === 'process.exit') place.state.ended = true;
  if (!ASSERTS.test(name)) return;
  for (const argument of call.arguments) {
    refine(machine, argument, { place, holds: true });
    const taint = taintOf(machine.expression(argument, place));
    if (taint && !ts.isBinaryExpression(argument)) markChecked(place.state, taint, 'all');
  }
}

function runDeclarations(machine: Machine, list: ts.VariableDeclarationList, place: Place): void {
  for (const one of list.declarations) {
    machine.bind(one.name, one.initializer ? machine.expression(one.initializer, place) : UNKNOWN_VALUE, place);
  }
}

function runIf(machine: Machine, node: ts.IfStatement, place: Place): void {
  machine.expression(node.expression, place);
  const [yes, no] = [branch(place), branch(place)];
  refine(machine, node.expression, { place: yes, holds: true });
  refine(machine, node.expression, { place: no, holds: false });
  run(machine, node.thenStatement, yes);
  if (node.elseStatement) run(machine, node.elseStatement, no);
  joinBranches(place.state, [yes.state, no.state]);
}

function runTry(machine: Machine, node: ts.TryStatement, place: Place): void {
  const tried = branch(place);
  run(machine, node.tryBlock, tried);
  const branches: State[] = [tried.state];
  if (node.catchClause) {
    const caught: Place = { ...branch(place), frame: newFrame(place.frame) };
    if (node.catchClause.variableDeclaration)
      machine.bind(node.catchClause.variableDeclaration.name, { api: '?error' }, caught);
    run(machine, node.catchClause.block, caught);
    branches.push(caught.state);
  }
  joinBranches(place.state, branches);
  if (!node.finallyBlock) return;
  const { ended } = place.state;
  place.state.ended = false;
  run(machine, node.finallyBlock, place);
  place.state.ended ||= ended;
}

/** `switch (x) { case 'a': … }`: in a case, x is what the case says. */
function runSwitch(machine: Machine, node: ts.SwitchStatement, place: Place): void {
  const taint = taintOf(machine.expression(node.expression, place));
  const inside = { ...place, frame: newFrame(place.frame) };
  const branches = node.caseBlock.clauses.map((clause) => {
    const way = branch(inside);
    if (ts.isCaseClause(clause) && taint) markChecked(way.state, taint, 'all');
    machine.statements(clause.statements, way);
    const leaves = clause.statements.some(alwaysLeaves);
    way.state.ended = way.state.ended && leaves;
    return way.state;
  });
  const hasDefault = node.caseBlock.clauses.some(ts.isDefaultClause);
  joinBranches(place.state, hasDefault ? branches : [...branches, newState(place.state)]);
}

function alwaysLeaves(node: ts.Statement): boolean {
  if (ts.isBlock(node)) return node.statements.some(alwaysLeaves);
  return ts.isReturnStatement(node) || ts.isThrowStatement(node);
}

/** Twice through the body: what one round sets, the next one sees. */
function runLoop(machine: Machine, node: ts.IterationStatement, place: Place): void {
  const outer = { ...place, frame: newFrame(place.frame) };
  if (ts.isForStatement(node)) {
    if (node.initializer && ts.isVariableDeclarationList(node.initializer))
      runDeclarations(machine, node.initializer, outer);
    else if (node.initializer) machine.expression(node.initializer, outer);
  }
  for (let round = 0; round < 2; round += 1) {
    const inside: Place = { ...outer, state: newState(outer.state), frame: newFrame(outer.frame) };
    startRound(machine, node, inside);
    run(machine, node.statement, inside);
    if (ts.isForStatement(node) && node.incrementor) machine.expression(node.incrementor, inside);
    joinBranches(place.state, [{ ...inside.state, ended: false }, newState(place.state)]);
  }
}

function startRound(machine: Machine, node: ts.IterationStatement, inside: Place): void {
  if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
    const all = machine.expression(node.expression, inside);
    const taint = taintOf(all);
    const each =
      ts.isForInStatement(node) && taint
        ? { taint: { ...taint, isString: true, isContainer: false } }
        : { taint, api: `${all.api ?? '?'}[]` };
    if (ts.isVariableDeclarationList(node.initializer)) {
      for (const one of node.initializer.declarations) machine.bind(one.name, each, inside);
    } else machine.assign(node.initializer, each, inside);
    return;
  }
  const condition = ts.isForStatement(node)
    ? node.condition
    : ts.isWhileStatement(node) || ts.isDoStatement(node)
      ? node.expression
      : undefined;
  if (!condition) return;
  machine.expression(condition, inside);
  refine(machine, condition, { place: inside, holds: true });
}
