import type * as z from 'zod';

/** What running a command can change or start, for palettes and AI tools that must ask first. */
export type SideEffect = 'none' | 'state' | 'starts-tools';

/**
 * One command, defined once: the command line, the reference in docs/ and later the palette, chat and AI tools are made from it.
 * The keys of `input` are camelCase; on the command line `noCache` is `--no-cache`.
 */
export interface CommandDefinition<Input extends z.ZodObject = z.ZodObject, Id extends string = string> {
  readonly id: Id;
  /** Title Case, for the palette. */
  readonly title: string;
  /** One sentence, for people. */
  readonly about: string;
  readonly input: Input;
  /** Keys of `input` given without a flag, in order; a trailing array takes the rest. */
  readonly positionals: readonly (keyof z.infer<Input> & string)[];
  /** One line of `--json` output, besides `error`. */
  readonly output: z.ZodType;
  readonly sideEffect: SideEffect;
}

export const defineCommand = <Input extends z.ZodObject, const Id extends string>(
  definition: CommandDefinition<Input, Id>,
): CommandDefinition<Input, Id> => definition;

/** What a handler of this definition is called with. */
export type InputOf<Definition> = Definition extends CommandDefinition<infer Input> ? z.infer<Input> : never;
