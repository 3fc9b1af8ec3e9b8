import ts from 'typescript';
import type { Place } from '../flow/machine.ts';
import { isHarmful } from '../flow/state.ts';
import { taintOf, type Taint, type Value } from '../flow/value.ts';
import { isEquality, isSecretName } from './names.ts';
import { isCatastrophic } from './regexp-ambiguity.ts';
import type { Report } from './report.ts';
import { detectProperty } from './settings.ts';

/** Rules that need no flow: one walk over the tree. */
export function detectShapes(source: ts.SourceFile, report: Report): void {
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) regularExpression(node, report);
    else if (ts.isPropertyAssignment(node)) {
      detectProperty(node, report);
      credential(node, report);
    } else if (ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node)) credential(node, report);
    else if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node))
      deepMerge(node, report);
    else if (ts.isBinaryExpression(node)) comparedCredential(node, report);
    ts.forEachChild(node, visit);
  };
  visit(source);
}

function regularExpression(node: ts.RegularExpressionLiteral, report: Report): void {
  const end = node.text.lastIndexOf('/');
  if (isCatastrophic(node.text.slice(1, end), node.text.slice(end + 1))) report('regexp.catastrophic', node);
}

/** Names whose value is a secret, beside a literal that is no word, no address, no label. */
function credential(
  node: ts.PropertyAssignment | ts.VariableDeclaration | ts.PropertyDeclaration,
  report: Report,
): void {
  const { initializer } = node;
  if (!initializer || !ts.isStringLiteralLike(initializer)) return;
  const name = node.name.getText().replace(/['"]/g, '');
  if (isSecretName(name) && isCredentialText(initializer.text, name)) report('credential.hard-coded', initializer);
}

const LABEL =
  /^[A-Z]?[a-z]+(?:[ _./:-]?[A-Za-z]?[a-z]+)*[?!.:…]?$|^[A-Z][A-Z0-9]*(?:[_-][A-Z0-9]+)*$|^[\w.-]*\$\{|^\W*$|^\/|^https?:|^[a-z]+:\/\/|^\.|^#|^data:|^--|^\w+\(|\s{2}|^<|^urn:|^@/;
const STAND_IN =
  /example|placeholder|dummy|fake|xxx|\*{3}|changeme|change[-_ ]?me|your[-_ ]?|<|>|\{|\}|%|redacted|process\.env|todo|test|sample|mock|foobar|secret-?name|^(?:password|secret|token|none|null|undefined|default|string|bearer|basic|hidden|optional|required|true|false)\d*$/i;

/** Passwords are short and mixed; keys are long. Words, labels, routes and stand-ins are neither. */
export function isCredentialText(text: string, name: string): boolean {
  if (text.length < 6 || text.length > 200 || /\s/.test(text) || STAND_IN.test(text) || LABEL.test(text)) return false;
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(text) && !/key|secret|token/i.test(name)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(text)).length;
  const isPassword = /pass|pwd/i.test(name);
  return isPassword ? kinds >= 2 : kinds >= 2 && text.length >= 12 && /\d/.test(text);
}

/** `password === 'S3same!'`. */
function comparedCredential(node: ts.BinaryExpression, report: Report): void {
  if (!isEquality(node)) return;
  for (const [one, other] of [
    [node.left, node.right],
    [node.right, node.left],
  ] as const) {
    if (!ts.isStringLiteralLike(other)) continue;
    const name = /([A-Za-z_$][\w$]*)['"\])]*$/.exec(one.getText())?.[1] ?? '';
    if (
      /^(?:password|passwd|pwd|passphrase|adminPassword|apiKey|api_key|secretKey)$/i.test(name) &&
      isCredentialText(other.text, name)
    )
      report('credential.hard-coded', node);
  }
}

/** A function that calls itself on members while copying all keys, and never looks at which keys. */
function deepMerge(node: ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction, report: Report): void {
  const name = node.name?.getText() ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : '');
  const text = node.getText();
  if (
    !name ||
    text.length > 3000 ||
    /__proto__|constructor|prototype|Object\.create\(null\)|new Map|isSafeKey|isUnsafe/i.test(text)
  )
    return;
  const loop =
    /for\s*\(\s*(?:const|let|var)\s+(\w+)\s+(?:in|of)\s+(?:Object\.(?:keys|getOwnPropertyNames)\()?\s*(\w+)|Object\.keys\((\w+)\)\.forEach\(\(?(\w+)/.exec(
      text,
    );
  const key = loop?.[1] ?? loop?.[4];
  const from = loop?.[2] ?? loop?.[3];
  if (!key || !from) return;
  const recursion = new RegExp(`\\b${name}\\(\\s*(\\w+)\\[${key}\\][^,]*,\\s*${from}\\[${key}\\]`).exec(text);
  const to = recursion?.[1];
  if (to && new RegExp(`\\b${to}\\[${key}\\]\\s*=[^=]`).test(text)) report('prototype.merge', node.name ?? node);
}

const HTML_NAMES =
  /(?:^|\.)(?:\w*(?:html|Html|HTML)|content|body|bio|comment|message|text|description|markup|about|note|notes|review|summary)$/;

/** `dangerouslySetInnerHTML={{ __html: x }}`. */
export function detectAttribute(
  node: ts.JsxAttribute,
  { value, place }: { readonly value: Value; readonly place: Place },
  report: Report,
): void {
  if (node.name.getText() !== 'dangerouslySetInnerHTML') return;
  const html = value.members?.get('__html');
  if (!html) return;
  const taint = taintOf(html);
  if (taint) {
    if (isHarmful(place.state, taint, 'xss')) report('xss.dom', node, taint);
    return;
  }
  const expression = htmlExpression(node);
  if (html.text !== undefined || html.api?.endsWith('()') || !expression) return;
  const text = expression.getText();
  const isPath = /^[\w$]+(?:[.?!]+[\w$]+)*$/.test(text);
  if (
    !isPath ||
    !HTML_NAMES.test(text.replace(/[?!]/g, '')) ||
    /sanit|purif|escaped|safe|trusted|rendered|highlight|script|style|css|jsonLd|schema|theme|svg|icon/i.test(text)
  )
    return;
  report('xss.react', node, namedTaint(text));
}

function htmlExpression(node: ts.JsxAttribute): ts.Expression | null {
  const outer = node.initializer && ts.isJsxExpression(node.initializer) ? node.initializer.expression : undefined;
  if (!outer || !ts.isObjectLiteralExpression(outer)) return null;
  const item = outer.properties.find((one) => one.name?.getText() === '__html');
  return item && ts.isPropertyAssignment(item) ? item.initializer : null;
}

/** For the message only: the rule names what is rendered. */
function namedTaint(label: string): Taint {
  return { origins: new Set(), group: 'dom', label, cleared: new Set(), isString: true, isContainer: false };
}
