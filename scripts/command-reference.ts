// Writes what is made from the command catalogue: docs/commands.md for people, and the words of the command line, which has no time
// to load the catalogue's schemas at each start. With --check it only tells whether the files are as they would be written.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as prettier from 'prettier';
import * as z from 'zod';
import { CATALOGUE } from '../src/contract/commands/catalogue.ts';
import type { CommandDefinition } from '../src/contract/commands/command.ts';
import type { CommandWords, Flag } from '../src/orchestrator/host/cli/command-words.ts';
import { optionsOf, usageOf } from '../src/orchestrator/host/cli/help.ts';

const root = path.dirname(import.meta.dirname);
const EFFECTS = {
  none: 'Only reads.',
  state: 'Writes to Savepoint’s state folder.',
  'starts-tools': 'Starts tools of the workspace.',
} as const;

/** Schemas are read through these: one that says anything else cannot be typed on a command line, and is refused here. */
const common = { description: z.string() };
const shapes = z.discriminatedUnion('type', [
  z.strictObject({ ...common, type: z.literal('boolean'), default: z.boolean().optional() }),
  z.strictObject({
    ...common,
    type: z.literal('string'),
    default: z.string().optional(),
    enum: z.array(z.string()).optional(),
    minLength: z.literal(1).optional(),
  }),
  z.strictObject({
    ...common,
    type: z.literal('integer'),
    default: z.int().optional(),
    minimum: z.int(),
    maximum: z.int(),
  }),
  z.strictObject({
    ...common,
    type: z.literal('array'),
    default: z.array(z.string()).optional(),
    items: z.strictObject({ type: z.literal('string') }),
  }),
  z.strictObject({
    ...common,
    type: z.literal('object'),
    propertyNames: z.strictObject({ type: z.literal('string') }),
    additionalProperties: z.strictObject({ $ref: z.string() }),
  }),
]);

const words = CATALOGUE.map((command): CommandWords => {
  const { id, about, positionals } = command;
  return { id, about, positionals, flags: flagsOf(command) };
});

function flagsOf({ input }: CommandDefinition): readonly Flag[] {
  const { properties = {}, required = [] } = z.toJSONSchema(input, { io: 'input' });
  return Object.entries(properties).map(([key, schema]): Flag => {
    const { description, ...shape } = shapes.parse(schema);
    const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const base = { key, name, about: description, required: required.includes(key) };
    switch (shape.type) {
      case 'boolean':
        return { ...base, type: 'boolean', default: shape.default };
      case 'string': {
        const { enum: choices, minLength } = shape;
        return {
          ...base,
          type: 'string',
          default: shape.default,
          choices,
          nonEmpty: minLength === 1 ? true : undefined,
        };
      }
      case 'integer':
        return { ...base, type: 'integer', default: shape.default, min: shape.minimum, max: shape.maximum };
      case 'array':
        return { ...base, type: 'list', default: shape.default };
      case 'object':
        return { ...base, type: 'json' };
    }
  });
}

function reference(): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const sections = CATALOGUE.map(({ id, about, sideEffect }, index) => {
    const command = words[index];
    if (!command) throw new Error(`${id} has no words`);
    const options = optionsOf(command);
    const table = [
      '| option | meaning |',
      '| --- | --- |',
      ...options.map(([flag, meaning]) => `| \`${cell(flag)}\` | ${cell(meaning)} |`),
    ];
    return [
      `## ${id}`,
      about,
      `\`\`\`sh\n${usageOf(command)}\n\`\`\``,
      ...(options.length > 0 ? [table.join('\n')] : []),
      EFFECTS[sideEffect],
    ].join('\n\n');
  });
  return [
    '# Commands',
    'Made from the command catalogue (`src/contract/commands/catalogue.ts`) by `scripts/command-reference.ts`: change it there.',
    'Every command takes `--workspace DIR` (default: the current folder) and `--json` (one JSON object a line on standard output).',
    'Exit codes: 0 completed with nothing at or above `--fail-on`; 1 completed with such; 2 wrong usage, definition or approval; 3 failed, stopped or waiting; 130 interrupted (the run can be resumed).',
    ...sections,
    '',
  ].join('\n\n');
}

const table = [
  '// Made from the command catalogue by scripts/command-reference.ts: change src/contract/commands/catalogue.ts and run that.',
  "import type { CommandWords } from './command-words.ts';",
  `export const COMMANDS = ${JSON.stringify(words)} as const satisfies readonly CommandWords[];`,
].join('\n\n');

for (const [file, text] of [
  ['docs/commands.md', reference()],
  ['src/orchestrator/host/cli/commands.gen.ts', table],
] as const) {
  const target = path.join(root, file);
  const options = await prettier.resolveConfig(target);
  const formatted = await prettier.format(text, { ...options, filepath: target });
  if (!process.argv.includes('--check')) writeFileSync(target, formatted);
  else if (readFileSync(target, 'utf8') !== formatted) {
    process.stderr.write(`${file} is not what the catalogue says: node scripts/command-reference.ts\n`);
    process.exitCode = 1;
  }
}
