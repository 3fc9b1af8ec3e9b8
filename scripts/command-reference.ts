// Writes docs/commands.md from the catalogue; with --check it only tells whether the file is as it would be written.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as prettier from 'prettier';
import { CATALOGUE } from '../src/contract/commands/catalogue.ts';
import { optionsOf, usageOf } from '../src/orchestrator/host/cli/help.ts';

const file = path.join(path.dirname(import.meta.dirname), 'docs', 'commands.md');
const EFFECTS = {
  none: 'Only reads.',
  state: 'Writes to Savepoint’s state folder.',
  'starts-tools': 'Starts tools of the workspace.',
} as const;

const cell = (text: string): string => text.replaceAll('|', '\\|');

const sections = CATALOGUE.map((command) => {
  const options = optionsOf(command);
  const table = [
    '| option | meaning |',
    '| --- | --- |',
    ...options.map(([flag, about]) => `| \`${cell(flag)}\` | ${cell(about)} |`),
  ];
  return [
    `## ${command.id}`,
    command.about,
    `\`\`\`sh\n${usageOf(command)}\n\`\`\``,
    ...(options.length > 0 ? [table.join('\n')] : []),
    EFFECTS[command.sideEffect],
  ].join('\n\n');
});

const text = [
  '# Commands',
  'Made from the command catalogue (`src/contract/commands/catalogue.ts`) by `scripts/command-reference.ts`: change it there.',
  'Every command takes `--workspace DIR` (default: the current folder) and `--json` (one JSON object a line on standard output).',
  'Exit codes: 0 completed with nothing at or above `--fail-on`; 1 completed with such; 2 wrong usage, definition or approval; 3 failed, stopped or waiting; 130 interrupted (the run can be resumed).',
  ...sections,
  '',
].join('\n\n');
const options = await prettier.resolveConfig(file);
const formatted = await prettier.format(text, { ...options, parser: 'markdown' });

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== formatted) {
    process.stderr.write('docs/commands.md is not what the catalogue says: node scripts/command-reference.ts\n');
    process.exitCode = 1;
  }
} else writeFileSync(file, formatted);
