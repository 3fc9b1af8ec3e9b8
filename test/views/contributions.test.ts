import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CommandContribution } from '../../src/contract/contribution-types.ts';
import { COMMANDS } from '../../src/contract/commands/palette.ts';
import { COLORS, KEYS, MENUS, VIEWS, VIEW_COMMANDS, WELCOMES } from '../../src/contract/view-contributions.ts';
import { DECISION_LOOKS, OUTCOMES, STATES } from '../../src/contract/words.ts';
import { peopleWords } from '../support/engine-words.ts';
import { proves } from '../requirements.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const ALL_COMMANDS: readonly CommandContribution[] = [...COMMANDS, ...VIEW_COMMANDS];
const OWN = new Set(ALL_COMMANDS.map(({ command }) => command));
/** Commands that VS Code itself has, or makes of a view. */
const OF_VSCODE = new Set(['vscode.openFolder', 'workbench.trust.manage', ...VIEWS.map(({ id }) => `${id}.focus`)]);

/** Every row context that the models give, by view. */
const CONTEXTS: readonly (readonly [view: string, context: string])[] = [
  ...['stop', 'retry', 'resume', 'again', 'none']
    .flatMap((action) => [`run:${action}`, `run:${action}:standing`])
    .map((context) => ['savepoint.runs', context] as const),
  ...['group', 'step', 'step:retry', 'command', 'changed', 'older', 'folder'].map(
    (context) => ['savepoint.runs', context] as const,
  ),
  ...['activity', 'file', 'more'].map((context) => ['savepoint.activities', context] as const),
  ...['workflow:on', 'workflow:off', 'workflow:hand', 'workflow-untrusted', 'broken'].map(
    (context) => ['savepoint.workflows', context] as const,
  ),
  ...['session', 'activity', 'run', 'event', 'nothing'].map((context) => ['savepoint.events', context] as const),
];

const itemsOf = (view: string, context: string) =>
  MENUS.filter(({ menu, when = '' }) => {
    const [, wanted, pattern] = /^view == (\S+) && viewItem =~ \/(.*)\/$/.exec(when) ?? [];
    return menu === 'view/item/context' && wanted === view && new RegExp(pattern ?? '$^').test(context);
  });

describe(proves('F3', 'what the views contribute'), () => {
  it('is five views in one container', () => {
    assert.deepEqual(
      VIEWS.map(({ name, icon, visibility }) => [name, icon, visibility]),
      [
        ['Runs', 'play-circle', 'visible'],
        ['Activities', 'history', 'visible'],
        ['Workflows', 'checklist', 'visible'],
        ['Events', 'broadcast', 'collapsed'],
        ['Health', 'pulse', 'collapsed'],
      ],
    );
    assert.ok(existsSync(path.join(ROOT, 'media', 'savepoint.svg')));
  });

  it('names only commands that there are', () => {
    const inTexts = WELCOMES.flatMap(({ contents }) =>
      [...contents.matchAll(/\(command:([^)?]+)/g)].map(([, id]) => id ?? ''),
    );
    const named = [...inTexts, ...MENUS.map(({ command }) => command), ...KEYS.map(({ command }) => command)];
    assert.deepEqual(
      named.filter((id) => !OWN.has(id) && !OF_VSCODE.has(id)),
      [],
    );
  });

  it('puts at most two actions on a row, each of which can be told from the other', () => {
    for (const [view, context] of CONTEXTS) {
      const inline = itemsOf(view, context).filter(({ group }) => group?.startsWith('inline'));
      assert.ok(inline.length <= 2, `${view} ${context}`);
      const icons = inline.map(({ command }) => ALL_COMMANDS.find((one) => one.command === command)?.icon);
      assert.ok(
        icons.every((icon) => icon !== undefined),
        `${view} ${context} has icons`,
      );
      assert.equal(new Set(icons).size, icons.length);
    }
  });

  it('reaches every row item by a context that rows have', () => {
    const reached = new Set(CONTEXTS.flatMap(([view, context]) => itemsOf(view, context)));
    assert.deepEqual(
      MENUS.filter((item) => item.menu === 'view/item/context' && !reached.has(item)),
      [],
    );
  });

  it('has one button at most in a welcome text, in words for people', () => {
    for (const { contents } of WELCOMES) {
      const buttons = contents.split('\n').filter((line) => /^\[[^\]]+\]\([^)]+\)$/.test(line));
      assert.ok(buttons.length <= 1, contents);
      peopleWords([contents.replace(/\(command:[^)]+\)/g, '')]);
    }
  });

  it('takes keys only inside its own views', () => {
    for (const { when } of KEYS) assert.match(when, /focusedView == savepoint\./);
  });

  it('names only product icons that VS Code has, and follows tokens of the theme', function () {
    const [workbench] = globSync(
      '.vscode-test/host/node_modules/code-server/lib/vscode/out/vs/code/browser/workbench/workbench.js',
      {
        cwd: ROOT,
      },
    );
    if (workbench === undefined) return this.skip();
    // Icons are registered with their code point in the icon font, from 0xea60 on.
    const text = readFileSync(path.join(ROOT, workbench), 'utf8');
    const known = new Set([...text.matchAll(/\("([a-z0-9-]+)",6[0-9]{4}\)/g)].map(([, name]) => name));
    const sources = globSync('src/{views,extension}/**/*.ts', { cwd: ROOT }).map((file) =>
      readFileSync(path.join(ROOT, file), 'utf8'),
    );
    const inSources = sources.flatMap((source) =>
      [...source.matchAll(/icon: (?:\{ name: )?'([a-z~-]+)'|\bitem\('([a-z-]+)'/g)].map(([, a, b]) => a ?? b ?? ''),
    );
    const looks = [...Object.values(STATES), ...Object.values(OUTCOMES), ...Object.values(DECISION_LOOKS), ...VIEWS];
    const icons = [...looks.map(({ icon }) => icon), ...ALL_COMMANDS.flatMap(({ icon }) => icon ?? []), ...inSources];
    assert.ok(known.size > 500 && inSources.length > 20, 'icons were found');
    assert.deepEqual(
      [...new Set(icons)].filter((icon) => !known.has(icon.replace(/~spin$/, ''))),
      [],
    );
    assert.ok(COLORS.every(({ default: token }) => !token.startsWith('#')));
  });
});
