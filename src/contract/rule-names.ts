// How a finding names what another tool found: one name whoever says it, so that what two say alike can be told.

/** A rule id of a tool as a finding's: letters that a suppression comment can name. */
export function lintRule(name: string): string {
  return `lint.${name
    .toLowerCase()
    .replace(/^@/, '')
    .replace(/[^\w.-]+/g, '.')
    .replace(/^\.+|\.+$/g, '')}`;
}

/** Of the compiler's number. */
export const typeRule = (code: number | string): string => `types.ts${code}`;

/** Of `eslint(no-debugger)`, `typescript(no-this-alias)`. */
export const oxlintRule = (code: string): string => lintRule(code.replace(/^eslint\((.*)\)$/, '$1'));

/** Of `lint/suspicious/noDebugger`. */
export const biomeRule = (category: string): string => lintRule(category.slice(category.lastIndexOf('/') + 1));
