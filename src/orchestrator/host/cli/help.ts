import type { CommandWords, Flag } from './command-words.ts';
import { COMMANDS } from './commands.gen.ts';

const EVERYWHERE = [
  ['--workspace DIR', 'the folder to work on (default: this one)'],
  ['--json', 'one JSON object a line on standard output, nothing else'],
] as const;

/** `run <workflow> [--files A,B] …`: the words of one command. */
export function usageOf(command: CommandWords): string {
  const places = command.positionals.map((key) => {
    const flag = command.flags.find((one) => one.key === key);
    const word = flag?.type === 'list' ? `${key}…` : key;
    return flag?.required ? `<${word}>` : `[${word}]`;
  });
  return ['savepoint', command.id, ...places, ...(optionsOf(command).length > 0 ? ['[options]'] : [])].join(' ');
}

/** Flag as typed, and what it does. */
export function optionsOf({ flags, positionals }: CommandWords): readonly (readonly [string, string])[] {
  return flags
    .filter(({ key }) => !positionals.includes(key))
    .map((flag) => {
      const choices = flag.type === 'string' ? flag.choices : undefined;
      const values = { boolean: '', list: ' A,B', json: ' JSON', integer: ' VALUE', string: ' VALUE' };
      return [
        `--${flag.name}${choices ? ` ${choices.join('|')}` : values[flag.type]}`,
        flag.about + boundsOf(flag),
      ] as const;
    });
}

function boundsOf(flag: Flag): string {
  if (flag.type !== 'integer' || flag.min <= 1) return '';
  return `, at least ${flag.min}${flag.default === undefined ? '' : ` (default: ${flag.default})`}`;
}

const table = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.min(44, Math.max(...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
};

/** Help for one command, or the list of all. */
export function helpText(command: CommandWords | null): string {
  if (command) {
    return `${command.about}\n\n  ${usageOf(command)}\n\n${table([...optionsOf(command), ...EVERYWHERE])}\n`;
  }
  const commands = COMMANDS.map(({ id, about }) => [id, about] as const);
  return [
    'Savepoint runs durable workflows of checking agents on a workspace.\n',
    '  savepoint <command> [options]\n',
    table(commands),
    '',
    'Everywhere:',
    table([...EVERYWHERE, ['--help', 'how to use a command']]),
    '\nStart with: savepoint run tsddr-2.0\n',
  ].join('\n');
}
