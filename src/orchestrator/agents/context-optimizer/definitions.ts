import type { Class, Declaration, Directive, ExportDefaultDeclarationKind, Expression, Statement } from 'oxc-parser';
import { oxcParser } from '../../workspace/native-parts.ts';

/** Something a file defines that others may use. */
export interface Definition {
  readonly name: string;
  /** 0-based, inclusive. */
  readonly line: number;
  readonly endLine: number;
  /** Its first words on one line, without the body. */
  readonly signature: string;
}

const MOST_SIGNATURE = 140;

/** Top-level definitions and members of classes of a JavaScript or TypeScript file, in order; none where the parser is missing. */
export function scriptDefinitions(file: string, text: string): readonly Definition[] {
  if (oxcParser === null) return [];
  const { program } = oxcParser.parseSync(file, text);
  const add = collector(text);
  for (const statement of program.body) visitStatement(statement, add);
  return add.found;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Collector {
  readonly found: Definition[];
  /** `body`: where the signature ends. */
  add(name: string, node: Span, body?: Span | null): void;
}

/** Lines are found in the order of the text, so that a file is gone through once. */
export function collector(text: string): Collector {
  const found: Definition[] = [];
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const lineAt = (offset: number): number => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    found,
    add(name, node, body) {
      const signature = text.slice(node.start, Math.min(body?.start ?? node.end, node.start + 3 * MOST_SIGNATURE));
      found.push({
        name,
        line: lineAt(node.start),
        endLine: lineAt(Math.max(node.start, node.end - 1)),
        signature: oneLine(signature),
      });
    },
  };
}

export function oneLine(text: string): string {
  const line = text
    .replace(/\s+/g, ' ')
    .replace(/\s*(?:=>|[={:])\s*$/, '')
    .trim();
  return line.length > MOST_SIGNATURE ? `${line.slice(0, MOST_SIGNATURE - 1)}…` : line;
}

function visitStatement(node: Statement | Directive, add: Collector): void {
  switch (node.type) {
    case 'ExportNamedDeclaration':
      if (node.declaration !== null) visitDeclaration(node.declaration, node, add);
      return;
    case 'ExportDefaultDeclaration':
      return visitDefault(node.declaration, node, add);
    case 'ExpressionStatement':
      return visitExpression(node.expression, node, add);
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'ClassDeclaration':
    case 'VariableDeclaration':
    case 'TSInterfaceDeclaration':
    case 'TSEnumDeclaration':
    case 'TSTypeAliasDeclaration':
    case 'TSModuleDeclaration':
      return visitDeclaration(node, node, add);
    default:
  }
}

/** `exports.parse = function () {}`, `Cart.prototype.total = () => {}`. */
function visitExpression(node: Expression, whole: Span, add: Collector): void {
  if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') return;
  const { property } = node.left;
  const body = bodyOf(node.right);
  if (property.type === 'Identifier' && body !== null) add.add(property.name, whole, body);
}

function bodyOf(node: Expression | null): Span | null {
  if (node?.type === 'FunctionExpression' || node?.type === 'ArrowFunctionExpression') return node.body;
  return node?.type === 'ClassExpression' ? node.body : null;
}

function visitDefault(node: ExportDefaultDeclarationKind, whole: Span, add: Collector): void {
  if (node.type === 'FunctionDeclaration') add.add(node.id?.name ?? 'default', whole, node.body);
  else if (node.type === 'ClassDeclaration') visitClass(node, whole, add);
  else add.add('default', whole);
}

function visitDeclaration(node: Declaration, whole: Span, add: Collector): void {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
      return add.add(node.id?.name ?? 'default', whole, node.body);
    case 'ClassDeclaration':
      return visitClass(node, whole, add);
    case 'VariableDeclaration':
      for (const { id, init } of node.declarations) {
        if (id.type !== 'Identifier') continue;
        add.add(id.name, whole, bodyOf(init));
      }
      return;
    case 'TSInterfaceDeclaration':
    case 'TSEnumDeclaration':
      return add.add(node.id.name, whole, node.body);
    case 'TSTypeAliasDeclaration':
      return add.add(node.id.name, whole);
    case 'TSModuleDeclaration':
      if (node.id.type === 'Identifier') add.add(node.id.name, whole, 'body' in node ? node.body : null);
      if ('body' in node && node.body?.type === 'TSModuleBlock')
        for (const one of node.body.body) visitStatement(one, add);
      return;
    default:
  }
}

function visitClass(node: Class, whole: Span, add: Collector): void {
  add.add(node.id?.name ?? 'default', whole, node.body);
  for (const member of node.body.body) {
    if (!('key' in member) || member.key.type === 'TemplateLiteral') continue;
    if (member.key.type !== 'Identifier' && member.key.type !== 'PrivateIdentifier') continue;
    if (member.type === 'MethodDefinition') add.add(member.key.name, member, member.value.body);
    else if (member.type === 'PropertyDefinition' && member.value?.type === 'ArrowFunctionExpression') {
      add.add(member.key.name, member, member.value.body);
    }
  }
}
