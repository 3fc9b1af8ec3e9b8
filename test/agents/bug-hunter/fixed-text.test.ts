import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hunksBetween, withEdits } from '../../../src/orchestrator/agents/bug-hunter/lint/fixed-text.ts';
import type { Draft } from '../../../src/orchestrator/agents/bug-hunter/report.ts';

const draft = (line: number, endLine = line): Draft => ({
  ...{ rule: 'lint.x', severity: 'warning', confidence: 'certain', message: 'Wrong.' },
  range: { start: { line, character: 0 }, end: { line: endLine, character: 1 } },
});
const edits = (drafts: readonly Draft[], text: string, fixed: string) =>
  withEdits(drafts, text, fixed).map(({ edit }) => edit);

describe('what a fixing run of a linter did', () => {
  const TEXT = 'a\nif (b == NaN) {}\nc\n';
  const FIXED = 'a\nif (isNaN(b)) {}\nc\n';

  it('is the fix of the finding on its line, no wider than what changed', () => {
    assert.deepEqual(edits([draft(0), draft(1)], TEXT, FIXED), [
      undefined,
      [{ range: { start: { line: 1, character: 4 }, end: { line: 1, character: 12 } }, newText: 'isNaN(b)' }],
    ]);
  });

  it('is nobody’s where two findings share the line, and where a change is on no finding’s line', () => {
    assert.deepEqual(edits([draft(1), draft(0, 1)], TEXT, FIXED), [undefined, undefined]);
    assert.deepEqual(edits([draft(1)], TEXT, FIXED.replace('a\n', 'x\n')), [undefined]);
  });

  it('is told line by line where lines side by side changed', () => {
    const told = edits([draft(0), draft(1)], '-0\n-0\nend\n', '0\n0\nend\n');
    assert.deepEqual(
      told.map((edit) => edit?.map(({ range }) => range.start.line)),
      [[0], [1]],
    );
  });

  it('may take a line away, or put one in', () => {
    assert.deepEqual(edits([draft(1)], 'a\ndebugger;\nc\n', 'a\nc\n'), [
      [{ range: { start: { line: 1, character: 0 }, end: { line: 2, character: 0 } }, newText: '' }],
    ]);
    assert.deepEqual(edits([draft(1)], 'a\nb\nc\n', 'a\nnew\nb\nc\n'), [
      [{ range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } }, newText: 'new\n' }],
    ]);
  });

  it('is nothing where the texts are too different to tell', () => {
    const other = Array.from({ length: 100 }, (_, line) => `other ${line}\n`).join('');
    assert.deepEqual(edits([draft(1)], `${TEXT}${'x\n'.repeat(100)}`, other), [undefined]);
  });

  const anyText = fc.array(fc.constantFrom('a', 'b', 'c', '', 'é😀'), { maxLength: 12 }).map((all) => all.join('\n'));

  it('turns the text into the fixed one', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, fixed) => {
        const lines = text.split(/(?<=\n)/);
        const hunks = hunksBetween(lines, fixed.split(/(?<=\n)/));
        assert.ok(hunks);
        const made = hunks
          .toReversed()
          .reduce((left, { start, end, lines: put }) => left.toSpliced(start, end - start, ...put), lines);
        assert.equal(made.join(''), fixed);
      }),
    );
  });

  it('is exact: one finding over the whole file gets edits that make the fixed text', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, fixed) => {
        const [told] = withEdits([draft(0, 100)], text, fixed);
        const offset = (at: { line: number; character: number }): number =>
          text
            .split('\n')
            .slice(0, at.line)
            .reduce((sum, line) => sum + line.length + 1, 0) + at.character;
        const made = (told?.edit ?? []).toReversed().reduce((left, { range, newText }) => {
          return left.slice(0, offset(range.start)) + newText + left.slice(offset(range.end));
        }, text);
        assert.equal(made, fixed);
      }),
    );
  });
});
