import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { NO_MODULES } from '../../../src/orchestrator/agents/security-auditor/patterns/modules.ts';
import {
  isMinified,
  PATTERN_RULES,
  scanPatterns,
} from '../../../src/orchestrator/agents/security-auditor/patterns/scan.ts';
import { isCatastrophic } from '../../../src/orchestrator/agents/security-auditor/patterns/detectors/regexp-ambiguity.ts';
import { parseSource } from '../../../src/orchestrator/workspace/parsed-source.ts';
import { BAD_CASES, GOOD_CASES } from './flow-cases.ts';
import { proves } from '../../requirements.ts';

const rulesOf = (code: string, file = 'case.js'): readonly string[] => {
  const parsed = parseSource(file, code);
  equal(parsed.syntaxError, null, code);
  return [...new Set(scanPatterns(parsed).drafts.map((draft) => draft.rule))];
};

describe(proves('A12', 'security auditor: insecure patterns'), () => {
  describe('every rule speaks about its bad example, and only it; its good example is silent', () => {
    for (const rule of PATTERN_RULES) {
      it(rule.id, () => {
        deepEqual(rulesOf(rule.bad, rule.file), [rule.id]);
        deepEqual(rulesOf(rule.good, rule.file), []);
      });
    }
  });

  describe('input is followed to where it does harm', () => {
    for (const { title, rules, code, file } of BAD_CASES) it(title, () => deepEqual(rulesOf(code, file), rules));
  });

  describe('silence where the code is as it should be', () => {
    for (const { title, code, file } of GOOD_CASES) it(title, () => deepEqual(rulesOf(code, file), []));
  });

  it('follows input into another file and tells of the place there', () => {
    const route = parseSource(
      'src/routes.ts',
      "import { findUser } from './db.ts';\napp.get('/u', async (req, res) => res.json(await findUser(req.query.name)));",
    );
    const db = parseSource(
      'src/db.ts',
      "export async function findUser(name: string) {\n  return pool.query(`SELECT * FROM users WHERE name = '${name}'`);\n}",
    );
    const modules = { find: (_from: string, specifier: string) => (specifier === './db.ts' ? db : null) };
    const { drafts, elsewhere } = scanPatterns(route, modules);
    deepEqual(drafts, []);
    deepEqual(
      elsewhere.map(({ rule, file, range }) => [rule, file, range.start.line]),
      [['injection.sql', 'src/db.ts', 1]],
    );
    deepEqual(scanPatterns(db, NO_MODULES).drafts, []);
  });

  it('survives files that import each other', () => {
    const a = parseSource(
      'a.js',
      "import { b } from './b.js';\nexport const a = (x) => b(x);\napp.get('/', (req, res) => a(req.query.q));",
    );
    const b = parseSource('b.js', "import { a } from './a.js';\nexport const b = (x) => a(x);");
    deepEqual(scanPatterns(a, { find: (_from, specifier) => (specifier === './b.js' ? b : a) }).drafts, []);
  });

  it('says nothing about tests', () => {
    const code = "app.get('/x', (req, res) => res.send('<p>' + req.query.q));";
    deepEqual(rulesOf(code, 'src/server.js'), ['xss.reflected']);
    deepEqual(rulesOf(code, 'test/server.test.js'), []);
  });

  it('never throws and never speaks twice of one place, whatever the text', () => {
    const pieces = BAD_CASES.flatMap(({ code }) => code.split(/(?<=[;{}()=.])/));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (chosen) => {
        const { drafts } = scanPatterns(parseSource('any.ts', chosen.join('')));
        const places = drafts.map(
          ({ rule, range }) => `${rule} ${String(range.start.line)} ${String(range.start.character)}`,
        );
        equal(new Set(places).size, places.length);
      }),
      { numRuns: 200 },
    );
  });

  it('knows bundles from written code', () => {
    ok(isMinified('var a=1;'.repeat(2000)));
    ok(!isMinified('const a = 1;\n'.repeat(2000)));
  });
});

describe(proves('A12', 'security auditor: regular expressions'), () => {
  const exponential = [
    '^(a+)+$',
    '^(a|a)*b$',
    '^(\\w+\\s?)+$',
    '([a-z]+)*x',
    '^(.*,)*$',
    '^(a|aa)+$',
    '(?:\\d+|\\d+x?)+y',
  ];
  const harmless = [
    '^a+$',
    '^(?:a|b)*$',
    '^(\\w+\\s)+$',
    '([^,]+,)*',
    '^[a-z]+(-[a-z]+)*$',
    '(a+)+',
    '\\s+$',
    '^(?:[^"\\\\]|\\\\.)*$',
    '(?=x)(a+)+$',
  ];
  for (const pattern of exponential) it(`${pattern} is catastrophic`, () => equal(isCatastrophic(pattern, ''), true));
  for (const pattern of harmless) it(`${pattern} is left alone`, () => equal(isCatastrophic(pattern, ''), false));

  it('never throws, whatever the pattern', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('a', '(', ')', '*', '+', '?', '|', '[', ']', '^', '$', '\\', 'd', '{2,}', '.', '-', '(?:'),
        ),
        (parts) => {
          isCatastrophic(parts.join(''), 'i');
        },
      ),
    );
  });
});
