import assert from 'node:assert/strict';
import fc from 'fast-check';
import { groupBroken } from '../../../src/orchestrator/agents/bug-hunter/types/breakage.ts';
import { newErrors, type TypeError } from '../../../src/orchestrator/agents/bug-hunter/types/errors.ts';
import { positionsIn } from '../../../src/orchestrator/agents/bug-hunter/lint/positions.ts';
import { lintRule } from '../../../src/contract/rule-names.ts';

const error = (code: number, text: string, line = 0): TypeError => ({
  file: '/w/a.ts',
  code,
  head: text,
  text,
  range: { start: { line, character: 0 }, end: { line, character: 1 } },
});
const errors = fc.array(
  fc
    .record({ code: fc.integer({ min: 1, max: 3 }), line: fc.nat(50) })
    .map(({ code, line }) => error(code, `e${String(code)}`, line)),
);

describe('AGENTS bug-hunter: what is new among type errors', () => {
  it('is nothing when the same errors only moved', () => {
    fc.assert(
      fc.property(errors, fc.nat(20), (before, by) => {
        const moved = before.map((one) => error(one.code, one.text, one.range.start.line + by));
        assert.deepEqual(newErrors(moved, before), []);
      }),
    );
  });

  it('is n - m of n alike of which m were there', () => {
    fc.assert(
      fc.property(errors, errors, (now, before) => {
        const fresh = newErrors(now, before);
        for (const code of [1, 2, 3]) {
          const count = (list: readonly TypeError[]): number => list.filter((one) => one.code === code).length;
          assert.equal(count(fresh), Math.max(0, count(now) - count(before)));
        }
      }),
    );
  });

  it('is one finding a changed place, on the changed line that names what broke', () => {
    const changed = new Map([['a.ts', { text: 'one\nexport const name = 1;\nthree\n', lines: [[0, 3]] as const }]]);
    const broken = [error(2339, "Property 'name' does not exist", 9), error(2339, "Property 'name' is gone", 12)].map(
      (one) => ({ error: one, file: 'b.ts', from: 'a.ts' }),
    );
    const drafts = groupBroken(broken, changed).get('a.ts') ?? [];
    assert.deepEqual(
      drafts.map(({ range }) => range.start.line),
      [1],
    );
    assert.match(drafts[0]?.message ?? '', /2 places.*b\.ts:10.*b\.ts:13/);
  });
});

describe('AGENTS bug-hunter: what a change broke in its own file', () => {
  const text = 'if (options.ok) {\n  first();\n}\nconst found = ask(id);\nif (found) {\n  meta = found;\n}\nlast();\n';
  const line = (lines: readonly (readonly [number, number])[], broken = 5): number | undefined => {
    const one = {
      error: error(2322, "Type 'Promise' is not assignable to type 'Meta'.", broken),
      file: 'a.ts',
      from: 'a.ts',
    };
    return groupBroken([one], new Map([['a.ts', { text, lines }]])).get('a.ts')?.[0]?.range.start.line;
  };
  it('is laid to the nearest changed line that shares a name with the broken one', () => {
    assert.equal(
      line([
        [0, 2],
        [3, 4],
        [7, 8],
      ]),
      3,
    );
  });
  it('is laid to the nearest changed line where none shares a name', () => {
    assert.equal(
      line([
        [0, 2],
        [7, 8],
      ]),
      7,
    );
  });
});

describe('AGENTS bug-hunter: positions and rules of other tools', () => {
  it('turns byte offsets into UTF-16 positions', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme', minLength: 1 }), (before, marked) => {
        const text = `${before}${marked}\n`;
        const from = Buffer.byteLength(before);
        const range = positionsIn(text).ofBytes(from, from + Buffer.byteLength(marked));
        const offset = ({ line, character }: { line: number; character: number }): number =>
          text
            .split('\n')
            .slice(0, line)
            .reduce((sum, one) => sum + one.length + 1, 0) + character;
        assert.equal(text.slice(offset(range.start), offset(range.end)), marked);
      }),
    );
  });

  it('takes the end of the line where a tool names only a beginning', () => {
    assert.deepEqual(positionsIn('abc\ndef\n').ofLines({ line: 2, column: 2 }), {
      start: { line: 1, character: 1 },
      end: { line: 1, character: 3 },
    });
  });

  it('makes rule ids that a savepoint-ignore comment can name', () => {
    assert.equal(lintRule('@typescript-eslint/no-floating-promises'), 'lint.typescript-eslint.no-floating-promises');
    assert.equal(lintRule('oxc(erasing-op)'), 'lint.oxc.erasing-op');
  });
});
