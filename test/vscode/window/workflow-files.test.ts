import assert from 'node:assert/strict';
import { proves } from '../../requirements.ts';
import { becomes } from '../../support/eventually.ts';
import type { Window } from '../page/window.ts';
import { createEditorRig, type EditorRig } from './editor-rig.ts';

const FILE = '.savepoint/workflows/on-save-checks.yaml';
const withoutTimes = (text: string): string => text.trim().replace(/\d\d:\d\d/g, '…:…');

describe(proves('F6', 'a workflow file in the editor, and its runs under the keys of the trees'), function () {
  this.timeout(180_000);
  let editor: EditorRig;
  let window: Window;
  before(async () => {
    // It fails the first time.
    editor = await createEditorRig({ steps: [{ id: 'look', with: { failTimes: 1 } }] });
    window = await editor.open();
    await editor.workers(1);
    await window.showViews();
  });
  after(() => editor.dispose());

  const links = () => window.page.locator('.codelens-decoration a');
  const lensSays = (...expected: readonly string[]): Promise<void> =>
    becomes(expected, async () => (await links().allInnerTexts()).map(withoutTimes));
  const runsShow = (...expected: readonly string[]): Promise<void> =>
    becomes(expected, async () =>
      (await window.rows('Runs'))
        .filter(({ level }) => level < 3)
        .map(({ label, description }) => withoutTimes(`${label} (${description})`)),
    );
  const clickRun = async (): Promise<void> => {
    await window.view('Runs').locator('.monaco-list-row', { hasText: 'on-save-checks' }).first().click();
    await window.page.locator('.tab.active', { hasText: /Run \d+ · on-save-checks/ }).waitFor();
  };

  it('runs from above its text, where the result stands and leads to the run', async () => {
    await window.openFile(FILE);
    await lensSays('Run');
    await links().first().click();
    await lensSays('Run', 'failed at look …:…');
    await window.says('Checks could not finish');
    await links().last().click();
    await window.page.locator('.tab.active', { hasText: 'Run 1 · on-save-checks' }).waitFor();
  });

  it('is looked at by a click on its run, which leaves the focus in the tree: Delete dismisses it there, F5 runs it again', async () => {
    await runsShow('Failed (1)', 'on-save-checks (at look · …:…)');
    await clickRun();
    await window.page.keyboard.press('Delete');
    await runsShow('History (1)', 'on-save-checks (at look · …:…)');
    await window.says('Not checked yet');
    await clickRun();
    await window.page.keyboard.press('F5');
    await runsShow('History (2)', 'on-save-checks (nothing found · …:…)', 'on-save-checks (at look · …:…)');
    await clickRun();
    await window.page.keyboard.press('Delete');
    await window.page.keyboard.press('F5');
    await runsShow(
      'History (3)',
      'on-save-checks (nothing found · …:…)',
      'on-save-checks (nothing found · …:…)',
      'on-save-checks (at look · …:…)',
    );
    // What stands under History is not taken away by a key.
    await window.says('Nothing found');
    assert.deepEqual((await window.disturbances()).toasts, []);
  });
});
