import assert from 'node:assert/strict';
import { proves } from '../../requirements.ts';
import { eventually } from '../../support/eventually.ts';
import { createEditorRig, type EditorRig } from './editor-rig.ts';

const TOAST = '.notifications-toasts .notification-list-item';

describe(proves('F3', 'a folder that asks to start commands of its own'), function () {
  this.timeout(180_000);
  let editor: EditorRig;
  before(async () => {
    editor = await createEditorRig({ approved: false });
  });
  after(() => editor.dispose());

  it('says so once and in the status bar, until a person does not want to hear of it any more', async () => {
    const window = await editor.open();
    await editor.workers(1);
    const toast = window.page.locator(TOAST);
    // Stays as long as the mouse is on it.
    await toast.first().hover();
    await window.says('Savepoint needs you');
    const words = await toast.locator('.notification-list-item-message').allInnerTexts();
    assert.equal(words.length, 1);
    assert.match(
      words[0] ?? '',
      /^This folder asks to start \d commands? of its own \(.*counting.*\)\. .* not been started\.$/,
    );
    const buttons = await toast.locator('.notification-list-item-buttons-container .monaco-button').allInnerTexts();
    assert.deepEqual(buttons.map((text) => text.replace('’', "'")).sort(), ["Don't Show Again", 'Show Commands']);
    const picture = process.env['SAVEPOINT_PICTURES'];
    if (picture !== undefined) await window.screenshot(`${picture}/notice.png`);

    await toast.locator('.monaco-button', { hasText: /Don.t Show Again/ }).click();
    await window.says('Not checked yet');
    await window.stores('savepoint.mutedNotices');
    await window.reload();
    await editor.workers(1);
    await window.showViews();
    await eventually('the views', async () => (await window.rows('Workflows')).length > 0);
    assert.deepEqual((await window.disturbances()).toasts, []);
    await window.says('Not checked yet');
  });
});
