import type { SecretSpan } from './certain.ts';
import { entropy, isPlaceholder } from './entropy.ts';

/** Words that promise a secret, then the rest of the name, then a value: `api_key = "…"`, `"clientSecret": "…"`, `DB_PASSWORD=…`. */
const NAMED =
  /(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_.-]?key|access[_.-]?key|auth[_.-]?key|private[_.-]?key|signing[_.-]?key|encryption[_.-]?key|account[_.-]?key|master[_.-]?key|credential)(?:s|[_.-]?(?:key|base|value|hash|prod|production|staging|live|id))?["'`\]]{0,2}[ \t]{0,4}(?::=|=>|[:=])[ \t]{0,4}(?:["'`]([^"'`\s]{6,200})["'`]|([^\s"'`,;#]{6,200}))/gi;
/** The part of the name before that word. */
const NAME_BEFORE = /[A-Za-z0-9_.-]{0,40}$/;
const NOT_SECRET_NAMES =
  /(?:public|pub)[_.-]?key|token[_.-]?(?:type|url|uri|endpoint|name|count|limit|expir|id$)|secret[_.-]?(?:name|arn|id$|path|ref)|key[_.-]?(?:id|name|path|file)$|password[_.-]?(?:field|label|hint|policy|min|max|reset|confirm)|max[_.-]?token|csrf[_.-]?token[_.-]?name|publishable|site[_.-]?key|sha|integrity|hash$/i;
const JWT =
  /(?<![A-Za-z0-9_-])(eyJ[A-Za-z0-9_-]{10,600}\.eyJ[A-Za-z0-9_-]{10,4000}\.)[A-Za-z0-9_-]{20,800}(?![A-Za-z0-9_-])/g;
const URL_PASSWORD =
  /(?<![A-Za-z0-9])([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/?#@"'`<>]{0,64}:)([^\s:/?#@"'`<>]{3,128})@([A-Za-z0-9.-]{1,200})/g;
const CURL_USER = /\bcurl\b[^\n]{0,300}?\s(?:-u|--user)[ =]?["']?([^\s:"']{1,64}:)([^\s"']{4,128})/g;
const AUTHORIZATION =
  /\bauthorization["'`]?\s{0,2}[:=,]\s{0,2}["'`]?((?:Bearer|Basic|Token|ApiKey) )([A-Za-z0-9._~+/=-]{16,400})/gi;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HASH = /^(?:sha\d{1,3}[-:]|md5[-:])|^[0-9a-f]{40}$|^[0-9a-f]{64}$|^\$2[aby]\$|^\$argon2|^\$scrypt|^pbkdf2/i;
/** Under these names 40 or 64 hexadecimal digits are a key, not the id of a commit. */
const HEX_KEY = /(?:api|access|secret|signing|encryption|private)[_.-]?key|client[_.-]?secret|passw/i;
/** Code, paths, addresses, references, settings: what stands beside such names without being the secret. */
const REFERENCE =
  /^(?:https?:|file:|\/|\.{1,2}\/|~\/|\w+:\/\/|arn:|vault:|ssm:|op:\/\/|secretref|env[:.]|ENC\[|!|&|\*|@|#|--|data:)|[(){}[\]<>|;,]|\$|^\w+(?:\.\w+)+$|::|->|=>|^(?:true|false|null|none|undefined|string|number|boolean|any|void|unknown|never)\b/i;
const WORDS =
  /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|^[A-Za-z]+(?:[-_.:/ ][A-Za-z]+)*\d{0,2}$|^[a-z]+(?:[A-Z][a-z]+)+\d?$|^[A-Z]?[a-z]+$/;

/** Where a value without quotes is a name. */
const CODE =
  /\.(?:[cm]?[jt]sx?|vue|svelte|py|go|rb|java|kt|cs|php|rs|c|cc|cpp|h|hpp|swift|scala|dart|lua|ex|exs|clj|sql|graphql|proto)$/i;

/**
 * Values that look like secrets without a provider's shape. Meant for lines somebody just changed, not for tests and documents.
 * Pure.
 */
export function findPossibleSecrets(file: string, text: string): readonly SecretSpan[] {
  return [...namedSecrets(text, CODE.test(file)), ...webTokens(text), ...addresses(text), ...headers(text)].toSorted(
    (a, b) => a.start - b.start,
  );
}

function namedSecrets(text: string, isCode: boolean): readonly SecretSpan[] {
  const found: SecretSpan[] = [];
  for (const match of text.matchAll(NAMED)) {
    const [whole, quoted, bare] = match;
    const before = NAME_BEFORE.exec(text.slice(Math.max(0, match.index - 40), match.index))?.[0] ?? '';
    const name = before + (/^[\w.-]+/.exec(whole)?.[0] ?? '');
    const value = quoted ?? (isCode ? '' : bare) ?? '';
    if (NOT_SECRET_NAMES.test(name) || !isLikelySecret(value, { name, isQuoted: quoted !== undefined })) continue;
    const start = match.index + whole.lastIndexOf(value);
    found.push({ rule: 'secret.generic', name: 'secret', start, end: start + value.length, shown: 0 });
  }
  return found;
}

interface Named {
  readonly name: string;
  readonly isQuoted: boolean;
}

/** A key is long and random, a password shorter but mixed; words, hashes, ids and references are neither. */
function isLikelySecret(value: string, { name, isQuoted }: Named): boolean {
  if (
    /[^\x20-\x7e]/.test(value) ||
    isPlaceholder(value) ||
    REFERENCE.test(value) ||
    (HASH.test(value) && !(isQuoted && HEX_KEY.test(name) && /^[0-9a-f]+$/i.test(value))) ||
    WORDS.test(value)
  )
    return false;
  if (UUID.test(value)) return /secret|key|token/i.test(name) && isQuoted;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
  if (/passw|pwd|passphrase/i.test(name))
    return value.length <= 64 && kinds >= (isQuoted ? 2 : 3) && /[\d\W]/.test(value) && entropy(value) >= 2.4;
  if (value.length < 16 || !/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  return entropy(value) >= (/^[0-9a-f]+$/i.test(value) ? 2.9 : 3.4);
}

function webTokens(text: string): readonly SecretSpan[] {
  return [...text.matchAll(JWT)].flatMap((match): readonly SecretSpan[] => {
    const [whole, signed = ''] = match;
    if (isPublicToken(signed)) return [];
    return [
      { rule: 'secret.jwt', name: 'signed token (JWT)', start: match.index, end: match.index + whole.length, shown: 3 },
    ];
  });
}

/** The well-known example, and keys that are meant to be public (`"role":"anon"`). */
function isPublicToken(signed: string): boolean {
  const payload = Buffer.from(signed.split('.')[1] ?? '', 'base64url').toString('utf8');
  return /"sub":\s*"?1234567890|"role":\s*"anon"|John Doe|example/i.test(payload) || !payload.startsWith('{');
}

const LOCAL_HOST =
  /^(?:localhost|127\.|0\.0\.0\.0|host\.docker|db$|postgres$|mysql$|redis$|mongo$|database$|rabbitmq$|example|.*\.example\b|.*\.test$|.*\.local$|.*\.invalid$|host$|hostname$|server$|domain)/i;

function addresses(text: string): readonly SecretSpan[] {
  return [...text.matchAll(URL_PASSWORD)].flatMap((match): readonly SecretSpan[] => {
    const [, before = '', password = '', host = ''] = match;
    if (
      LOCAL_HOST.test(host) ||
      isPlaceholder(password) ||
      /^(?:pass(?:word|wd)?|pwd|secret|token|user(?:name)?|postgres|root|admin|test|guest)\d*$/i.test(password) ||
      /[$%{}*]/.test(password)
    )
      return [];
    const start = match.index + before.length;
    return [
      { rule: 'secret.url-password', name: 'password in an address', start, end: start + password.length, shown: 0 },
    ];
  });
}

function headers(text: string): readonly SecretSpan[] {
  return [...text.matchAll(CURL_USER), ...text.matchAll(AUTHORIZATION)].flatMap((match): readonly SecretSpan[] => {
    const [whole, , value = ''] = match;
    if (
      isPlaceholder(value) ||
      /[$<>{}]/.test(value) ||
      entropy(value) < 2.5 ||
      !/\d|[^a-z]/.test(value) ||
      value.startsWith('eyJ')
    )
      return [];
    const start = match.index + whole.length - value.length;
    return [
      { rule: 'secret.authorization', name: 'credential of a request', start, end: start + value.length, shown: 0 },
    ];
  });
}
