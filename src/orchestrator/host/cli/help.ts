import * as z from 'zod';
import { CATALOGUE } from '../../../contract/commands/catalogue.ts';
import type { CommandDefinition } from '../../../contract/commands/command.ts';
import { flagsOf } from './arguments.ts';

const EVERYWHERE = [
  ['--workspace DIR', 'the folder to work on (default: this one)'],
  ['--json', 'one JSON object a line on standard output, nothing else'],
] as const;

/** `run <workflow> [--files A,B] …`: the words of one command. */
export function usageOf(command: CommandDefinition): string {
  const flags = flagsOf(command);
  const { required = [] } = z.toJSONSchema(command.input, { io: 'input', unrepresentable: 'any' });
  const places = command.positionals.map((key) => {
    const word = flags.find((flag) => flag.key === key)?.type === 'list' ? `${key}…` : key;
    return required.includes(key) ? `<${word}>` : `[${word}]`;
  });
  return ['savepoint', command.id, ...places, ...(optionsOf(command).length > 0 ? ['[options]'] : [])].join(' ');
}

/** Flag as typed, and what it does. */
export function optionsOf(command: CommandDefinition): readonly (readonly [string, string])[] {
  return flagsOf(command)
    .filter(({ key }) => !command.positionals.includes(key))
    .map(({ name, type, about, choices }) => {
      const values = {
        boolean: '',
        list: ' A,B',
        json: ' JSON',
        string: choices.length > 0 ? ` ${choices.join('|')}` : ' VALUE',
      };
      return [`--${name}${values[type]}`, about] as const;
    });
}

const table = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.min(44, Math.max(...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
};

/** Help for one command, or the list of all. */
export function helpText(command: CommandDefinition | null): string {
  if (command) {
    return `${command.about}\n\n  ${usageOf(command)}\n\n${table([...optionsOf(command), ...EVERYWHERE])}\n`;
  }
  const commands = CATALOGUE.map(({ id, about }) => [id, about] as const);
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
