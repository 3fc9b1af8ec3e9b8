import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Position } from '../../../src/contract/findings.ts';
import { follow, shift, type Edit } from '../../../src/extension/problems/shift.ts';

const at = (line: number, from = 0, to = 1) => ({
  range: { start: { line, character: from }, end: { line, character: to } },
});
const edit = (start: readonly [number, number], end: readonly [number, number], text: string): Edit => ({
  range: { start: { line: start[0], character: start[1] }, end: { line: end[0], character: end[1] } },
  text,
});

describe('findings while somebody types', () => {
  it('move with the lines above', () => {
    assert.deepEqual(shift([at(5)], [edit([1, 0], [1, 0], 'a\nb\n')]), [at(7)]);
    assert.deepEqual(shift([at(5)], [edit([1, 0], [3, 0], '')]), [at(3)]);
  });

  it('stay where lines below change', () => {
    assert.deepEqual(shift([at(5)], [edit([6, 0], [9, 2], 'x')]), [at(5)]);
  });

  it('go at a keystroke on their line', () => {
    assert.deepEqual(shift([at(5, 2, 4)], [edit([5, 9], [5, 9], 'x')]), []);
  });

  it('stay when a line is put in right above, and go when the line above is joined to theirs', () => {
    assert.deepEqual(shift([at(5)], [edit([5, 0], [5, 0], 'new\n')]), [at(6)]);
    assert.deepEqual(shift([at(5)], [edit([4, 3], [5, 0], '')]), []);
    assert.deepEqual(shift([at(5)], [edit([4, 0], [5, 0], '')]), [at(4)]);
  });

  it('go when any of their lines is touched', () => {
    const long = { range: { start: { line: 2, character: 0 }, end: { line: 4, character: 1 } } };
    assert.deepEqual(shift([long], [edit([3, 0], [3, 0], '\n')]), []);
  });

  it('take every edit of one change by the text before it', () => {
    assert.deepEqual(shift([at(5)], [edit([0, 0], [0, 0], 'a\n'), edit([2, 0], [2, 0], 'b\n')]), [at(7)]);
  });

  it('are followed where they were typed on, so that they can be told again', () => {
    assert.deepEqual(follow([at(5)], [edit([5, 0], [5, 0], 'x'), edit([1, 0], [1, 0], 'a\n')]), [at(6)]);
    assert.deepEqual(follow([at(5)], [edit([6, 0], [6, 0], 'x\n')]), [at(5)]);
  });

  const text = fc.array(fc.constantFrom('', 'a', 'bc', 'def'), { minLength: 1, maxLength: 8 });
  const place = (lines: readonly string[]) =>
    fc
      .nat(lines.length - 1)
      .chain((line) => fc.nat(lines[line]?.length ?? 0).map((character): Position => ({ line, character })));
  const change = (lines: readonly string[]) =>
    fc
      .tuple(place(lines), place(lines), fc.array(fc.constantFrom('', 'x', 'yz'), { minLength: 1, maxLength: 3 }))
      .map(([a, b, added]): Edit => {
        const isForward = a.line < b.line || (a.line === b.line && a.character <= b.character);
        return { range: isForward ? { start: a, end: b } : { start: b, end: a }, text: added.join('\n') };
      });

  it('stand on the very text that they were said of, as long as they stand', () => {
    const example = text.chain((lines) => fc.tuple(fc.constant(lines), fc.nat(lines.length - 1), change(lines)));
    fc.assert(
      fc.property(example, ([lines, line, one]) => {
        const [left] = shift([at(line, 0, 0)], [one]);
        if (left) assert.equal(applied(lines, one)[left.range.start.line], lines[line]);
      }),
    );
  });

  it('stay whenever the edit ends above their line or begins below it', () => {
    const example = text.chain((lines) => fc.tuple(fc.constant(lines), fc.nat(lines.length - 1), change(lines)));
    fc.assert(
      fc.property(example, ([, line, one]) => {
        const isElsewhere = one.range.end.line < line || one.range.start.line > line;
        if (isElsewhere) assert.equal(shift([at(line, 0, 0)], [one]).length, 1);
      }),
    );
  });
});

function applied(lines: readonly string[], { range, text }: Edit): readonly string[] {
  const offset = ({ line, character }: Position) =>
    lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
  const before = lines.join('\n');
  return `${before.slice(0, offset(range.start))}${text}${before.slice(offset(range.end))}`.split('\n');
}
