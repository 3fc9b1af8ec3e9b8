import assert from 'node:assert/strict';
import fc from 'fast-check';
import { issueText, LOG_LINES, maskSecrets } from '../../../src/extension/pages/issue-text.ts';

const facts = { versions: ['Savepoint 0.1.0'], doctor: ['Everything works\n'], log: [], places: [] };

describe('the text of an issue', () => {
  it('names no folder and no person', () => {
    const text = issueText({
      ...facts,
      log: ['Started the worker of /home/anna/work/shop', 'cannot read /home/anna/.npmrc', 'mail anna@example.com'],
      places: [
        ['/home/anna', '~'],
        ['/home/anna/work/shop', '<folder>'],
      ],
    });
    assert.ok(text.includes('worker of <folder>') && text.includes('~/.npmrc'), text);
    assert.ok(!text.includes('anna'), text);
  });

  it('shows no secret', () => {
    const secrets = [
      'token=abcd1234efgh',
      '"password": "hunter2hunter2"',
      'Authorization: Bearer abc.def.ghi',
      'https://user:pa55word@host/x',
      'sk_live_4eC39HqLyjWDarjtT1zdp7dc',
      'AKIAIOSFODNN7EXAMPLE',
      'x9Kq2LmZ7vB4nT8wR1cY6pD3sF5g',
    ];
    const values = [
      'abcd1234efgh',
      'hunter2hunter2',
      'abc.def.ghi',
      'pa55word',
      '4eC39HqLyjWDarjtT1zdp7dc',
      'IOSFODNN7',
      'x9Kq2LmZ7vB4',
    ];
    const text = issueText({ ...facts, log: secrets });
    for (const value of values) assert.ok(!text.includes(value), value);
  });

  it('keeps ids of runs and commits, which help', () => {
    const line = 'run 019ab3f2-77aa-7c31-9d2e-1f2a3b4c5d6e at 4b825dc642cb6eb9a060e54bf8d69288fbee4904';
    assert.equal(maskSecrets(line), line);
  });

  it('masks what was masked no further', () => {
    fc.assert(fc.property(fc.string(), (text) => maskSecrets(maskSecrets(text)) === maskSecrets(text)));
  });

  it('takes the last lines of a long log', () => {
    const text = issueText({ ...facts, log: Array.from({ length: 500 }, (_, index) => `line ${index}.`) });
    assert.ok(text.includes('line 499.') && !text.includes(`line ${499 - LOG_LINES}.`));
  });
});
