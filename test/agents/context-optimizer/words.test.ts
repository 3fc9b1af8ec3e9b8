import assert from 'node:assert/strict';
import fc from 'fast-check';
import { identifiersOf, wordsOf } from '../../../src/orchestrator/agents/context-optimizer/words.ts';
import { proves } from '../../requirements.ts';

describe(proves('A12', 'words of names'), () => {
  it('are the parts in lower case, without plural, and the whole, which is rarer', () => {
    assert.deepEqual(wordsOf('parseHTTPRequests'), ['parse', 'http', 'request', 'parsehttprequest']);
    assert.deepEqual(wordsOf('PRICE_BY_COUNTRY'), ['price', 'country', 'pricecountry']);
    assert.deepEqual(wordsOf('src/cart/total-price.ts'), ['src', 'cart', 'total', 'price']);
  });

  it('leave out what says nothing', () => {
    assert.deepEqual(wordsOf('this'), []);
    assert.deepEqual(wordsOf('a1_22'), []);
  });

  it('are the same for a task and for a name that mean the same', () => {
    for (const [said, written] of [
      ['caching', 'cached'],
      ['queries', 'query'],
      ['stopped', 'stopping'],
      ['boxes', 'box'],
    ] as const) {
      assert.deepEqual(wordsOf(said), wordsOf(written), `${said} ${written}`);
    }
  });

  it('never come out empty or in upper case', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        for (const word of wordsOf(name)) assert.ok(word.length > 0 && word === word.toLowerCase());
      }),
    );
  });

  it('are counted by the names they stand in', () => {
    assert.deepEqual(
      [...identifiersOf('cart = cart + vat; x')],
      [
        ['cart', 2],
        ['vat', 1],
      ],
    );
  });
});
