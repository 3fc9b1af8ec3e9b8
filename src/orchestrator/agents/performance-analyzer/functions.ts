import ts from 'typescript';
import { isScript, type ParsedSource } from '../../workspace/parsed-source.ts';
import type { Range } from '../../../contract/findings.ts';

/** A function of a file, with where people and profiles find it. */
export interface FunctionPlace {
  readonly file: string;
  /** As a profile names it: `parse`, `Cart.total` is `total`, the variable of an arrow function; '' when it has none. */
  readonly name: string;
  /** 0-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  /** Where a finding points: the name, or the first line. */
  readonly range: Range;
}

interface Function extends FunctionPlace {
  /** Text less that of functions inside, white space normalised. */
  readonly ownText: string;
}

/** Every function with a body, outer ones first. */
export function functionsOf(parsed: ParsedSource): readonly FunctionPlace[] {
  return allFunctions(parsed);
}

/**
 * Functions whose own text is not in the base's file under that name: what the change wrote, also where it only deleted lines.
 */
export function changedFunctions(now: ParsedSource, base: ParsedSource | null): readonly FunctionPlace[] {
  if (!isScript(now.file)) return [];
  const before = new Set((base === null ? [] : allFunctions(base)).map(({ name, ownText }) => `${name}\n${ownText}`));
  return allFunctions(now).filter(({ name, ownText }) => !before.has(`${name}\n${ownText}`));
}

function allFunctions({ file, source }: ParsedSource): readonly Function[] {
  const found: Function[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) found.push(describe(file, node, source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function describe(file: string, node: ts.SignatureDeclaration, source: ts.SourceFile): Function {
  const named = nameOf(node);
  const start = (named ?? node).getStart(source);
  const lineOf = (position: number): ts.LineAndCharacter => source.getLineAndCharacterOfPosition(position);
  const first = lineOf(start);
  const lineEnd = source.getLineEndOfPosition(start);
  const end = named === null ? lineOf(Math.min(lineEnd, node.end)) : lineOf(named.end);
  return {
    file,
    name: named?.getText(source).replace(/^#|^['"]|['"]$/g, '') ?? '',
    startLine: lineOf(node.getStart(source)).line,
    endLine: lineOf(node.end).line,
    range: { start: first, end },
    ownText: ownText(node, source),
  };
}

function nameOf(node: ts.SignatureDeclaration): ts.Node | null {
  if (node.name !== undefined) return node.name;
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent))
    return parent.name;
  if (ts.isBinaryExpression(parent) && ts.isPropertyAccessExpression(parent.left)) return parent.left.name;
  return ts.isConstructorDeclaration(node) && ts.isClassLike(parent) ? (parent.name ?? null) : null;
}

/** Changes inside a nested function are that function's. */
function ownText(node: ts.Node, source: ts.SourceFile): string {
  const text = source.text;
  let result = '';
  let at = node.getStart(source);
  const cut = (child: ts.Node): void => {
    if (ts.isFunctionLike(child) && 'body' in child && child.body !== undefined) {
      result += text.slice(at, child.getStart(source));
      at = child.end;
    } else ts.forEachChild(child, cut);
  };
  ts.forEachChild(node, cut);
  return (result + text.slice(at, node.end)).replace(/\s+/g, ' ');
}
