import { closeSync, openSync, readSync } from 'node:fs';
import type { Position, Range } from '../../../../contract/findings.ts';

/** Turns the places that tools name into ranges. Made once a text: a file may have thousands of findings. */
export interface Positions {
  /** Of two offsets in UTF-8 bytes, as tools written in Rust and Go count. */
  ofBytes(start: number, end: number): Range;
  /** Of two offsets in UTF-16 units, as tools written in JavaScript count; a byte order mark is not counted. */
  ofUnits(start: number, end: number): Range;
  /** Of 1-based lines and columns; a missing end is the end of the line. */
  ofLines(at: {
    readonly line: number;
    readonly column: number;
    readonly endLine?: number | null | undefined;
    readonly endColumn?: number | null | undefined;
  }): Range;
}

/** `markBytes`: bytes before the text that the tool counts and the text has not (`byteOrderMark`). */
export function positionsIn(text: string, markBytes = 0): Positions {
  const lines = text.split('\n');
  let known: { readonly bytes: Buffer; readonly starts: readonly number[] } | null = null;

  function pointAt(offset: number): Position {
    const { bytes, starts } = (known ??= lineStarts(text));
    const at = Math.min(Math.max(0, offset - markBytes), bytes.length);
    const line = lastAtMost(starts, at);
    return { line, character: bytes.toString('utf8', starts[line], at).length };
  }

  function pointAtUnit(offset: number): Position {
    let left = Math.max(0, Math.min(offset, text.length));
    for (const [line, { length }] of lines.entries()) {
      if (left <= length) return { line, character: left };
      left -= length + 1;
    }
    return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  }

  return {
    ofUnits: (start, end) => ({ start: pointAtUnit(start), end: pointAtUnit(Math.max(start, end)) }),
    ofBytes: (start, end) => ({ start: pointAt(start), end: pointAt(Math.max(start, end)) }),
    ofLines(at) {
      const line = Math.max(0, Math.min(at.line, lines.length) - 1);
      const start = { line, character: Math.max(0, at.column - 1) };
      const endLine = at.endLine == null ? line : Math.max(line, at.endLine - 1);
      const lineEnd = (lines[line] ?? '').trimEnd().length;
      const character = at.endColumn == null ? Math.max(start.character, lineEnd) : Math.max(0, at.endColumn - 1);
      return { start, end: { line: endLine, character } };
    },
  };
}

function lineStarts(text: string): { readonly bytes: Buffer; readonly starts: readonly number[] } {
  const bytes = Buffer.from(text);
  const starts = [0];
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) starts.push(at + 1);
  return { bytes, starts };
}

/** Index of the last number that is not larger; the numbers are sorted and begin with 0. */
function lastAtMost(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

const MARK = Buffer.from('\uFEFF');

/** Bytes of the byte order mark that the file (absolute) begins with: texts of the workspace come without it. */
export function byteOrderMark(file: string): number {
  const start = Buffer.alloc(MARK.length);
  const handle = openSync(file, 'r');
  try {
    return readSync(handle, start) === MARK.length && start.equals(MARK) ? MARK.length : 0;
  } finally {
    closeSync(handle);
  }
}
