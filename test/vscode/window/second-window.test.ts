import assert from 'node:assert/strict';
import { proves } from '../../requirements.ts';
import { eventually } from '../../support/eventually.ts';
import { createEditorRig, type EditorRig } from './editor-rig.ts';
import type { Window } from '../page/window.ts';

/** More than the longest quiet period of a single write and the half second after it. */
const NOTHING_MORE_MS = 3_000;

describe(proves('F7', 'two windows on one folder'), function () {
  this.timeout(120_000);
  let editor: EditorRig;
  let windows: readonly Window[];
  before(async () => {
    editor = await createEditorRig();
    const first = await editor.open();
    await editor.workers(1);
    const second = await editor.open();
    await editor.workers(2);
    windows = [first, second];
  });
  after(() => editor.dispose());

  /** One write, and the runs that came of it. */
  async function runsAfter(text: string): Promise<number> {
    const before = (await editor.events('workflow.started')).length;
    editor.rig.write({ 'src/app.js': text });
    await editor.eventCount('workflow.started', before + 1);
    // That nothing more comes can only be seen by waiting for it.
    await new Promise((resolve) => setTimeout(resolve, NOTHING_MORE_MS));
    return (await editor.events('workflow.started')).length - before;
  }

  it('start one run, and both show it', async () => {
    for (const window of windows) await window.beginLooking();
    assert.equal(await runsAfter('export const app = 2;\n'), 1);
    for (const window of windows) {
      assert.deepEqual(await window.disturbances(), { toasts: [], focus: [] });
      await window.showViews();
      await eventually('a row of the run', async () =>
        (await window.rows('Runs')).some(({ aria }) => /checks on save|on-save-checks/i.test(aria)),
      );
    }
  });

  it('start one run also when the extension host of one is killed', async () => {
    const hosts = editor.vscode.extensionHosts();
    const [first] = hosts;
    assert.ok(first !== undefined);
    process.kill(first, 'SIGKILL');
    assert.equal(await runsAfter('export const app = 3;\n'), 1);
    await eventually('another extension host', () =>
      editor.vscode.extensionHosts().some((pid) => !hosts.includes(pid)),
    );
    await editor.workers(2);
    assert.equal(await runsAfter('export const app = 4;\n'), 1);
  });

  it('go on with one when the other is closed', async () => {
    await windows[0]?.close();
    assert.equal(await runsAfter('export const app = 5;\n'), 1);
  });
});
