import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';

const MAX_PIECE = 64 * 1024;
const LAST_LINES = 20;
const MAX_LAST_LINE = 2000;

/**
 * Cuts a stream of bytes into lines; memory is bounded by one piece of 64 KiB, whatever the process writes. `ends` is false
 * for a piece that its line goes on behind.
 */
export function createLineSplitter(onLine: (line: string, ends: boolean) => void): {
  write(chunk: Buffer): void;
  end(): void;
} {
  const decoder = new StringDecoder('utf8');
  let rest = '';

  function push(text: string): void {
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      emit(rest + text.slice(from, at));
      rest = '';
      from = at + 1;
    }
    rest += text.slice(from);
    while (rest.length >= MAX_PIECE) {
      onLine(rest.slice(0, MAX_PIECE), false);
      rest = rest.slice(MAX_PIECE);
    }
  }

  function emit(line: string): void {
    const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
    for (let at = 0; at === 0 || at < whole.length; at += MAX_PIECE)
      onLine(whole.slice(at, at + MAX_PIECE), at + MAX_PIECE >= whole.length);
  }

  return {
    write: (chunk) => push(decoder.write(chunk)),
    end() {
      push(decoder.end());
      if (rest !== '') emit(rest);
      rest = '';
    },
  };
}

/** Keeps the last 20 lines that show something, ANSI codes removed, each cut at 2,000 characters. */
export function createLastLines(): { add(line: string): void; lines(): readonly string[] } {
  const kept: string[] = [];
  return {
    add(line) {
      const plain = stripVTControlCharacters(line.slice(0, MAX_LAST_LINE)).trimEnd();
      if (plain === '') return;
      kept.push(plain);
      if (kept.length > LAST_LINES) kept.shift();
    },
    lines: () => [...kept],
  };
}
