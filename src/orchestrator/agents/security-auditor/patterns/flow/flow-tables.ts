import type { Kind } from './value.ts';

/** Functions whose result holds the text they were given. Everything else that is unknown gives something unknown. */
export const PASSES_ON =
  /^(?:path(?:\.posix|\.win32)?\.(?:join|resolve|normalize|relative|dirname|format|parse)|util\.(?:format|inspect)|Buffer\.(?:from|concat)|decodeURI(?:Component)?|unescape|JSON\.(?:parse|stringify)|(?:qs|querystring)\.(?:parse|stringify|unescape)|url\.(?:parse|format|resolve|fileURLToPath|URL|URLSearchParams)|Object\.(?:assign|values|entries|keys|fromEntries|freeze)|Array\.(?:from|of)|String|String\.raw|structuredClone|atob|btoa|URL|URLSearchParams|Promise\.(?:resolve|all)|(?:lodash|_|lodash-es)\.(?:merge|pick|omit|get|cloneDeep|clone|trim|toString|defaults|assign|map|join|concat|values)|Set|Map|Array|yaml\.parse|js-yaml\.load|TextDecoder\(\)\.decode|iconv(?:-lite)?\.decode|next\/server\.(?:URL)|fs\.realpath|fs\.promises\.realpath|fs\.realpathSync|useState|react\.useState|react\.useMemo)$/;
/** Methods that put their arguments into the result. */
export const METHOD_PASSES_ON = /^(?:concat|replace|replaceAll|join|padStart|padEnd|format|with)$/;
/** Methods of a text or list whose result says nothing dangerous about it. */
export const METHOD_ENDS =
  /^(?:includes|startsWith|endsWith|indexOf|lastIndexOf|test|charCodeAt|codePointAt|localeCompare|search|push|unshift|has|hasOwnProperty|some|every|findIndex|toFixed|getTime|valueOf|isX|count|equals|compare|byteLength|set|delete|append|add|destroy|close|end|pipe|on|once|emit|save|log|write)$/;
/** Methods that keep only part of a text or change its form, so it cannot carry an object. */
export const METHOD_STRINGS =
  /^(?:toString|trim|trimStart|trimEnd|toLowerCase|toUpperCase|slice|substring|substr|split|normalize|repeat|charAt|at|join|padStart|padEnd|replace|replaceAll|concat)$/;
/** Functions whose result is a number, a date, a truth value, a hash: nothing an attacker can use. */
export const ENDS =
  /^(?:Number|Number\.\w+|parseInt|parseFloat|Boolean|BigInt|Date|Date\.\w+|Math\.\w+|isNaN|isFinite|Array\.isArray|Object\.is|Symbol|mongoose\.Types\.ObjectId|mongoose\.isValidObjectId|mongodb\.ObjectId|bson\.ObjectId)$/;

const ALL: readonly Kind[] = [
  'sql',
  'nosql',
  'command',
  'code',
  'template',
  'path',
  'ssrf',
  'xss',
  'redirect',
  'deserialise',
  'prototype',
  'regexp',
  'ldap',
  'xpath',
  'header',
  'open-external',
];

/** Known sanitisers, most exact first; then what a name promises. */
const CLEARS: readonly (readonly [RegExp, readonly Kind[]])[] = [
  [
    /(?:^|\.)(?:encodeURIComponent|encodeURI)$|^querystring\.escape$/,
    ['xss', 'path', 'ssrf', 'redirect', 'header', 'template', 'open-external'],
  ],
  [/^path(?:\.posix|\.win32)?\.(?:basename|extname)$/, ['path', 'ssrf', 'redirect']],
  [
    /(?:^|\.)(?:escapeId|escapeIdentifier|escapeLiteral|quoteIdent|quoteLiteral|sqlstring\w*)$|^(?:\?|mysql2?\.|sqlstring\.)[\w.()]*(?:escape|format)$|^pg-format(?:$|\.)/i,
    ['sql'],
  ],
  [
    /(?:escape|quote|sanitiz|sanitis|encode|clean|strip|purif)\w*(?:html|markup|tags|xml|xss|attr)|(?:html|xml|xss|markup)\w*(?:escape|encode|entit|sanitiz|sanitis|purif)|dompurify|^xss(?:$|\.)|^he\.(?:encode|escape)$|^(?:lodash|_)\.escape$|^validator\.escape$|(?:^|\.)esc(?:Html|ape)?$|^sanitize-html$|^escape-html$|^isomorphic-dompurify|bleach/i,
    ['xss', 'template'],
  ],
  [
    /(?:escape|quote|sanitiz|sanitis)\w*(?:shell|arg|cmd|command)|shell\w*(?:escape|quote)|^shell-quote\.quote$|^shescape/i,
    ['command'],
  ],
  [/escape\w*reg|reg\w*escape|RegExp\.escape/i, ['regexp']],
  [
    /(?:sanitiz|sanitis|safe|clean|secure)\w*(?:path|file|join|name)|^sanitize-filename$|^resolve-path$|(?:path|file)\w*(?:sanitiz|sanitis|safe|clean)/i,
    ['path', 'redirect'],
  ],
  [
    /(?:sanitiz|sanitis|safe|clean|local|valid)\w*(?:url|uri|redirect|href|link|return|next)/i,
    ['redirect', 'ssrf', 'xss', 'open-external'],
  ],
  [/mongo\w*sanitiz|^express-mongo-sanitize/i, ['nosql']],
  [/escape\w*(?:ldap|filter|dn)|ldap\w*escape/i, ['ldap']],
  [
    /(?:^|\.|_)(?:escape|sanitize|sanitise|purify|slugify|slug|allowlist|allowlisted|whitelist|clean|quote|validate|coerce|normali[sz]eId)\w*$/i,
    ALL,
  ],
];

/** Kinds that a function of this name clears; empty when it is no sanitiser. */
export function clearedBy(api: string): readonly Kind[] {
  return CLEARS.find(([pattern]) => pattern.test(api))?.[1] ?? [];
}

/** What `text.replace(pattern, …)` takes away. */
export function clearedByReplace(pattern: string): readonly Kind[] {
  if (/\[\^|\\W|\\D/.test(pattern)) return ALL;
  const isGlobal = /\/[a-z]*g[a-z]*$/.test(pattern);
  if (!isGlobal) return [];
  const kinds: Kind[] = [];
  if (/[<&]/.test(pattern)) kinds.push('xss', 'template');
  if (/'/.test(pattern)) kinds.push('sql', 'command', 'xpath');
  if (/\[[^\]]*[*+?][^\]]*\]/.test(pattern)) kinds.push('regexp', 'ldap');
  if (/\[[^\]]*(?:\\\/|\/|\\\\)[^\]]*\]/.test(pattern)) kinds.push('path');
  if (/\\r|\\n/.test(pattern)) kinds.push('header');
  return kinds;
}
