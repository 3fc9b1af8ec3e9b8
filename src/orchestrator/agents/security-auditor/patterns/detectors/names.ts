import ts from 'typescript';
import { functionName } from '../flow/sources.ts';

const SECRET =
  /^(?:\w*[_-])?\w*(?:password|passwd|pwd|passphrase|secret|token|api_?key|access_?key|auth_?key|private_?key|encryption_?key|signing_?key|credentials?|signature)$/i;

export function isSecretName(name: string): boolean {
  return SECRET.test(name);
}

const EQUALITY = new Set([
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]);

export const isEquality = (node: ts.BinaryExpression): boolean => EQUALITY.has(node.operatorToken.kind);

/** What a value is for, nearest first: the variable, member or function that gets it, then the functions around. */
export function enclosingNames(node: ts.Node): readonly string[] {
  const names: string[] = [];
  for (let at: ts.Node | undefined = node; at?.parent && names.length < 4; at = at.parent) {
    const { parent }: { readonly parent: ts.Node } = at;
    if (ts.isVariableDeclaration(parent) && parent.initializer === at) names.push(parent.name.getText());
    else if (ts.isPropertyAssignment(parent) && parent.initializer === at) names.push(parent.name.getText());
    else if (ts.isPropertyDeclaration(parent) && parent.initializer === at) names.push(parent.name.getText());
    else if (
      ts.isBinaryExpression(parent) &&
      parent.right === at &&
      parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      parent.operatorToken.kind <= ts.SyntaxKind.LastAssignment
    ) {
      names.push(ts.isPropertyAccessExpression(parent.left) ? parent.left.name.text : parent.left.getText());
    }
    if (ts.isFunctionLike(at)) {
      const name = functionName(at);
      if (name) names.push(name);
    }
    if (ts.isClassDeclaration(at) && at.name) names.push(at.name.text);
  }
  return names;
}
