import { deepEqual, equal, ok } from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  findCertainSecrets,
  maskedPreview,
} from '../../../src/orchestrator/agents/security-auditor/secrets/certain.ts';
import { secretNames } from '../../../src/orchestrator/agents/security-auditor/secrets/key.ts';
import { createMasker } from '../../../src/orchestrator/agents/security-auditor/secrets/masker.ts';
import { scanSecrets } from '../../../src/orchestrator/agents/security-auditor/secrets/scan.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { proves } from '../../requirements.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const BASE62 = `${LETTERS}${LETTERS.toLowerCase()}0123456789`;
const HEX = '0123456789abcdef';

/** Text that looks random and is the same every time; made here, so that no file of the repository holds a token. */
function made(alphabet: string, length: number, seed = 7): string {
  const random = seededRandom(seed);
  let text = '';
  while (text.length < length) text += alphabet[Math.floor(random() * alphabet.length)] ?? '';
  return text;
}

const b62 = (length: number, seed?: number): string => made(BASE62, length, seed);
const hex = (length: number, seed?: number): string => made(HEX, length, seed);

const TOKENS: readonly (readonly [rule: string, token: string])[] = [
  ['secret.aws-access-key', `AKIA${made('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`],
  ['secret.google-api-key', `AIza${b62(35)}`],
  ['secret.github', `ghp_${b62(36)}`],
  ['secret.github-fine-grained', `github_pat_${b62(22)}_${b62(59, 9)}`],
  ['secret.gitlab', `glpat-${b62(20)}`],
  ['secret.npm', `npm_${b62(36)}`],
  ['secret.stripe', `sk_live_${b62(24)}`],
  ['secret.slack', `xoxb-${made('0123456789', 12)}-${made('0123456789', 12, 3)}-${b62(24)}`],
  ['secret.sendgrid', `SG.${b62(22)}.${b62(43, 5)}`],
  ['secret.digitalocean', `dop_v1_${hex(64)}`],
  ['secret.openai', `sk-proj-${b62(58)}T3BlbkFJ${b62(58, 5)}`],
  ['secret.anthropic', `sk-ant-api03-${b62(93)}AA`],
  ['secret.huggingface', `hf_${made(LETTERS + LETTERS.toLowerCase(), 34)}`],
  ['secret.telegram-bot', `${made('123456789', 9)}:AA${b62(33)}`],
  ['secret.shopify', `shpat_${hex(32)}`],
  ['secret.grafana-service', `glsa_${b62(32)}_${hex(8)}`],
  ['secret.linear', `lin_api_${b62(40)}`],
  ['secret.databricks', `dapi${hex(32)}`],
  ['secret.terraform-cloud', `${b62(14)}.atlasv1.${b62(64, 5)}`],
  ['secret.pypi', `pypi-AgEIcHlwaS5vcmc${b62(90)}`],
  ['secret.age', `AGE-SECRET-KEY-1${made('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)}`],
  ['secret.mailchimp', `${hex(32)}-us14`],
  ['secret.azure-ad-secret', `${b62(3)}8Q~${b62(34, 5)}`],
];

describe(proves('A12', 'security auditor: secrets that are certain'), () => {
  for (const [rule, token] of TOKENS) {
    it(`knows ${rule}`, () => {
      const text = `const key = "${token}";\n`;
      deepEqual(
        findCertainSecrets(text).map((span) => [span.rule, text.slice(span.start, span.end)]),
        [[rule, token]],
      );
      equal(findCertainSecrets(token).length, 1, 'alone, however short the text');
    });
  }

  it('knows private keys, on lines, in one string, and cut off', () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    for (const text of [privateKey, JSON.stringify({ key: privateKey }), privateKey.slice(0, 800)]) {
      deepEqual(
        findCertainSecrets(text).map((span) => span.rule),
        ['secret.private-key'],
      );
    }
  });

  it('leaves stand-ins, public keys, hashes and words alone', () => {
    const { publicKey } = generateKeyPairSync('ed25519', {
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const texts = [
      `AKIA${'IOSFODNN7'}EXAMPLE`,
      `ghp_${'x'.repeat(36)}`,
      `sk_live_${'your_key_here_please_change'}`,
      `sk_live_${'a1'.repeat(12)}`,
      `integrity sha512-${b62(86)}==`,
      hex(40),
      'pk_live_' + b62(24),
      publicKey,
      '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----',
      'import { sk_live_helper } from "./sk_test_helper";',
    ];
    for (const text of texts) deepEqual(findCertainSecrets(text), [], text);
  });
});

describe(proves('A12', 'security auditor: masking'), () => {
  const mask = createMasker();

  it('shows what it was and the last four characters, nothing else', () => {
    const token = `sk_live_${b62(20)}4x2Q`;
    equal(mask(`payments: ${token}.`), 'payments: sk_live_••••4x2Q.');
    equal(maskedPreview('hunter2!', 0), '••••');
  });

  it('masks every token, wherever it stands, and only once', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...TOKENS),
        fc.constantFrom('', ' ', '"', '=', '\n', '(', '/'),
        fc.constantFrom('', ' ', '"', '\n', ')', ','),
        ([, token], before, after) => {
          const masked = mask(`log ${before}${token}${after} end`);
          ok(!masked.includes(token));
          ok(masked.startsWith(`log ${before}`) && masked.endsWith(`${after} end`));
          equal(mask(masked), masked);
        },
      ),
    );
  });

  it('gives back the same text where there is nothing to mask', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        equal(mask(text), text);
      }),
    );
  });
});

describe(proves('A12', 'security auditor: secrets that are possible'), () => {
  const scan = async (file: string, text: string): Promise<readonly string[]> =>
    (await scanSecrets(file, text)).map((one) => `${one.rule} ${one.severity}`);

  const bad: readonly (readonly [string, string])[] = [
    [`DB_PASSWORD=Tr0ub4dor&3`, 'secret.generic'],
    [`  client_secret: "${b62(32)}"`, 'secret.generic'],
    [`const apiKey = '${hex(32)}';`, 'secret.generic'],
    [`redis://default:${b62(16)}@cache.acme.io:6379`, 'secret.url-password'],
    [`curl -u admin:${b62(14)} https://api.acme.io`, 'secret.authorization'],
    [`headers: { Authorization: 'Bearer ${b62(40)}' }`, 'secret.authorization'],
    [
      `eyJ${Buffer.from('{"alg":"HS256"}').toString('base64url').slice(3)}.${Buffer.from('{"id":42,"name":"Ada"}').toString('base64url')}.${b62(43)}`,
      'secret.jwt',
    ],
  ];
  for (const [text, rule] of bad)
    it(`sees ${rule} in ${text.slice(0, 24)}…`, async () =>
      deepEqual(await scan('deploy/settings.conf', text), [`${rule} warning`]));

  const good = [
    'password: process.env.DB_PASSWORD',
    'PASSWORD=${DB_PASSWORD}',
    'password = "changeme"',
    'const passwordField = "user-password";',
    'token: string;',
    'secret: !Ref ClientSecret',
    `secretName: prod/db/main-password`,
    `tokenUrl: 'https://auth.acme.io/oauth/token'`,
    `const apiKey = 'your-api-key-here-1234';`,
    `password_hash: '${hex(64)}'`,
    'postgres://postgres:postgres@localhost:5432/app',
    'postgres://user:password@db.acme.io/app',
    'Authorization: `Bearer ${token}`',
    `"integrity": "sha512-${b62(86)}=="`,
    'accessKeyId: credentials.accessKeyId',
    'const token = await getToken(user.id);',
    'tokens = parser.tokenize(source1)',
  ];
  for (const text of good)
    it(`is silent about ${text.slice(0, 32)}`, async () => deepEqual(await scan('deploy/settings.conf', text), []));

  it('says only what is certain in tests and documents, and no louder than a warning', async () => {
    deepEqual(await scan('README.md', `password = "Tr0ub4dor&3"`), []);
    deepEqual(await scan('test/a.test.ts', `const key = 'ghp_${b62(36)}';`), ['secret.github warning']);
    deepEqual(await scan('src/a.ts', `const key = 'ghp_${b62(36)}';`), ['secret.github error']);
  });
});

describe(proves('A12', 'security auditor: names of secrets'), () => {
  it('are the same in one state folder, others elsewhere, and the key is for its owner only', async () => {
    const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'savepoint-key-')));
    const [first = '', second = ''] = folders;
    const together = await Promise.all([secretNames(first), secretNames(first), secretNames(first)]);
    const names = new Set(together.map((nameOf) => nameOf('rule', 'value')));
    equal(names.size, 1);
    equal((await secretNames(first))('rule', 'value'), [...names][0]);
    ok((await secretNames(second))('rule', 'value') !== [...names][0]);
    const folder = join(first, 'agents', 'security-auditor');
    deepEqual(readdirSync(folder), ['fingerprint.key']);
    equal(statSync(join(folder, 'fingerprint.key')).mode & 0o777, 0o600);
    equal(readFileSync(join(folder, 'fingerprint.key')).length, 32);
    for (const one of folders) rmSync(one, { recursive: true });
  });
});
