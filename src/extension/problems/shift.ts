import type { Position, Range } from '../../contract/findings.ts';

/** A replacement in a text: `range` is of the text before it. */
export interface Edit {
  readonly range: Range;
  readonly text: string;
}

/**
 * Where marks stand after edits that were made at once, their ranges all of the text before: whole lines above move a mark, an
 * edit on one of its lines takes it away, for what it says was said of another text.
 */
export function shift<M extends { readonly range: Range }>(marks: readonly M[], edits: readonly Edit[]): readonly M[] {
  const upward = edits.toSorted((a, b) => compare(b.range.start, a.range.start));
  return marks.flatMap((mark) => {
    let lines = 0;
    for (const edit of upward) {
      const moved = movedBy(mark.range, edit);
      if (moved === null) return [];
      lines += moved;
    }
    return lines === 0 ? [mark] : [{ ...mark, range: down(mark.range, lines) }];
  });
}

/** Where the lines of marks stand after the edits, also of those that were typed on: these begin where they began. */
export function follow<M extends { readonly range: Range }>(marks: readonly M[], edits: readonly Edit[]): readonly M[] {
  const upward = edits.toSorted((a, b) => compare(b.range.start, a.range.start));
  return marks.map((mark) => {
    const lines = upward.reduce((sum, edit) => sum + (movedBy(mark.range, edit) ?? 0), 0);
    return lines === 0 ? mark : { ...mark, range: down(mark.range, lines) };
  });
}

/** Lines by which an edit moves the range down; null when it is on one of the range's lines. */
function movedBy(range: Range, { range: replaced, text }: Edit): number | null {
  if (replaced.start.line > range.end.line) return 0;
  const added = text.split('\n').length - 1;
  const removed = replaced.end.line - replaced.start.line;
  if (replaced.end.line < range.start.line) return added - removed;
  // Up to the very beginning of the line: it is as it was when what comes before it still ends a line.
  const endsBefore = replaced.end.line === range.start.line && replaced.end.character === 0;
  const leavesLine = text === '' ? replaced.start.character === 0 : text.endsWith('\n');
  return endsBefore && leavesLine ? added - removed : null;
}

function down({ start, end }: Range, lines: number): Range {
  return {
    start: { line: start.line + lines, character: start.character },
    end: { line: end.line + lines, character: end.character },
  };
}

const compare = (a: Position, b: Position): number => a.line - b.line || a.character - b.character;
