import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { proves } from '../../requirements.ts';
import { eventually } from '../../support/eventually.ts';
import type { Row, ViewName, Window } from '../page/window.ts';
import { createEditorRig, type EditorRig } from './editor-rig.ts';

const STEPS = [
  { id: 'first', with: { ms: 50 } },
  { id: 'second', needs: ['first'], with: { ms: 1_500 } },
];
/** Where the pictures go that a person asked for; without it none are taken. */
const PICTURES = process.env['SAVEPOINT_PICTURES'];
const DEADLINE_MS = 30_000;

/** Rows as lines: times and durations, which differ each time, are dots. */
const lines = (rows: readonly Row[]): readonly string[] =>
  rows.map(({ level, label, description }) => {
    const words = description.replace(/\d+(\.\d)? s\b/g, '… s').replace(/\d\d:\d\d(:\d\d)?/g, '…:…');
    return `${'  '.repeat(level - 1)}${label}${words === '' ? '' : ` (${words})`}`;
  });

describe(proves('F3', 'the sidebar in a real VS Code'), function () {
  this.timeout(180_000);
  let editor: EditorRig;
  let window: Window;
  before(async () => {
    editor = await createEditorRig({ steps: STEPS });
    window = await editor.open();
    await editor.workers(1);
    await window.showViews();
  });
  after(() => editor.dispose());

  const picture = async (name: string): Promise<void> => {
    if (PICTURES === undefined) return;
    mkdirSync(PICTURES, { recursive: true });
    await window.screenshot(path.join(PICTURES, `${name}.png`));
  };
  /** Waits until a view shows this and nothing else. */
  const shows = async (view: ViewName, expected: readonly string[]): Promise<void> => {
    let now: readonly string[] = [];
    try {
      await eventually(
        `${view} to show it`,
        async () => {
          now = lines(await window.rows(view));
          return JSON.stringify(now) === JSON.stringify(expected);
        },
        DEADLINE_MS,
      );
    } catch {
      assert.deepEqual(now, expected);
    }
  };
  const says = (text: string): Promise<void> =>
    eventually(`the status bar to say ${text}`, async () => (await window.status()) === text, DEADLINE_MS);

  it('tells a fresh folder what will happen', async () => {
    await window.welcomes('Runs', /Nothing has run here yet/);
    await shows('Workflows', [
      'kiro-workflow (by hand)',
      'on-save-checks (after edits in src/**)',
      'tsddr-2.0 (by hand)',
    ]);
    await says('Not checked yet');
    await picture('fresh');
  });

  it('shows a burst, the run that it started, and what that came to, without disturbing', async () => {
    await window.beginLooking();
    editor.rig.write({ 'src/app.js': 'export const app = 2;\n' });
    await shows('Runs', [
      'Now (1)',
      '  on-save-checks (1 of 2 steps done)',
      '    first (done · … s)',
      '    second (running)',
    ]);
    await says('Checking 1 file');
    await picture('running');
    await shows('Runs', ['History', '  on-save-checks (nothing found · …:…)']);
    await shows('Activities', ['Not known (src/app.js · …:…)']);
    await says('Nothing found');
    assert.deepEqual(await window.disturbances(), { toasts: [], focus: [] });
    await picture('finished');
  });

  it('says in Health that all is well, and lists in Events what was seen and what came of it', async () => {
    await window.view('Health').locator('.pane-header').click();
    await eventually('Health', async () => (await window.rows('Health')).length >= 3, DEADLINE_MS);
    assert.match(await window.view('Health').innerText(), /all well/);
    await window.view('Events').locator('.pane-header').click();
    await eventually('Events', async () => (await window.rows('Events')).length >= 2, DEADLINE_MS);
    const [session, activity] = await window.rows('Events');
    assert.equal(session?.label, 'This session');
    assert.equal(activity?.label, 'app.js');
    assert.equal(activity.description, 'Not known · started a run');
    await picture('events-health');
  });

  it('offers in the menu of the status bar what can be done', async () => {
    await window.page.locator('.statusbar-item[id^="savepoint.savepoint"]').first().click();
    const menu = window.page.locator('.quick-input-widget .quick-input-list .monaco-list-row');
    await menu.first().waitFor();
    const labels = await menu.locator('.label-name').allInnerTexts();
    await picture('menu');
    await window.page.keyboard.press('Escape');
    assert.deepEqual(labels, [
      'Open run 1',
      'Run again',
      'Run a workflow…',
      'Why did this run, or not?',
      'Pause automatic runs',
      'Health',
    ]);
  });
});
