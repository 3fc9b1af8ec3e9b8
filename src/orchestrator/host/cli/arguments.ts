import { parseArgs, type ParseArgsConfig } from 'node:util';
import * as z from 'zod';
import { CATALOGUE } from '../../../contract/commands/catalogue.ts';
import type { CommandDefinition } from '../../../contract/commands/command.ts';
import { fail, ok, type Result } from '../../../contract/failures.ts';
import { closest } from '../../definitions/did-you-mean.ts';

export type Invocation =
  | { readonly kind: 'help'; readonly command: CommandDefinition | null }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'command';
      readonly command: CommandDefinition;
      /** Checked against the command's input schema. */
      readonly input: Readonly<Record<string, unknown>>;
      readonly workspace: string | null;
      readonly json: boolean;
    };

interface Flag {
  readonly key: string;
  readonly name: string;
  readonly type: 'boolean' | 'string' | 'list' | 'json';
  readonly about: string;
  readonly choices: readonly string[];
}

const flagName = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The flags of a command, read off its input schema. */
export function flagsOf(command: CommandDefinition): readonly Flag[] {
  const { properties = {} } = z.toJSONSchema(command.input, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).flatMap(([key, schema]): Flag[] => {
    if (typeof schema === 'boolean') return [];
    const shape = { key, name: flagName(key), about: schema.description ?? '' };
    const choices = (schema.enum ?? []).filter((value) => typeof value === 'string');
    if (schema.type === 'boolean') return [{ ...shape, type: 'boolean', choices }];
    if (schema.type === 'array') return [{ ...shape, type: 'list', choices }];
    if (schema.type === 'object') return [{ ...shape, type: 'json', choices }];
    return [{ ...shape, type: 'string', choices }];
  });
}

/** Turns the words after `savepoint` into a command and its input, or a failure `usage` that says what to type. */
export function parseArguments(argv: readonly string[]): Result<Invocation> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    return ok({ kind: 'help', command: CATALOGUE.find(({ id }) => id === rest[0]) ?? null });
  }
  if (name === '--version' || name === '-v') return ok({ kind: 'version' });
  const command: CommandDefinition | undefined = CATALOGUE.find(({ id }) => id === name);
  if (!command) {
    const close = closest(
      name,
      CATALOGUE.map(({ id }) => id),
    );
    const hint = close === null ? 'savepoint --help lists the commands.' : `Did you mean savepoint ${close}?`;
    return fail('usage', `There is no command ${JSON.stringify(name)}. ${hint}`);
  }
  if (rest.includes('--help') || rest.includes('-h')) return ok({ kind: 'help', command });
  return parseCommand(command, rest);
}

function parseCommand(command: CommandDefinition, words: readonly string[]): Result<Invocation> {
  const flags = flagsOf(command);
  const options: NonNullable<ParseArgsConfig['options']> = { workspace: { type: 'string' }, json: { type: 'boolean' } };
  for (const { name, type, key } of flags) {
    if (command.positionals.includes(key)) continue;
    options[name] = type === 'boolean' ? { type } : { type: 'string', multiple: type === 'list' };
  }
  const usage = (message: string): Result<Invocation> =>
    fail('usage', `${message} savepoint ${command.id} --help shows how to use it.`);
  let parsed;
  try {
    parsed = parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return usage(`${error.message.split('. ')[0] ?? error.message}.`);
  }
  const given = placePositionals(command, flags, parsed.positionals);
  if (!given.ok) return usage(given.failure.message);
  const input: Record<string, unknown> = { ...given.value };
  for (const flag of flags) {
    const value = parsed.values[flag.name];
    if (value === undefined || flag.key in input) continue;
    const read = readFlag(flag, value);
    if (!read.ok) return read;
    input[flag.key] = read.value;
  }
  const checked = command.input.safeParse(input);
  if (!checked.success) return usage(describeIssues(checked.error, flags));
  const { workspace, json } = parsed.values;
  return ok({
    kind: 'command',
    command,
    input: checked.data,
    workspace: typeof workspace === 'string' ? workspace : null,
    json: json === true,
  });
}

function placePositionals(
  command: CommandDefinition,
  flags: readonly Flag[],
  words: readonly string[],
): Result<Readonly<Record<string, unknown>>> {
  const placed: Record<string, unknown> = {};
  let next = 0;
  for (const key of command.positionals) {
    if (flags.find((flag) => flag.key === key)?.type === 'list') {
      if (next < words.length) placed[key] = words.slice(next);
      return ok(placed);
    }
    if (next < words.length) placed[key] = words[next++];
  }
  const extra = words[next];
  return extra === undefined ? ok(placed) : fail('usage', `${JSON.stringify(extra)} is one word too many.`);
}

function readFlag(flag: Flag, value: unknown): Result<unknown> {
  if (flag.type === 'list' && Array.isArray(value)) {
    return ok(value.flatMap((part: unknown) => String(part).split(',')).filter((part) => part !== ''));
  }
  if (flag.type !== 'json') return ok(value);
  try {
    return ok(JSON.parse(String(value)) as unknown);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return fail('usage', `--${flag.name} is not JSON (${error.message}). Example: --${flag.name} '{"select":"all"}'`);
  }
}

function describeIssues(error: z.ZodError, flags: readonly Flag[]): string {
  return error.issues
    .map(({ path, message, input }) => {
      const flag = flags.find(({ key }) => key === path[0]);
      const name = flag ? flag.name : String(path[0] ?? '');
      return input === undefined && /undefined/.test(message) ? `<${name}> is missing.` : `--${name}: ${message}.`;
    })
    .join(' ');
}
