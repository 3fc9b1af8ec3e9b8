import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findSuppressions, suppressionFor } from '../../../src/orchestrator/workspace/suppression.ts';
import { canIgnore, ignoreComment } from '../../../src/extension/problems/ignore-comment.ts';

const at = (
  language: string,
  text: string,
  { line, file = 'src/a' }: { readonly line: number; readonly file?: string },
) => ({
  language,
  file,
  lines: text.split('\n'),
  line,
});
const what = { rule: 'injection.sql', reason: 'the table name is a constant' };

describe('a comment that silences a finding', () => {
  it('stands above the line, as far in, in the language’s own form', () => {
    assert.equal(
      ignoreComment(at('typescript', 'f() {\n    query(x);\n}', { line: 1 }), what),
      '    // savepoint-ignore injection.sql: the table name is a constant',
    );
    assert.match(ignoreComment(at('python', '\tquery(x)', { line: 0 }), what) ?? '', /^\t# savepoint-ignore/);
    assert.match(ignoreComment(at('html', '<p>', { line: 0 }), what) ?? '', /^<!-- .* -->$/);
    assert.match(ignoreComment(at('css', 'a {}', { line: 0 }), what) ?? '', /^\/\* .* \*\/$/);
    assert.match(ignoreComment(at('sql', 'select 1', { line: 0 }), what) ?? '', /^-- /);
    assert.match(ignoreComment(at('plaintext', 'A=1', { line: 0, file: 'config/.env.local' }), what) ?? '', /^# /);
  });

  it('is in braces between the tags of JSX, and not before the first tag', () => {
    const text = 'return (\n  <div>\n    <p dangerouslySetInnerHTML={x} />\n  </div>\n);';
    assert.match(ignoreComment(at('typescriptreact', text, { line: 2 }), what) ?? '', /^ {4}\{\/\* .* \*\/\}$/);
    assert.match(ignoreComment(at('typescriptreact', text, { line: 1 }), what) ?? '', /^ {2}\/\/ /);
  });

  it('is not offered where no comment can stand', () => {
    assert.equal(canIgnore(at('json', '{}', { line: 0 })), false);
    assert.equal(canIgnore(at('typescript', 'const a = `\nsecret\n`;', { line: 1 })), false);
    assert.equal(canIgnore(at('typescript', 'const a = `\nsecret\n`;\nb();', { line: 3 })), true);
  });

  it('is one that the checks obey, whatever the reason', () => {
    const languages = ['typescript', 'python', 'html', 'css', 'sql', 'yaml'];
    fc.assert(
      fc.property(fc.constantFrom(...languages), fc.string({ minLength: 1 }), (language, words) => {
        const comment = ignoreComment(at(language, 'code', { line: 0 }), {
          rule: 'lint.no-debugger',
          reason: `so: ${words}x`,
        });
        const suppressions = findSuppressions(`${comment}\ncode`);
        assert.notEqual(suppressionFor(suppressions, { rule: 'lint.no-debugger', line: 1 })?.reason ?? '', '');
        assert.equal(`${comment}`.split(/\r?\n/).length, 1);
      }),
    );
  });
});
