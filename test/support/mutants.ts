import { parseSync, Visitor } from 'oxc-parser';

/** One small slip in a file. */
export interface Mutant {
  readonly line: number;
  readonly what: string;
  readonly text: string;
}

const SWAPS: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '<': '>=',
  '>': '<=',
  '<=': '>',
  '>=': '<',
  '===': '!==',
  '!==': '===',
  '==': '!=',
  '!=': '==',
  '&&': '||',
  '||': '&&',
  '??': '&&',
};

/** Every mutant of the file: swapped operators, negated conditions, flipped booleans, numbers one off, dropped return values. */
export function mutantsOf(file: string, text: string): readonly Mutant[] {
  const mutants: Mutant[] = [];
  const replace = (at: { readonly start: number; readonly end: number }, by: string, what: string): void => {
    const line = text.slice(0, at.start).split('\n').length;
    mutants.push({ line, what, text: `${text.slice(0, at.start)}${by}${text.slice(at.end)}` });
  };
  const swap = (node: { operator: string; left: { end: number }; right: { start: number } }): void => {
    const between = { start: node.left.end, end: node.right.start };
    const by = SWAPS[node.operator];
    const written = text.slice(between.start, between.end);
    if (by !== undefined && written.trim() === node.operator) replace(between, ` ${by} `, `${node.operator} to ${by}`);
  };
  const negate = (test: { start: number; end: number } | null): void => {
    if (test !== null) replace(test, `!(${text.slice(test.start, test.end)})`, 'condition negated');
  };
  new Visitor({
    BinaryExpression: swap,
    LogicalExpression: swap,
    IfStatement: (node) => negate(node.test),
    ConditionalExpression: (node) => negate(node.test),
    Literal: (node) => {
      if (typeof node.value === 'number') replace(node, String(node.value + 1), 'number one more');
      if (typeof node.value === 'boolean') replace(node, String(!node.value), 'boolean flipped');
    },
    ReturnStatement: (node) => {
      if (node.argument !== null) replace(node.argument, 'undefined', 'return value dropped');
    },
  }).visit(parseSync(file, text).program);
  return mutants;
}
