import { stripVTControlCharacters, styleText } from 'node:util';
import type { Tone } from '../../../contract/words.ts';

/** What can be shown where: decided once per stream. */
export interface Terminal {
  /** Redrawing in place is possible. */
  readonly live: boolean;
  readonly columns: () => number;
  readonly colour: boolean;
  /** Symbols and lines; false gives plain letters. */
  readonly unicode: boolean;
  readonly write: (text: string) => void;
}

/** A piece of a line: text of one style. Styles never carry meaning alone. */
export interface Span {
  readonly text: string;
  readonly style?: 'bold' | 'dim' | Tone;
}
export type Line = readonly Span[];

type Environment = Readonly<Record<string, string | undefined>>;

const STYLES = {
  bold: 'bold',
  dim: 'dim',
  passed: 'green',
  failed: 'red',
  attention: 'yellow',
  running: 'cyan',
  undone: 'magenta',
  muted: 'dim',
} as const satisfies Record<NonNullable<Span['style']>, Parameters<typeof styleText>[0]>;

export function terminalOf(stream: NodeJS.WriteStream, env: Environment, platform: NodeJS.Platform): Terminal {
  const dumb = env['TERM'] === 'dumb';
  return {
    live: stream.isTTY === true && !dumb,
    columns: () => (stream.isTTY === true && stream.columns > 0 ? stream.columns : 80),
    colour: wantsColour(stream.isTTY === true && !dumb, env),
    unicode: isUtf8(env, platform),
    write: (text) => void stream.write(text),
  };
}

function wantsColour(capable: boolean, env: Environment): boolean {
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return capable && (env['NO_COLOR'] ?? '') === '';
}

/** POSIX: the first that is set of LC_ALL, LC_CTYPE, LANG decides; Windows Terminal is always UTF-8. */
function isUtf8(env: Environment, platform: NodeJS.Platform): boolean {
  if (platform === 'win32') return env['WT_SESSION'] !== undefined || env['TERM_PROGRAM'] === 'vscode';
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return /utf-?8/i.test(locale ?? '');
}

/** Text from outside made safe to print on one line: no escape sequences, no control characters. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ');
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Letters and what trees are drawn with: one column each, so nothing needs a closer look. */
const NARROW = /^[ -~·…↻✔✖─-╿⠀-⣿]*$/;

/** Columns that the text takes. */
export function widthOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : /\p{Mark}/u.test(character) ? 0 : 1;
  return width;
}

const ASCII: Readonly<Record<string, string>> = {
  '…': '...',
  '·': ',',
  '━': '#',
  '─': '-',
  '│': '|',
  '├': '|',
  '└': '`',
  '•': '*',
  '’': "'",
};

const toAscii = (text: string): string =>
  text.replaceAll(' · ', ', ').replace(/[…·━─│├└•’]/g, (character) => ASCII[character] ?? '?');

/** One line for this terminal, cut with … where it would be wider than `columns`. */
export function paint(line: Line, terminal: Pick<Terminal, 'colour' | 'unicode'>, columns: number): string {
  const ellipsis = terminal.unicode ? '…' : '...';
  const texts = line.map(({ text }) => (terminal.unicode ? text : toAscii(text)));
  const cut = texts.reduce((sum, text) => sum + widthOf(text), 0) > columns;
  let room = cut ? columns - ellipsis.length : columns;
  let out = '';
  for (const [index, { style }] of line.entries()) {
    const text = takeColumns(texts[index] ?? '', room);
    room -= widthOf(text);
    if (text !== '')
      out += style !== undefined && terminal.colour ? styleText(STYLES[style], text, { validateStream: false }) : text;
    if (text.length < (texts[index] ?? '').length) break;
  }
  return (cut ? out + ellipsis : out).trimEnd();
}

function takeColumns(text: string, room: number): string {
  if (widthOf(text) <= room) return text;
  let taken = '';
  let used = 0;
  for (const character of text) {
    used += widthOf(character);
    if (used > room) break;
    taken += character;
  }
  return taken;
}

/** Breaks a sentence into lines of at most `columns`. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
