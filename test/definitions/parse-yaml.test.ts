import assert from 'node:assert/strict';
import fc from 'fast-check';
import { agentFileSchema, workflowSchema } from '../../src/contract/definitions.ts';
import { closest } from '../../src/orchestrator/definitions/did-you-mean.ts';
import { parseYaml } from '../../src/orchestrator/definitions/parse-yaml.ts';
import { proves } from '../requirements.ts';

/** "line:character-line:character message" of every problem, 0-based. */
function problems(content: string | Uint8Array): readonly string[] {
  const parsed = parseYaml({ file: 'w.yaml', content }, workflowSchema);
  if (parsed.ok) return [];
  return parsed.problems.map(({ file, range: { start, end }, message }) => {
    assert.equal(file, 'w.yaml');
    return `${start.line}:${start.character}-${end.line}:${end.character} ${message}`;
  });
}
const STEP = 'steps:\n  - id: a\n    agent: b\n';
const lines = (...all: readonly string[]): string => all.join('\n');

describe(proves('B6', 'definitions: positions of problems'), () => {
  const cases: readonly (readonly [what: string, content: string | Uint8Array, problems: readonly RegExp[]])[] = [
    ['an empty file', '', [/^0:0-0:0 The file is empty/]],
    ['only a comment', '# nothing\n', [/^0:0-0:0 The file is empty/]],
    ['a list instead of keys', '- a\n', [/^0:0-0:3 The file must be a set of keys and values, not a list\.$/]],
    ['plain text', 'hello\n', [/^0:0-0:5 The file must be a set of keys and values, not "hello"\.$/]],
    ['a missing key', `name: x\n${STEP}`, [/^0:0-0:4 "id" is missing here\. Add it\.$/]],
    ['a missing key of a step', 'id: w\nsteps:\n  - agent: b\n', [/^2:4-2:9 "id" is missing here/]],
    [
      'an unknown key, near one',
      `id: w\nonEror: fail\n${STEP}`,
      [/^1:0-1:6 Unknown key "onEror"\. Did you mean "onError"\?$/],
    ],
    [
      'an unknown key of a step',
      'id: w\nsteps:\n  - id: a\n    agent: b\n    neds: [c]\n',
      [/^4:4-4:8 Unknown key "neds"\. Did you mean "needs"\?$/],
    ],
    [
      'an unknown key, far from all',
      `id: w\nfoo: 1\n${STEP}`,
      [/^1:0-1:3 Unknown key "foo"\. Known here: id, name, .*steps\.$/],
    ],
    ['a wrong type', `id: w\nname: [1]\n${STEP}`, [/^1:6-1:9 "name" must be text, not a list\.$/]],
    ['a number for text', `id: 7\n${STEP}`, [/^0:4-0:5 "id" must be text, not 7\.$/]],
    ['an empty value', `id:\n${STEP}`, [/"id" must be text, not empty\.$/]],
    ['a bad id', `id: My Flow\n${STEP}`, [/^0:4-0:11 "id" must be lower-case letters.*it is "My Flow"\.$/]],
    [
      'a bad choice',
      `id: w\nonError: rolback\n${STEP}`,
      [/^1:9-1:16 "onError" must be one of rollback, continue, fail, not "rolback"\. Did you mean "rollback"\?$/],
    ],
    [
      'a bad duration',
      'id: w\nsteps:\n  - id: a\n    agent: b\n    timeout: 5 minutes\n',
      [/^4:13-4:22 "timeout" must be a duration such as 500ms/],
    ],
    ['no steps', 'id: w\nsteps: []\n', [/^1:7-1:9 "steps" must not be empty\.$/]],
    ['a negative number', `id: w\nretry: { max: -1 }\n${STEP}`, [/^1:14-1:16 "max" must be at least 0\.$/]],
    ['a fraction', `id: w\nretry: { max: 1.5 }\n${STEP}`, [/^1:14-1:17 "max" must be a whole number, not 1\.5\.$/]],
    [
      'a wrong entry of a list',
      'id: w\nsteps:\n  - id: a\n    agent: b\n    needs: [c, 1]\n',
      [/^4:15-4:16 Entry 2 of "needs" must be text, not 1\.$/],
    ],
    ['a duplicate key', `id: w\nid: v\n${STEP}`, [/^1:0-1:\d+ This key is there twice/]],
    ['an alias', lines('id: w', 'name: &n x', 'description: *n', STEP), [/^2:13-2:15 Aliases/]],
    ['an unknown alias', `id: w\nname: *n\n${STEP}`, [/^1:6-1:8 Aliases/]],
    ['a merge key', `id: w\n<<: { name: x }\n${STEP}`, [/^1:0-1:2 Merge keys/]],
    ['a tag', `id: w\nname: !secret x\n${STEP}`, [/^1:6-1:13 Tags/]],
    ['a tab', 'id: w\nsteps:\n\t- id: a\n', [/^2:0-2:\d A tab cannot indent/]],
    ['bad indentation', 'id: w\nsteps:\n  - id: a\n   agent: b\n', [/^3:\d-3:\d+ /]],
    ['an open quote', 'id: w\nname: "x\n', [/^\d:\d+-\d:\d+ A closing quote/]],
    ['an open bracket', 'id: w\nsteps: [\n', [/^\d:\d+-\d:\d+ .*/]],
    ['two documents', `id: w\n${STEP}---\nid: v\n`, [/^4:0-4:3 A second document/]],
    ['a key that is no text', `id: w\n1: x\n${STEP}`, [/^1:0-1:1 Keys must be plain text/]],
    ['__proto__', `id: w\n__proto__: { a: 1 }\n${STEP}`, [/^1:0-1:9 A key cannot be named __proto__/]],
    ['too deep', `id: w\nx-deep: ${'['.repeat(21)}${']'.repeat(21)}\n${STEP}`, [/^1:\d+-1:\d+ Nested deeper than 20/]],
    ['deeper than any stack', `id: ${'['.repeat(200_000)}`, [/Nested deeper than 20/]],
    ['deep lists in one line', `id: w\nx-deep:\n  ${'- '.repeat(120_000)}x\n`, [/Nested deeper than 20/]],
    ['too large', `id: w\n# ${'x'.repeat(256 * 1024)}\n${STEP}`, [/^0:0-0:0 The file has 257 kB; at most 256 kB/]],
    [
      'Latin-1',
      Buffer.concat([Buffer.from('id: w\nname: caf'), Buffer.from([0xe9]), Buffer.from(`\n${STEP}`)]),
      [/^1:9-1:10 Not UTF-8/],
    ],
    ['UTF-16', Buffer.from(`\uFEFFid: w\n${STEP}`, 'utf16le'), [/^0:0-0:1 Not UTF-8/]],
    [
      'several at once',
      'id: W\nfoo: 1\nsteps: 3\n',
      [/"id" must be/, /"steps" must be a list, not 3/, /Unknown key "foo"/],
    ],
    ['behind a byte order mark', Buffer.from(`\uFEFFid: W\n${STEP}`), [/^0:4-0:5 "id" must be/]],
    ['behind wide characters, in UTF-16 units', `id: w\non: { "😀": {} }\n${STEP}`, [/^1:6-1:10 Unknown key "😀"/]],
    ['with CRLF', 'id: w\r\nname: [1]\r\nsteps:\r\n  - id: a\r\n    agent: b\r\n', [/^1:6-1:9 "name" must be text/]],
  ];
  for (const [what, content, expected] of cases) {
    it(what, () => {
      const found = problems(content);
      assert.equal(found.length, expected.length, found.join('\n'));
      for (const pattern of expected)
        assert.ok(
          found.some((one) => pattern.test(one)),
          `${String(pattern)} in\n${found.join('\n')}`,
        );
    });
  }

  it('accepts what is right, drops x- keys but keeps those of free values, and knows where things stand', () => {
    const content = lines(
      '\uFEFFid: w',
      'x-owner: me',
      'steps:',
      '  - id: a',
      '    x-note: n',
      '    agent: b',
      '    with: { x-kept: 1 }',
      '    needs: [zz]',
    );
    const parsed = parseYaml({ file: 'w.yaml', content }, workflowSchema);
    assert.ok(parsed.ok);
    assert.deepEqual(parsed.value, {
      id: 'w',
      onError: 'fail',
      steps: [{ id: 'a', agent: 'b', with: { 'x-kept': 1 }, needs: ['zz'] }],
    });
    assert.deepEqual(parsed.rangeOf(['steps', 0, 'needs', 0]), {
      start: { line: 7, character: 12 },
      end: { line: 7, character: 14 },
    });
    assert.deepEqual(parsed.rangeOf(['steps', 0, 'agent'], 'key'), {
      start: { line: 5, character: 4 },
      end: { line: 5, character: 9 },
    });
    assert.deepEqual(parsed.rangeOf(['steps', 0, 'timeout']).start, { line: 3, character: 4 });
  });

  it('never throws, and every problem lies inside the file', () => {
    const piece = fc.constantFrom(
      'id: w\n',
      'steps:\n',
      '  - id: a\n',
      '    agent: b\n',
      '[',
      '{',
      '}',
      '"',
      ': ',
      '&a ',
      '*a',
      '\t',
      '- ',
      '? ',
      '\n',
      '|\n',
      '---\n',
      'é',
      '%',
      '#',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const content = pieces.join('');
        const parsed = parseYaml({ file: 'f', content }, agentFileSchema);
        const height = content.split('\n').length;
        if (!parsed.ok) assert.ok(parsed.problems.length > 0);
        if (!parsed.ok)
          assert.ok(
            parsed.problems.every(
              ({ range }) => range.start.line < height && range.end.character >= range.start.character,
            ),
          );
      }),
      { numRuns: 300 },
    );
  });

  it('guesses only what is near', () => {
    assert.equal(closest('securty-auditor', ['bug-hunter', 'security-auditor']), 'security-auditor');
    assert.equal(closest('needs', ['seeds', 'with']), 'seeds');
    assert.equal(closest('xyz', ['with', 'id']), null);
  });
});
