import type { Json, JsonObject } from '../../contract/json.ts';

/** A command that waits for approval, in words. */
export interface Unapproved {
  readonly hash: string;
  /** As it can be pasted. */
  readonly command: string;
  readonly file: string;
  /** Whose it is, and what changed since it was approved. */
  readonly about: string;
}

/** Characters of a row of a quick pick, and of the smaller words below it, that are seen in a window of usual width. */
const ROW = 60;
const ROW_BELOW = 90;

/** Whether a quick pick may cut off a part of it: nobody should approve what they could not read. */
export const isCut = (one: Unapproved): boolean => one.command.length > ROW || below(one).length > ROW_BELOW;

export const below = ({ about, file }: Unapproved): string => `${file} · ${about}`;

/** The words in lines of so many characters, broken at blanks where there are some. Put together again they are the words. */
export function pieces(text: string, columns: number): readonly string[] {
  const done: string[] = [];
  let rest = text;
  while (rest.length > columns) {
    const blank = rest.lastIndexOf(' ', columns - 1);
    const end = blank < columns / 2 ? columns : blank + 1;
    done.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...done, rest];
}

/** Of the lines of `savepoint trust`. */
export function unapprovedOf(lines: readonly JsonObject[]): readonly Unapproved[] {
  return lines.flatMap((line) => {
    const { hash, file, agent } = line;
    const command = words(line['command']);
    if (line['kind'] !== 'command' || line['approved'] !== false || command === null) return [];
    if (typeof hash !== 'string' || typeof file !== 'string' || typeof agent !== 'string') return [];
    const whose = line['replacesBuiltIn'] === true ? `${agent}, in place of the built-in agent` : agent;
    return [
      {
        hash,
        file,
        command: shown(command),
        about: `${whose} · ${changeWords(command, words(line['approvedBefore']))}`,
      },
    ];
  });
}

function changeWords(command: readonly string[], before: readonly string[] | null): string {
  if (before === null) return 'never approved here';
  if (shown(before) === shown(command)) return 'a file that it starts, or its settings, changed since you approved it';
  return `you approved another command before: ${shown(before)}`;
}

/** Words that a shell would take apart are quoted, and what nobody can see, or what turns text around, is spelled out. */
const shown = (command: readonly string[]): string => command.map(shownWord).join(' ');

function shownWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (!UNSEEN.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  const spelled = word.replace(/[\\']/g, String.raw`\$&`).replaceAll(new RegExp(UNSEEN, 'gu'), (one) => {
    return `\\U${(one.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
  });
  return `$'${spelled}'`;
}

/** Control and format characters: line breaks, directions, widths of nothing. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

const words = (value: Json | undefined): readonly string[] | null =>
  Array.isArray(value) && value.every((word) => typeof word === 'string') ? value : null;
