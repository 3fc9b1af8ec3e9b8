/** Longest line that is read as one message; a result's data may be long. */
const MAX_JOINED = 4 * 1024 * 1024;

export interface LineJoinerDeps {
  /** A whole line. */
  readonly whole: (line: string) => void;
  /** A piece of a line that can be no message. */
  readonly text: (piece: string) => void;
  /** A line that could be one was longer than so many characters: its rest is left out. */
  readonly cut: (limit: number) => void;
}

/** Puts together the pieces of long lines that may be messages; other long lines pass piece by piece. */
export function createLineJoiner({ whole, text, cut }: LineJoinerDeps): { add(piece: string, ends: boolean): void } {
  let pieces: string[] = [];
  let length = 0;
  let mode: 'start' | 'join' | 'pass' | 'drop' = 'start';

  function join(piece: string, ends: boolean): void {
    pieces.push(piece);
    length += piece.length;
    if (length > MAX_JOINED) {
      for (const part of pieces) text(part);
      cut(MAX_JOINED);
      mode = 'drop';
    } else if (ends) whole(pieces.join(''));
    if (mode === 'drop' || ends) [pieces, length] = [[], 0];
  }

  return {
    add(piece, ends) {
      if (mode === 'start' && ends) return whole(piece);
      if (mode === 'start') mode = piece.startsWith('{') ? 'join' : 'pass';
      if (mode === 'pass') text(piece);
      if (mode === 'join') join(piece, ends);
      if (ends) mode = 'start';
    },
  };
}
