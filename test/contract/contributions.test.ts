import assert from 'node:assert/strict';
import { COMMANDS } from '../../src/contract/commands/palette.ts';
import { SETTINGS } from '../../src/contract/commands/settings.ts';
import type { SettingContribution } from '../../src/contract/contribution-types.ts';
import { COLORS, KEYS, MENUS, VIEW_COMMANDS, VIEWS, WELCOMES } from '../../src/contract/view-contributions.ts';
import { proves } from '../requirements.ts';

const commands = [...COMMANDS, ...VIEW_COMMANDS];
const ids = new Set<string>(commands.map(({ command }) => command));
const views = new Set<string>(VIEWS.map(({ id }) => id));
/** Commands of VS Code itself, and those it makes of each view. */
const isKnown = (command: string): boolean =>
  ids.has(command) ||
  ['vscode.openFolder', 'workbench.trust.manage'].includes(command) ||
  (command.endsWith('.focus') && views.has(command.slice(0, -'.focus'.length)));
const unique = (all: readonly string[]): void => assert.deepEqual([...new Set(all)], all);

describe(proves('F6', 'what the manifest is made from'), () => {
  it('names each command, view, setting and colour once, all below savepoint', () => {
    for (const all of [
      commands.map(({ command }) => command),
      VIEWS.map(({ id }) => id),
      SETTINGS.map(({ key }) => key),
      COLORS.map(({ id }) => id),
    ] as const) {
      unique(all);
      for (const id of all) assert.match(id, /^savepoint\.[a-zA-Z.]+$/);
    }
  });

  it('has menus, keys and welcome texts only of commands and views that are there', () => {
    for (const { command } of [...MENUS, ...KEYS]) assert.ok(ids.has(command), command);
    for (const { view, contents } of WELCOMES) {
      assert.ok(views.has(view), view);
      for (const [, command = ''] of contents.matchAll(/\(command:([\w.]+)/g)) assert.ok(isKnown(command), command);
    }
    for (const { menu, when = '' } of MENUS) {
      const view = /^view == ([\w.]+)/.exec(when)?.[1] ?? '';
      if (menu.startsWith('view/')) assert.ok(views.has(view), when);
    }
  });

  it('gives every command a title that begins with a capital, has no full stop, and leaves the category to VS Code', () => {
    for (const { title } of commands) {
      assert.doesNotMatch(title, /savepoint/i);
      assert.match(title, /^[A-Z]/);
      assert.doesNotMatch(title, /[.!]$/);
    }
  });

  it('describes every setting in sentences, within its own bounds', () => {
    for (const setting of SETTINGS satisfies readonly SettingContribution[]) {
      assert.match(setting.description, /^[A-Z].*\.$/);
      if ('minimum' in setting) assert.ok(setting.default >= setting.minimum && setting.default <= setting.maximum);
    }
  });
});
