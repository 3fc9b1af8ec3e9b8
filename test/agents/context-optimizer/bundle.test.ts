import assert from 'node:assert/strict';
import fc from 'fast-check';
import { makeBundle, type Candidate } from '../../../src/orchestrator/agents/context-optimizer/bundle.ts';
import { excerpt, joined } from '../../../src/orchestrator/agents/context-optimizer/excerpt.ts';
import { firstOpenItem, mentioned } from '../../../src/orchestrator/agents/context-optimizer/question.ts';
import { proves } from '../../requirements.ts';

/** Stands for the tokenizer: a token is four characters. */
const countTokens = (text: string): number => Math.ceil(text.length / 4);
const candidate = (file: string, text: string, over: Partial<Candidate> = {}): Candidate => ({
  file,
  text,
  why: 'Because',
  definitions: [],
  changed: [],
  most: 1,
  ...over,
});
const bundleOf = (candidates: readonly Candidate[], budget: number): ReturnType<typeof makeBundle> =>
  makeBundle({ title: 'Context', preface: ['A task'], candidates, words: new Map([['vat', 1]]), budget, countTokens });

describe(proves('A12', 'the bundle'), () => {
  it('never exceeds the budget, counts itself right, and shows each file once', () => {
    const text = fc.array(fc.string({ maxLength: 60 }), { maxLength: 80 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 12 }), fc.integer({ min: 500, max: 5000 }), (texts, budget) => {
        const bundle = bundleOf(
          texts.map((one, index) => candidate(`f${String(index)}.ts`, one)),
          budget,
        );
        assert.ok(bundle.tokens <= budget);
        assert.equal(bundle.tokens, countTokens(bundle.text));
        assert.equal(new Set(bundle.files.map(({ file }) => file)).size, bundle.files.length);
        for (const { file } of bundle.files) assert.ok(bundle.text.includes(file));
      }),
      { numRuns: 50 },
    );
  });

  it('shows whole files first, with why and which lines, then outlines', () => {
    const big = Array.from({ length: 400 }, (_, index) => `unrelated line number ${String(index)}`).join('\n');
    const definitions = [{ name: 'other', line: 4, endLine: 9, signature: 'function other()' }];
    const { files, text } = bundleOf([candidate('a.ts', 'one\ntwo\n'), candidate('big.ts', big, { definitions })], 600);
    assert.deepEqual(files, [
      { file: 'a.ts', why: 'Because', lines: [[1, 2]] },
      { file: 'big.ts', why: 'Because', lines: [[5, 5]] },
    ]);
    assert.match(text, /### a\.ts\nBecause\. Lines 1–2\.\n```ts\none\ntwo\n```/);
    assert.match(text, /- big\.ts \(Because\)\n {2}- 5: function other\(\)/);
  });

  it('shows of a file that is too long its changed lines and what is asked for', () => {
    const lines = Array.from({ length: 300 }, (_, index) => `filler ${String(index)} ${'x'.repeat(20)}`);
    lines[250] = 'function vat() {}';
    const definitions = [{ name: 'vat', line: 250, endLine: 250, signature: 'function vat()' }];
    const [file] = bundleOf([candidate('a.ts', lines.join('\n'), { definitions, changed: [[100, 101]] })], 700).files;
    const isShown = (line: number): boolean =>
      file?.lines.some(([first, last]) => line >= first && line <= last) === true;
    assert.ok(isShown(101) && isShown(251) && !isShown(200));
  });

  it('cuts no fence of a file that holds fences', () => {
    assert.match(bundleOf([candidate('a.md', '```js\n1\n```')], 600).text, /~~~~md\n```js\n1\n```\n~~~~/);
  });

  it('joins neighbouring parts and keeps within its room', () => {
    assert.deepEqual(
      joined([
        [5, 9],
        [0, 4],
        [20, 22],
      ]),
      [
        [0, 9],
        [20, 22],
      ],
    );
    const lines = Array.from({ length: 50 }, () => 'vat '.repeat(5));
    const ranges = excerpt({ lines, definitions: [], words: new Map([['vat', 1]]), changed: [], room: 30 * 21 });
    assert.ok(ranges.length > 0 && ranges.reduce((sum, [start, end]) => sum + end - start, 0) <= 30);
  });
});

describe(proves('A12', 'the task'), () => {
  it('is the first open item of a list with what stands under it', () => {
    const list =
      '# Tasks\n- [x] 1. Set up\n- [ ] 2. Take vouchers\n  - ask the shop\n\n  _Requirements: 1.2_\n- [ ] 3. Later\n';
    assert.equal(firstOpenItem(list), '2. Take vouchers\n- ask the shop\n_Requirements: 1.2_');
    assert.equal(firstOpenItem('- [x] done\ntext\n'), null);
  });

  it('names files by path or by a name that few have', () => {
    const files = ['src/cart.ts', 'src/a/index.ts', 'src/b/index.ts', 'src/c/index.ts', 'src/d/index.ts'];
    assert.deepEqual([...mentioned('see ./src/cart.ts and index.ts, or cart.ts.', files).keys()], ['src/cart.ts']);
  });
});
