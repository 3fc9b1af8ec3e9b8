// Writes into package.json what VS Code reads of it, from the tables of the contract: commands, settings, views, menus, welcome texts,
// colours; and into README.md what people read of these. With --check it only tells whether the files are as they would be written.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as prettier from 'prettier';
import { COMMANDS } from '../src/contract/commands/palette.ts';
import { SETTINGS } from '../src/contract/commands/settings.ts';
import type { CommandContribution, MenuContribution, SettingContribution } from '../src/contract/contribution-types.ts';
import { COLORS, KEYS, MENUS, VIEW_COMMANDS, VIEWS, WELCOMES } from '../src/contract/view-contributions.ts';

const CONTAINER = 'savepoint';
const commands: readonly CommandContribution[] = [...COMMANDS, ...VIEW_COMMANDS];
const settings: readonly SettingContribution[] = SETTINGS;

const generated = {
  main: './dist/extension.cjs',
  icon: 'media/icon.png',
  galleryBanner: { color: '#1f2430', theme: 'dark' },
  categories: ['Linters', 'Testing', 'Other'],
  keywords: ['code review', 'coding agents', 'secrets', 'tests', 'type check'],
  // Where the files are: in a remote window beside them, not in the browser or on the desktop.
  extensionKind: ['workspace'],
  activationEvents: ['onStartupFinished'],
  capabilities: {
    untrustedWorkspaces: {
      supported: 'limited',
      description:
        'Savepoint starts nothing in a folder you have not trusted: no checks, no commands, no connections, and it writes nothing. You can still check workflow files.',
      restrictedConfigurations: settings.filter(({ restricted }) => restricted === true).map(({ key }) => key),
    },
    virtualWorkspaces: {
      supported: 'limited',
      description:
        'Savepoint works in folders that are on a disk. In others it starts nothing and only checks workflow files.',
    },
  },
  contributes: {
    commands: commands.map(({ command, title, icon, enablement }) => ({
      command,
      category: 'Savepoint',
      title,
      ...(icon === undefined ? {} : { icon: `$(${icon})` }),
      ...(enablement === undefined ? {} : { enablement }),
    })),
    menus: menus(),
    viewsContainers: {
      activitybar: [{ id: CONTAINER, title: 'Savepoint', icon: 'media/savepoint.svg' }],
    },
    views: {
      [CONTAINER]: VIEWS.map(({ id, name, icon, visibility, size, when }) => ({
        id,
        name,
        icon: `$(${icon})`,
        visibility,
        initialSize: size,
        ...(when === undefined ? {} : { when }),
      })),
    },
    keybindings: KEYS,
    viewsWelcome: WELCOMES,
    configuration: {
      title: 'Savepoint',
      properties: Object.fromEntries(settings.map((setting, order) => [setting.key, property(setting, order)])),
    },
    colors: COLORS.map(({ id, description, default: token }) => ({
      id,
      description,
      defaults: { dark: token, light: token, highContrast: token, highContrastLight: token },
    })),
  },
};

function menus(): Readonly<Record<string, readonly object[]>> {
  const palette = commands.flatMap(({ command, when }) =>
    when === undefined ? [] : [{ command, when: when === false ? 'false' : when }],
  );
  const others = Map.groupBy(MENUS, ({ menu }: MenuContribution) => menu);
  return {
    commandPalette: palette,
    ...Object.fromEntries([...others].map(([menu, items]) => [menu, items.map(({ menu: _, ...item }) => item)])),
  };
}

function property({ key: _, description, restricted: __, ...schema }: SettingContribution, order: number): object {
  return { ...schema, order, markdownDescription: description };
}

function manifestOf(text: string): string {
  const others = Object.entries(JSON.parse(text) as object).filter(([key]) => !Object.hasOwn(generated, key));
  const at = others.findIndex(([key]) => key === 'bin');
  return JSON.stringify(Object.fromEntries(others.toSpliced(at, 0, ...Object.entries(generated))));
}

function readmeOf(text: string): string {
  const listed = commands.filter(({ when }) => when !== false).map(({ title }) => `_${title}_`);
  return between(between(text, 'commands', `${listed.join(', ')}.`), 'settings', settingsTable());
}

function settingsTable(): string {
  const row = ({ key, default: value, description }: SettingContribution): string =>
    `| \`${key}\` | \`${JSON.stringify(value)}\` | ${description} |`;
  return ['| setting | default | meaning |', '| --- | --- | --- |', ...settings.map(row)].join('\n');
}

/** The text with what stands between the two marks replaced. */
function between(text: string, mark: string, content: string): string {
  const marks = new RegExp(`(<!-- ${mark}: [^>]*-->)[^]*?(<!-- /${mark} -->)`);
  if (!marks.test(text)) throw new Error(`README.md has no place for ${mark}`);
  return text.replace(marks, (_whole, start: string, end: string) => `${start}\n\n${content}\n\n${end}`);
}

for (const [name, made] of [
  ['package.json', manifestOf],
  ['README.md', readmeOf],
] as const) {
  const file = path.join(path.dirname(import.meta.dirname), name);
  const before = readFileSync(file, 'utf8');
  const options = await prettier.resolveConfig(file);
  const after = await prettier.format(made(before), { ...options, filepath: file });
  if (after === before) continue;
  if (!process.argv.includes('--check')) writeFileSync(file, after);
  else {
    process.stderr.write(`${name} is not what the contract’s tables say: node scripts/manifest.ts\n`);
    process.exitCode = 1;
  }
}
