import ts from 'typescript';
import type { CallFacts } from '../flow/machine.ts';
import { taintOf, textOf, type Value } from '../flow/value.ts';
import { enclosingNames, isEquality, isSecretName } from './names.ts';
import type { Report } from './report.ts';
import { option } from './sinks.ts';

const WEAK_HASH = /^(?:md[245]|sha-?1|ripemd(?:-?160)?|rsa-(?:md5|sha1))$/i;
const FAST_HASH = /^(?:sha-?(?:224|256|384|512)|sha3.*|blake.*|md5|sha-?1)$/i;
const SECRET_WORK = /passw|pwd|passphrase|secret|token|credential|signature|\bsign|session|\bauth|otp|api_?key/i;
const HARMLESS_WORK =
  /etag|checksum|cache|fingerprint|gravatar|avatar|integrity|dedup|content|file|asset|chunk|bucket|version|digestof|accept|handshake|websocket/i;
const PASSWORD = /^(?:\w*[._])?(?:plain|raw|user|new|old|current)?_?(?:password|passwd|pwd|passphrase|pass)$/i;
const WEAK_CIPHER = /^(?:des|des-.*|des3|3des|rc2.*|rc4.*|bf.*|blowfish.*|cast.*|idea.*|seed.*|.*-ecb)$/i;
const LEAST_ROUNDS = 10_000;
const LEAST_RSA_BITS = 2048;

export function detectCrypto({ node, api, name, args }: CallFacts, report: Report): void {
  const [first] = args;
  const algorithm = typeof first?.literal === 'string' ? first.literal : '';
  if (/(?:^|\.)createHash$/.test(api)) hashMade(node, algorithm, report);
  else if (/^(?:crypto-js|CryptoJS)\.(?:MD5|SHA1|SHA256|SHA512)$|^(?:md5|blueimp-md5|sha1)$/.test(api))
    hashCalled(node, name, report);
  else if (/(?:^|\.)create(?:Cipheriv|Decipheriv|Cipher|Decipher)$/.test(api))
    cipherMade({ node, name, algorithm, args }, report);
  else if (/^(?:crypto-js|CryptoJS)\.(?:DES|TripleDES|RC4|Blowfish)\.encrypt$/.test(api))
    report('crypto.weak-cipher', node);
  else if (/(?:^|\.)generateKeyPair(?:Sync)?$/.test(api) && /^rsa/i.test(algorithm))
    shortKey(node, option(args[1], 'modulusLength'), report);
  else if (
    /(?:^|\.)pbkdf2(?:Sync)?$/.test(api) &&
    typeof args[2]?.literal === 'number' &&
    args[2].literal < LEAST_ROUNDS
  )
    report('crypto.password-hash', node);
  else if (/(?:^|\.)createHmac$/.test(api) && isFixedText(args[1])) report('credential.hard-coded', node);
  else if (api === 'Math.random') randomUsed(node, report);
  else if (/^bcrypt(?:js)?\.(?:hash|hashSync|genSalt|genSaltSync)$/.test(api))
    roundsOf(node, args[/gen/.test(name) ? 0 : 1], report);
}

function roundsOf(node: ts.Node, rounds: Value | undefined, report: Report): void {
  if (typeof rounds?.literal === 'number' && rounds.literal < 8) report('crypto.password-hash', node);
}

const isFixedText = (value: Value | undefined): boolean =>
  typeof value?.literal === 'string' && value.literal.length >= 4;

function shortKey(node: ts.Node, bits: Value | undefined, report: Report): void {
  if (typeof bits?.literal === 'number' && bits.literal < LEAST_RSA_BITS) report('crypto.short-key', node);
}

/** What the hash is for shows in what is hashed and in the names around it. */
function hashMade(node: ts.Node, algorithm: string, report: Report): void {
  const hashed = hashedText(node);
  const around = [...enclosingNames(node), ...hashed];
  if (FAST_HASH.test(algorithm) && !WEAK_HASH.test(algorithm)) {
    if (hashed.some((text) => PASSWORD.test(text))) report('crypto.password-hash', node);
    return;
  }
  if (!WEAK_HASH.test(algorithm)) return;
  if (around.some((text) => SECRET_WORK.test(text)) && !around.some((text) => HARMLESS_WORK.test(text)))
    report('crypto.weak-hash', node);
}

function hashCalled(node: ts.CallExpression | ts.NewExpression, name: string, report: Report): void {
  const hashed = (node.arguments ?? []).map((argument) => argument.getText());
  const around = [...enclosingNames(node), ...hashed];
  if (/256|512/.test(name)) {
    if (hashed.some((text) => PASSWORD.test(text))) report('crypto.password-hash', node);
  } else if (around.some((text) => SECRET_WORK.test(text)) && !around.some((text) => HARMLESS_WORK.test(text)))
    report('crypto.weak-hash', node);
}

/** Arguments of `.update(…)` down the chain: `createHash('md5').update(password)`. */
function hashedText(node: ts.Node): readonly string[] {
  const texts: string[] = [];
  let at: ts.Node = node.parent;
  while (ts.isPropertyAccessExpression(at) && ts.isCallExpression(at.parent)) {
    if (at.name.text === 'update') texts.push(...at.parent.arguments.map((argument) => argument.getText()));
    at = at.parent.parent;
  }
  if (texts.length === 0 && ts.isVariableDeclaration(at)) texts.push(...updatesOf(at));
  return texts;
}

/** `const hash = createHash('md5'); hash.update(password);` in the same block. */
function updatesOf({ name, parent }: ts.VariableDeclaration): readonly string[] {
  const block = parent.parent.parent;
  if (!ts.isBlock(block)) return [];
  const call = new RegExp(`\\b${name.getText().replace(/\W/g, '')}\\.update\\(([^)]*)`, 'g');
  return [...block.getText().matchAll(call)].map((match) => match[1] ?? '');
}

interface Cipher {
  readonly node: ts.Node;
  readonly name: string;
  readonly algorithm: string;
  readonly args: readonly Value[];
}

function cipherMade({ node, name, algorithm, args }: Cipher, report: Report): void {
  const [, key, iv] = args;
  if (WEAK_CIPHER.test(algorithm) || name === 'createCipher' || name === 'createDecipher')
    report('crypto.weak-cipher', node);
  if (name === 'createCipheriv' && iv && (isFixedBytes(iv) || isZeroes(node, iv))) report('crypto.fixed-iv', node);
  if (key && isFixedBytes(key) && name.endsWith('iv')) report('credential.hard-coded', node);
}

/** A fresh buffer that nothing in the file fills. */
const isZeroes = (node: ts.Node, value: Value): boolean =>
  value.api === 'Buffer.alloc()' && !/randomFill|\.copy\(|\.write|\.set\(/.test(node.getSourceFile().text);

function isFixedBytes(value: Value): boolean {
  if (typeof value.literal === 'string') return value.literal.length > 0;
  return value.api === 'Buffer.from()' && value.text !== undefined && !/[\0\u0001]/.test(value.text);
}

const SECRET_MADE =
  /token|secret|passw|session_?(?:id|token|key|secret)|nonce|salt|csrf|xsrf|\botp|otp\b|one_?time|api_?key|reset|verif|auth|invite|credential|passcode|pin_?code|^pin$|access_?code|(?:^|_)iv$|encryption|private_?key|coupon|voucher/i;
const HARMLESS_RANDOM =
  /animat|colou?r|jitter|delay|shuffle|mock|fake|key_?frame|retry|backoff|session_?storage|design|simulat|chance|tokeni[sz]|position/i;

function randomUsed(node: ts.Node, report: Report): void {
  const [nearest, ...others] = enclosingNames(node);
  const names = [nearest ?? '', ...others.slice(0, 2)];
  if (names.some((text) => SECRET_MADE.test(text)) && !names.some((text) => HARMLESS_RANDOM.test(text)))
    report('random.predictable', node);
}

const DIGEST_NAME =
  /(?:^|[._])(?:\w*(?:signature|hmac|digest|mac|api_?key|access_?key|token|secret|csrf|otp|password_?hash|passwd|password))$/i;
const KNOWN_SECRET =
  /^process\.env\.\w*(?:SECRET|TOKEN|KEY|PASSWORD|PASS|SIGNATURE)\w*$|^(?:config|settings|env|options|this)\.[\w.]*(?:secret|token|apiKey|api_key|password)$/i;

/** A secret of this side compared with what came from outside. */
export function detectTiming(node: ts.BinaryExpression, [left, right]: readonly [Value, Value], report: Report): void {
  if (!isEquality(node) || (!left.isDigest && !right.isDigest && !taintOf(left) && !taintOf(right))) return;
  for (const [one, other, text, otherText] of [
    [left, right, node.left.getText(), node.right.getText()],
    [right, left, node.right.getText(), node.left.getText()],
  ] as const) {
    if (one.isDigest && !isEmptyOrType(other) && looksSecret(other, otherText)) return report('crypto.timing', node);
    const isOutside = taintOf(one)?.group === 'request';
    if (
      isOutside &&
      !isEmptyOrType(other) &&
      (KNOWN_SECRET.test(otherText) ||
        (isSecretName(lastName(otherText)) &&
          isSecretName(lastName(text)) &&
          /expected|stored|valid|correct|server|secret|hash/i.test(otherText)))
    )
      return report('crypto.timing', node);
  }
}

const lastName = (text: string): string => /([A-Za-z_$][\w$-]*)['"\])]*$/.exec(text)?.[1] ?? '';
const isEmptyOrType = (value: Value): boolean => value.literal !== undefined;
const looksSecret = (value: Value, text: string): boolean =>
  taintOf(value) !== undefined ||
  DIGEST_NAME.test(text.replace(/['"\]]+$/, '')) ||
  /sig|hash|expected|received|header|stored/i.test(text);

const JWT = /^(?:jsonwebtoken|jwt-simple|jws|jose|fast-jwt)\b|^\?jwt\b/;

export function detectJwt(facts: CallFacts, report: Report): void {
  const { node, api, name, args } = facts;
  if (!JWT.test(api)) return;
  const [first, key, options] = args;
  if (name === 'sign' || name === 'verify' || name === 'encode') {
    if (isFixedText(key)) report('credential.hard-coded', node);
    if (name === 'verify' && key && (key.literal === null || key.literal === '')) report('jwt.none', node);
    if (acceptsNone(options)) report('jwt.none', node);
    if (option(options, 'ignoreExpiration')?.literal === true) report('jwt.expiry-ignored', node);
  }
  const isDecode = name === 'decode' || name === 'decodeJwt' || name === 'unsafeDecode';
  if (
    isDecode &&
    first &&
    taintOf(first)?.group === 'request' &&
    option(key, 'complete') === undefined &&
    !/\b(?:jwtVerify|\.verify|verify\w*)\s*\(/.test(functionAround(node).getText())
  )
    report('jwt.not-verified', node);
  if (/^jwt-simple\.decode$/.test(api) && args[2]?.literal === true) report('jwt.not-verified', node);
}

/** The innermost function that the call stands in, else the file. */
function functionAround(node: ts.Node): ts.Node {
  let at: ts.Node = node.parent;
  while (!ts.isFunctionLike(at) && !ts.isSourceFile(at)) at = at.parent;
  return at;
}

function acceptsNone(options: Value | undefined): boolean {
  const named = [option(options, 'algorithm'), ...(option(options, 'algorithms')?.members?.values() ?? [])];
  return named.some((value) => value !== undefined && /^none$/i.test(textOf(value)));
}
