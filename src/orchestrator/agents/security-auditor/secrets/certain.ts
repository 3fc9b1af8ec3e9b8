import { entropy, isPlaceholder } from './entropy.ts';
import { TOKEN_RULES, type TokenRule } from './tokens.ts';

/** A secret in a text. The value itself never leaves the auditor: see `maskedPreview` and the keyed fingerprint. */
export interface SecretSpan {
  /** `secret.<id>`. */
  readonly rule: string;
  /** For people: "GitHub token". */
  readonly name: string;
  /** UTF-16 offsets, end exclusive, of the secret itself. */
  readonly start: number;
  readonly end: number;
  /** Characters of the prefix that may be shown: they name the provider. */
  readonly shown: number;
}

interface CompiledRule extends TokenRule {
  readonly pattern: RegExp;
}

const PRIVATE_KEY: TokenRule = {
  id: 'private-key',
  name: 'private key',
  head: '-----BEGIN (?:[A-Z0-9]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----',
  // Base64 lines (also with line ends as \n in a string, or one string literal a line), PEM headers, up to the end mark if there.
  tail: '(?:\\\\r|\\\\n|[A-Za-z0-9+/=:,.()\\s"\'`-]){64,20000}?(?:-----END [A-Z0-9 ]{2,40}-----|(?![A-Za-z0-9+/=:,.()\\s"\'`\\\\-])|$)',
  floor: 4.5,
};
const PUTTY_KEY: TokenRule = {
  id: 'putty-private-key',
  name: 'PuTTY private key',
  head: 'PuTTY-User-Key-File-[23]: ',
  tail: '[\\s\\S]{20,8000}?Private-MAC: [0-9a-f]{40,64}',
  floor: 4,
};

const RULES: readonly CompiledRule[] = [...TOKEN_RULES, PRIVATE_KEY, PUTTY_KEY].map((rule) => ({
  ...rule,
  pattern: new RegExp(`(${rule.head})(${rule.tail})(?![A-Za-z0-9])`, 'y'),
}));

/** The one pass over a text: where any known token could start. Nothing else is looked at. */
const START = new RegExp(`(?<![A-Za-z0-9])(?:${[...new Set(RULES.map((rule) => rule.head))].join('|')})`, 'g');

/** No token of any rule is shorter: ids, names and states need no look, which spares short runs the compilation of the rules. */
const SHORTEST = 16;

/** Every certain secret in the text, in order, not overlapping. Pure; 50 MB/s and more on text without secrets. */
export function findCertainSecrets(text: string): readonly SecretSpan[] {
  if (text.length < SHORTEST) return [];
  // Most texts hold none, and are many: a search costs a fraction of what an iterator over matches does.
  if (text.search(START) < 0) return [];
  const found: SecretSpan[] = [];
  let from = 0;
  for (const { index } of text.matchAll(START)) {
    if (index < from) continue;
    const span = secretAt(text, index);
    if (!span) continue;
    found.push(span);
    from = span.end;
  }
  return found;
}

/** Values of this many characters are judged by entropy alone: words turn up in them by chance. */
const LONG = 400;

/** The longest token of any provider that starts here. */
function secretAt(text: string, index: number): SecretSpan | null {
  let best: SecretSpan | null = null;
  for (const { pattern, id, name, floor } of RULES) {
    pattern.lastIndex = index;
    const match = pattern.exec(text);
    const [whole, head = '', tail = ''] = match ?? [];
    if (whole === undefined || entropy(tail) < floor || (tail.length < LONG && isPlaceholder(tail))) continue;
    if (best && best.end >= index + whole.length) continue;
    best = {
      rule: `secret.${id}`,
      name,
      start: index,
      end: index + whole.length,
      shown: head.startsWith('-----') ? 0 : head.length,
    };
  }
  return best;
}

const HIDDEN = '••••';
const SHOWN_TAIL = 4;
const SHOWN_HEAD = 16;

/** `sk_live_••••4x2Q`: enough to find it again, useless to anybody else. Short secrets show no end. */
export function maskedPreview(secret: string, shown: number): string {
  const head = secret.slice(0, Math.min(shown, SHOWN_HEAD, secret.length >> 1)).replace(/\s+/g, ' ');
  const tail =
    secret.length - shown >= 5 * SHOWN_TAIL &&
    /^[\w+/=.-]+$/.test(secret.slice(-SHOWN_TAIL)) &&
    !secret.startsWith('-----')
      ? secret.slice(-SHOWN_TAIL)
      : '';
  return `${head}${HIDDEN}${tail}`;
}
