import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { proves } from '../../requirements.ts';
import { eventually } from '../../support/eventually.ts';
import { git } from '../../support/git-repository.ts';
import { createEditorRig, type EditorRig } from './editor-rig.ts';

/** More than any quiet period of a single write. */
const NOTHING_MORE_MS = 7_000;
const RECORDER = path.resolve(import.meta.dirname, '../host/recorder.cjs');

describe(proves('F1', 'a folder that is not trusted'), function () {
  this.timeout(120_000);
  const notes = realpathSync(mkdtempSync(path.join(tmpdir(), 'savepoint-record-')));
  const record = path.join(notes, 'record');
  const recorded = (): readonly string[] => (existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n') : []);
  let editor: EditorRig | undefined;
  const start = async (asksForTrust: boolean): Promise<EditorRig> => {
    rmSync(record, { force: true });
    const env = { NODE_OPTIONS: `--require ${RECORDER}`, SAVEPOINT_RECORD: record };
    editor = await createEditorRig({ asksForTrust, env, approved: false });
    return editor;
  };
  afterEach(() => editor?.dispose());
  after(() => rmSync(notes, { recursive: true }));

  it('sees nothing of Savepoint: no process, thread, socket, connection or write', async () => {
    const { rig, open } = await start(true);
    const window = await open();
    await eventually('an extension host', () => recorded().length > 0);
    await window.openFile('app.js');
    await window.beginLooking();
    await window.page.keyboard.type('// typed\n');
    await window.page.keyboard.press('Control+S');
    await eventually('the save', () => readFileSync(path.join(rig.workspace, 'src/app.js'), 'utf8').includes('typed'));
    rig.write({ 'src/other.js': 'export const other = 1;\n' });
    await new Promise((resolve) => setTimeout(resolve, NOTHING_MORE_MS));
    assert.deepEqual(recorded(), ['recording']);
    assert.ok(!existsSync(rig.stateHome), 'no state folder');
    assert.deepEqual(git(rig.workspace, 'status', '--porcelain').trim().split('\n').sort(), [
      '?? src/other.js',
      'M src/app.js',
    ]);
    assert.deepEqual(await window.disturbances(), { toasts: [], focus: [] });
    await window.showViews();
    await window.welcomes('Runs', /Savepoint starts nothing in a folder you have not trusted/);
  });

  it('still checks workflow files when a person asks, and starts, opens and writes nothing for it', async () => {
    const { rig, open } = await start(true);
    rig.write({ '.savepoint/workflows/broken.yaml': 'id: broken\nsteps:\n  - id: look\n    agent: countng\n' });
    const before = git(rig.workspace, 'status', '--porcelain');
    const window = await open();
    await eventually('an extension host', () => recorded().length > 0);
    await window.showViews();
    await window.welcomes('Runs', /You can still open and check workflow files\./);
    await window.runCommand('Savepoint: Check Workflow Files');
    const rows = (): Promise<readonly string[]> =>
      window.page.locator('.markers-panel .monaco-list-row').allInnerTexts();
    let told = '';
    await eventually('the problem', async () => {
      told = (await rows()).join('\n');
      return told.includes('countng');
    });
    assert.match(
      told,
      /broken\.yaml[^]*There is no agent countng\. Did you mean "counting"\?[^]*savepoint\s*\[Ln 4, Col 12\]/,
    );
    assert.doesNotMatch(told, /on-save-checks\.yaml/);
    await window.page.locator('.markers-panel .monaco-list-row', { hasText: 'countng' }).dblclick();
    await window.page.locator('.tab.active[data-resource-name="broken.yaml"]').waitFor();
    await window.page.locator('.editor-instance .monaco-editor.focused').first().waitFor();

    rig.write({ '.savepoint/workflows/broken.yaml': 'id: whole\nsteps:\n  - id: look\n    agent: counting\n' });
    await window.runCommand('Savepoint: Check Workflow Files');
    await window.page.locator('.quick-input-list', { hasText: 'Nothing wrong in 5 files.' }).waitFor();
    await window.page.keyboard.press('Escape');
    await eventually('no problem', async () => (await rows()).every((row) => !row.includes('countng')));
    assert.deepEqual(recorded(), ['recording']);
    assert.ok(!existsSync(rig.stateHome), 'no state folder');
    assert.equal(git(rig.workspace, 'status', '--porcelain'), before);
  });

  it('is told from a trusted one by the same look', async () => {
    const { open, workers } = await start(false);
    await open();
    await workers(1);
    assert.ok(recorded().some((line) => line.startsWith('thread ')));
  });
});
