import { fail, ok, type Result } from '../../../contract/failures.ts';
import type { Flag } from './command-words.ts';

/** What was typed for a flag: its word, its words, or that it was there. */
export type Typed = string | boolean | readonly (string | boolean)[] | undefined;

/**
 * The value that the command's input schema makes of what was given, undefined when nothing was and nothing need be. Agrees with the
 * schema, which a start has no time to load (test/cli/arguments.test.ts).
 */
export function checkFlag(flag: Flag, given: Typed): Result<unknown> {
  if (given === undefined) {
    if (flag.required) return fail('usage', `<${flag.name}> is missing.`);
    return ok('default' in flag ? flag.default : undefined);
  }
  switch (flag.type) {
    case 'boolean':
    case 'list':
      return ok(given);
    case 'string':
      if (flag.nonEmpty && given === '') return refuse(flag, 'must not be empty');
      if (flag.choices?.every((choice) => choice !== given) === true)
        return refuse(flag, `must be one of ${flag.choices.join(', ')}`);
      return ok(given);
    case 'integer': {
      const value = Number(given);
      if (Number.isSafeInteger(value) && value >= flag.min && value <= flag.max) return ok(value);
      const most = flag.max === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${flag.max}`;
      return refuse(flag, `must be a whole number of at least ${flag.min}${most}`);
    }
    case 'json':
      return readObject(flag, given);
  }
}

function readObject(flag: Flag, given: Typed): Result<unknown> {
  const example = `Example: --${flag.name} '{"select":"all"}'`;
  try {
    const value = JSON.parse(String(given)) as unknown;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? ok(value) : refuse(flag, `must be a JSON object. ${example}`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return fail('usage', `--${flag.name} is not JSON (${error.message}). ${example}.`);
  }
}

const refuse = ({ name }: Flag, what: string): Result<never> => fail('usage', `--${name} ${what}.`);
