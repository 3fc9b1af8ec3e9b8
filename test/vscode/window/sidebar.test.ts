import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { proves } from '../../requirements.ts';
import { release } from '../../support/counting.ts';
import { becomes, eventually } from '../../support/eventually.ts';
import type { Row, ViewName, Window } from '../page/window.ts';
import { createEditorRig, type EditorRig } from './editor-rig.ts';

const STEPS = [
  { id: 'first', with: { ms: 50 } },
  { id: 'second', needs: ['first'], with: { until: 'go' } },
];
/** Where the pictures go that a person asked for; without it none are taken. */
const PICTURES = process.env['SAVEPOINT_PICTURES'];

/** Rows as lines: times, durations and counts of events, which differ each time, are dots. */
const lines = (rows: readonly Row[]): readonly string[] =>
  rows.map(({ level, label, description }) => {
    const words = description
      .replace(/\d+(\.\d)? s\b/g, '… s')
      .replace(/\d\d:\d\d(:\d\d)?/g, '…:…')
      .replace(/\d+ events\b/, '… events');
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
  const shows = (view: ViewName, expected: readonly string[]): Promise<void> =>
    becomes(expected, async () => lines(await window.rows(view)));

  it('tells a fresh folder what will happen', async () => {
    await window.welcomes('Runs', /Nothing has run here yet/);
    await shows('Workflows', [
      'kiro-workflow (by hand)',
      'on-save-checks (after edits in src/**)',
      'tsddr-2.0 (by hand)',
    ]);
    await window.says('Not checked yet');
    await picture('fresh');
  });

  it('shows a burst, the run that it started, and what that came to, without disturbing', async () => {
    await window.beginLooking();
    editor.rig.write({ 'src/app.js': 'export const app = 2;\n' });
    await shows('Runs', [
      'Now (1)',
      '  on-save-checks (1 of 2 steps done)',
      '    first (done · … s)',
      '    second (running · … s)',
    ]);
    await window.says('Checking 1 file');
    await picture('running');
    release(editor.rig, 'go');
    await shows('Runs', ['History (1)', '  on-save-checks (nothing found · …:…)']);
    await shows('Activities', ['Not known (src/app.js · …:…)']);
    await window.says('Nothing found');
    assert.deepEqual(await window.disturbances(), { toasts: [], focus: [] });
    await picture('finished');
  });

  it('says in Health that all is well, and lists in Events what was seen and what came of it', async () => {
    await window.view('Health').locator('.pane-header').click();
    await window.view('Health').getByText('all well').first().waitFor();
    await eventually('rows of Health', async () => (await window.rows('Health')).length >= 3);
    await window.view('Events').locator('.pane-header').click();
    await shows('Events', ['This session (since …:… · … events)', '  app.js (Not known · started run 1)']);
    await picture('events-health');
  });

  it('offers in the menu of the status bar what can be done', async () => {
    await window.page.locator('.statusbar-item[id^="savepoint.savepoint"]').first().click();
    const menu = window.page.locator('.quick-input-widget .quick-input-list .monaco-list-row');
    await menu.first().waitFor();
    await picture('menu');
    await becomes(
      ['Open run 1', 'Run again', 'Run a workflow…', 'Why did this run, or not?', 'Pause automatic runs', 'Health'],
      () => menu.locator('.label-name').allInnerTexts(),
    );
    await window.page.keyboard.press('Escape');
  });
});
