import assert from 'node:assert/strict';
import fc from 'fast-check';
import { changeRates, coChange } from '../../../src/orchestrator/agents/context-optimizer/co-change.ts';
import type { FileIndex } from '../../../src/orchestrator/agents/context-optimizer/file-index.ts';
import { pageRank, referenceGraph } from '../../../src/orchestrator/agents/context-optimizer/page-rank.ts';
import { rank, type Corpus, type Query } from '../../../src/orchestrator/agents/context-optimizer/ranking.ts';
import { identifiersOf, wordsOf } from '../../../src/orchestrator/agents/context-optimizer/words.ts';
import { proves } from '../../requirements.ts';

/** Files with their text, each defining the names that stand first on its lines after `def`. */
function indexOf(files: Readonly<Record<string, string>>): FileIndex {
  const names: string[] = [];
  const words: string[] = [];
  const number = (list: string[], text: string): number =>
    list.includes(text) ? list.indexOf(text) : list.push(text) - 1;
  const facts = Object.entries(files).map(([file, text]) => ({
    file,
    names: [...identifiersOf(text)].flatMap(([name, count]) => [number(names, name), count]),
    definitions: [...text.matchAll(/def (\w+)/g)].map(([, name = '']) => ({
      name,
      line: 0,
      endLine: 0,
      signature: name,
    })),
  }));
  return {
    files: facts,
    names,
    words,
    nameWords: names.map((name) => wordsOf(name).map((word) => number(words, word))),
  };
}

const NO_IMPORTS: Corpus['imports'] = { uses: () => [], usedBy: () => [] };
const FILES = {
  'src/cart.ts': 'def totalPrice uses vatRate and formatMoney',
  'src/vat.ts': 'def vatRate for countries',
  'src/money.ts': 'def formatMoney',
  'src/mail.ts': 'def sendMail to customers',
  'test/cart.test.ts': 'totalPrice is checked',
  'docs/about.md': 'nothing of interest',
};
const corpus: Corpus = { index: indexOf(FILES), imports: NO_IMPORTS, commits: [] };
const order = (query: Partial<Query>, over: Partial<Corpus> = {}): readonly string[] =>
  rank({ ...corpus, ...over }, { words: new Map(), seeds: new Map(), ...query }).map(({ file }) => file);

describe(proves('A12', 'ranking'), () => {
  it('puts first what has the words of a task, path and split names alike', () => {
    assert.equal(order({ words: new Map([['vat', 1]]) })[0], 'src/vat.ts');
    assert.equal(
      order({
        words: new Map([
          ['mail', 1],
          ['customer', 1],
        ]),
      })[0],
      'src/mail.ts',
    );
  });

  it('puts first the test of a changed file, what it refers to, and what changed with it', () => {
    const seeds = new Map([['src/cart.ts', 1]]);
    assert.equal(order({ seeds })[0], 'test/cart.test.ts');
    const near = new Set(order({ seeds }).slice(0, 3));
    assert.deepEqual(near, new Set(['test/cart.test.ts', 'src/vat.ts', 'src/money.ts']));
    const commits = [['src/cart.ts', 'src/mail.ts'], ['src/cart.ts', 'src/mail.ts'], ['docs/about.md']];
    assert.equal(order({ seeds }, { commits })[0], 'src/mail.ts');
  });

  it('follows imports both ways', () => {
    const imports: Corpus['imports'] = {
      uses: (file) => (file === 'src/mail.ts' ? [{ file: 'docs/about.md', kind: 'import' }] : []),
      usedBy: (file) => (file === 'docs/about.md' ? [{ file: 'src/mail.ts', kind: 'import' }] : []),
    };
    assert.equal(order({ seeds: new Map([['docs/about.md', 1]]) }, { imports })[0], 'src/mail.ts');
    assert.ok(order({ seeds: new Map([['src/mail.ts', 1]]) }, { imports }).indexOf('docs/about.md') < 4);
  });

  it('gives every file but the seeds once, the same way every time', () => {
    const anyFile = fc.constantFrom(...Object.keys(FILES));
    const anyWords = fc.dictionary(
      fc.constantFrom('cart', 'vat', 'money', 'price', 'unknown'),
      fc.integer({ min: 1, max: 9 }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(anyFile), anyWords, fc.array(fc.uniqueArray(anyFile)), (seeds, words, commits) => {
        const query = { seeds: new Map(seeds.map((file) => [file, 1])), words: new Map(Object.entries(words)) };
        const first = order(query, { commits });
        assert.deepEqual(first, order(query, { commits }));
        assert.deepEqual(new Set(first), new Set(Object.keys(FILES).filter((file) => !seeds.includes(file))));
        for (const { signals } of rank({ ...corpus, commits }, query)) {
          for (const part of Object.values(signals)) assert.ok(part >= 0 && part <= 1.0001, String(part));
        }
      }),
    );
  });
});

describe(proves('A12', 'references and history'), () => {
  it('lead from a file to those that define its names, not to where everybody defines them', () => {
    const files = { 'a.ts': 'uses wanted and common', 'b.ts': 'def wanted def common' };
    const common = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`c${String(n)}.ts`, 'def common']));
    const scores = pageRank(referenceGraph(indexOf({ ...files, ...common })), new Map([['a.ts', 1]]));
    assert.ok((scores.get('b.ts') ?? 0) > 0);
    assert.equal(scores.get('c1.ts'), undefined);
  });

  it('count newer and smaller commits more, and nothing of mass changes', () => {
    const seeds = new Map([['a', 1]]);
    const scores = coChange(
      [
        ['a', 'new'],
        ['a', 'old', 'x', 'y', 'z'],
      ],
      seeds,
    );
    assert.ok((scores.get('new') ?? 0) > (scores.get('old') ?? 0));
    const everything = Array.from({ length: 100 }, (_, index) => String(index));
    assert.equal(coChange([['a', ...everything]], seeds).size, 0);
    assert.equal(changeRates([everything]).size, 0);
    assert.equal(coChange([['a', 'b']], seeds).get('a'), undefined);
  });
});
