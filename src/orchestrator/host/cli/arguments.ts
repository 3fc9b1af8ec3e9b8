import { parseArgs, type ParseArgsConfig } from 'node:util';
import { fail, ok, type Result } from '../../../contract/failures.ts';
import { closest } from '../../definitions/did-you-mean.ts';
import { checkFlag, type Typed } from './check-flag.ts';
import type { CommandId } from '../../commands/handlers.ts';
import type { CommandWords, Flag } from './command-words.ts';
import { COMMANDS } from './commands.gen.ts';

export type Invocation =
  | { readonly kind: 'help'; readonly command: CommandWords | null }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'command';
      readonly command: CommandId;
      /** Fits the command's input schema. */
      readonly input: Readonly<Record<string, unknown>>;
      readonly workspace: string | null;
      readonly json: boolean;
    };

type Command = CommandWords & { readonly id: CommandId };

/** Turns the words after `savepoint` into a command and its input, or a failure `usage` that says what to type. */
export function parseArguments(argv: readonly string[]): Result<Invocation> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    return ok({ kind: 'help', command: COMMANDS.find(({ id }) => id === rest[0]) ?? null });
  }
  if (name === '--version' || name === '-v') return ok({ kind: 'version' });
  const command: Command | undefined = COMMANDS.find(({ id }) => id === name);
  if (!command) {
    const close = closest(
      name,
      COMMANDS.map(({ id }) => id),
    );
    const hint = close === null ? 'savepoint --help lists the commands.' : `Did you mean savepoint ${close}?`;
    return fail('usage', `There is no command ${JSON.stringify(name)}. ${hint}`);
  }
  if (rest.includes('--help') || rest.includes('-h')) return ok({ kind: 'help', command });
  return parseCommand(command, rest);
}

function parseCommand(command: Command, words: readonly string[]): Result<Invocation> {
  const { flags } = command;
  const options: NonNullable<ParseArgsConfig['options']> = { workspace: { type: 'string' }, json: { type: 'boolean' } };
  for (const { name, type, key } of flags) {
    if (command.positionals.includes(key)) continue;
    options[name] = type === 'boolean' ? { type } : { type: 'string', multiple: type === 'list' };
  }
  const usage = (message: string): Result<Invocation> =>
    fail('usage', `${message} savepoint ${command.id} --help shows how to use it.`);
  let parsed;
  try {
    parsed = parseArgs({ args: withNegativeNumbers(command, words), options, allowPositionals: true, strict: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return usage(plainWords(error));
  }
  const placed = placePositionals(command, parsed.positionals);
  if (!placed.ok) return usage(placed.failure.message);
  const input: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const flag of flags) {
    const checked = checkFlag(flag, placed.value[flag.key] ?? wordsOf(flag, parsed.values[flag.name]));
    if (!checked.ok) problems.push(checked.failure.message);
    else if (checked.value !== undefined) input[flag.key] = checked.value;
  }
  if (problems.length > 0) return usage(problems.join(' '));
  const { workspace, json } = parsed.values;
  return ok({
    kind: 'command',
    command: command.id,
    input,
    workspace: typeof workspace === 'string' ? workspace : null,
    json: json === true,
  });
}

/** `--budget -5` as `--budget=-5`, so that the refusal tells what a budget may be. */
function withNegativeNumbers({ flags }: Command, words: readonly string[]): string[] {
  const numbers = new Set(flags.filter(({ type }) => type === 'integer').map(({ name }) => `--${name}`));
  return words.flatMap((word, index) => {
    if (/^-\d/.test(word) && numbers.has(words[index - 1] ?? '')) return [];
    const next = words[index + 1] ?? '';
    return numbers.has(word) && /^-\d/.test(next) ? [`${word}=${next}`] : [word];
  });
}

/** Node's own words for a value that looks like an option take three lines. */
function plainWords({ message }: TypeError): string {
  const flag = /^Option '(?:-\w, )?(--[\w-]+).*' argument (?:is ambiguous|missing)/.exec(message)?.[1];
  return flag === undefined ? `${message.split('. ')[0] ?? message}.` : `${flag} needs a value after it.`;
}

function placePositionals(
  { flags, positionals }: CommandWords,
  words: readonly string[],
): Result<Readonly<Record<string, string | readonly string[]>>> {
  const placed: Record<string, string | readonly string[]> = {};
  let next = 0;
  for (const key of positionals) {
    if (flags.find((flag) => flag.key === key)?.type === 'list') {
      if (next < words.length) placed[key] = words.slice(next);
      return ok(placed);
    }
    const word = words[next++];
    if (word !== undefined) placed[key] = word;
  }
  const extra = words[next];
  return extra === undefined ? ok(placed) : fail('usage', `${JSON.stringify(extra)} is one word too many.`);
}

/** `--files a,b --files c` names three. */
const wordsOf = ({ type }: Flag, given: Typed): Typed =>
  type === 'list' && Array.isArray(given)
    ? given.flatMap((part) => String(part).split(',')).filter((part) => part !== '')
    : given;
