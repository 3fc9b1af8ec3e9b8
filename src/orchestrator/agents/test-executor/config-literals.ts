import type { Expression, ObjectProperty, VisitorObject } from 'oxc-parser';
import { oxcParser } from '../../workspace/native-parts.ts';

/** What a configuration file says under some keys, as far as it stands there in plain strings. */
export interface ConfigLiterals {
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** Keys whose value is computed, or not known because the parser is missing. */
  readonly computed: ReadonlySet<string>;
}

/**
 * Strings under the given keys of a JavaScript, TypeScript or JSON configuration. A key is a path's last names, `test.include`
 * for `{ test: { include: ['a'] } }`; values of several places with the same key are joined.
 */
export function readConfigLiterals(file: string, text: string, keys: readonly string[]): ConfigLiterals {
  if (oxcParser === null) return { values: {}, computed: new Set(keys) };
  const json = file.endsWith('.json');
  const { program } = oxcParser.parseSync(json ? 'config.js' : file, json ? `(${text}\n)` : text);
  const values: Record<string, string[]> = {};
  const computed = new Set<string>();
  const path: string[] = [];
  const read = (key: string, value: Expression): void => {
    const found = (values[key] ??= []);
    const items = value.type === 'ArrayExpression' ? value.elements : [value];
    for (const item of items) {
      const said = item === null ? null : stringOf(item);
      if (said !== null) found.push(said);
      else if (item?.type !== 'ObjectExpression') computed.add(key);
    }
  };
  const visitor = new oxcParser.Visitor({
    Property: (property) => {
      path.push(nameOf(property));
      const at = `.${path.join('.')}`;
      const key = keys.find((one) => at.endsWith(`.${one}`));
      if (key !== undefined && isObjectProperty(property)) read(key, property.value);
    },
    'Property:exit': () => {
      path.pop();
    },
  });
  visitor.visit(program);
  return { values, computed };
}

type AnyProperty = Parameters<NonNullable<VisitorObject['Property']>>[0];

/** In a configuration patterns (`const { a } = b`) do not matter; their values are no expressions. */
function isObjectProperty(property: AnyProperty): property is ObjectProperty {
  return !['AssignmentPattern', 'ObjectPattern', 'ArrayPattern'].includes(property.value.type);
}

function nameOf({ key }: AnyProperty): string {
  if (key.type === 'Identifier') return key.name;
  return key.type === 'Literal' ? String(key.value) : '';
}

function stringOf(node: { readonly type: string }): string | null {
  if (!isText(node)) return null;
  if (node.type === 'TemplateLiteral') return node.expressions.length === 0 ? (node.quasis[0]?.value.raw ?? '') : null;
  if (node.value instanceof RegExp) return node.value.source;
  return typeof node.value === 'string' ? node.value : null;
}

type Text = Extract<Expression, { type: 'Literal' | 'TemplateLiteral' }>;

function isText(node: { readonly type: string }): node is Text {
  return node.type === 'Literal' || node.type === 'TemplateLiteral';
}
