import assert from 'node:assert/strict';
import fc from 'fast-check';
import { plainMarkdown } from '../../src/extension/plain-markdown.ts';

describe('words of files and tools in a hover', () => {
  it('are text: no link, icon, list, heading, HTML or entity of theirs', () => {
    assert.equal(plainMarkdown('[a](command:b)'), String.raw`\[a\]\(command\:b\)`);
    assert.equal(plainMarkdown('$(flame) <img src=x> &amp;'), String.raw`\$\(flame\) \<img src\=x\> \&amp\;`);
    assert.equal(plainMarkdown('1. one'), String.raw`1\. one`);
    assert.equal(plainMarkdown('=='), String.raw`\=\=`);
  });

  it('stay on one line, which breaks between words', () => {
    assert.equal(plainMarkdown('    types  checked\nwithout\tthem '), 'types checked without them');
  });

  it('are the same without the escapes', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{0,60}$/), (text) => {
        assert.equal(plainMarkdown(text).replace(/\\([!-/:-@[-`{-~])/g, '$1'), text);
      }),
    );
  });
});
