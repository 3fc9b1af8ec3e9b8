import type { Range } from '../../../../contract/findings.ts';

/** Range of two offsets in UTF-8 bytes, as tools written in Rust and Go count. */
export function rangeOfBytes(text: string, start: number, end: number): Range {
  const bytes = Buffer.from(text);
  const point = (offset: number): Range['start'] => {
    const before = bytes.subarray(0, offset).toString('utf8');
    const lineStart = before.lastIndexOf('\n') + 1;
    return { line: before.split('\n').length - 1, character: before.length - lineStart };
  };
  return { start: point(start), end: point(Math.max(start, end)) };
}

/** Range of 1-based lines and columns; a missing end is the end of the line. */
export function rangeOfLines(
  text: string,
  at: {
    readonly line: number;
    readonly column: number;
    readonly endLine?: number | null | undefined;
    readonly endColumn?: number | null | undefined;
  },
): Range {
  const lines = text.split('\n');
  const line = Math.max(0, Math.min(at.line, lines.length) - 1);
  const start = { line, character: Math.max(0, at.column - 1) };
  const endLine = at.endLine == null ? line : Math.max(line, at.endLine - 1);
  const lineEnd = (lines[line] ?? '').trimEnd().length;
  const character = at.endColumn == null ? Math.max(start.character, lineEnd) : Math.max(0, at.endColumn - 1);
  return { start, end: { line: endLine, character } };
}
