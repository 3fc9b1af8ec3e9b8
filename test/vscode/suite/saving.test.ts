import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
// In parts, so that no scanner finds a key in our own repository.
import keys from '../../samples/harbor/keys.json' with { type: 'json' };
import { proves } from '../../requirements.ts';
import { eventually } from '../../support/eventually.ts';
import { HOSTED_FILES } from '../host/hosted.ts';
import {
  atRest,
  events,
  findingsIn,
  ready,
  runs,
  startedSince,
  show,
  staysQuiet,
  typeAndSave,
  uriOf,
} from './support.ts';

const FILE = HOSTED_FILES.payments;
const OTHER = HOSTED_FILES.stamped;
const KEY = keys['stripe-live'].join('');
const LEAKING = `export const key = '${KEY}';\n`;
const FIXED = "export const key = process.env['PAYMENT_KEY'] ?? '';\n";

const command = (id: string, ...given: readonly unknown[]) => vscode.commands.executeCommand(id, ...given);
const activeDocument = (): vscode.TextDocument => vscode.window.activeTextEditor?.document ?? assert.fail('no editor');
async function typeOnIt(): Promise<void> {
  await show(FILE);
  await command('cursorTop');
  for (const text of ['x', 'y']) await command('type', { text });
  await eventually('the finding is gone', () => findingsIn(FILE).length === 0);
}
/** What was typed in a row may be undone at once. */
async function undoAll(): Promise<void> {
  for (let tries = 0; tries < 2 && activeDocument().getText() !== LEAKING; tries++) await command('undo');
}

describe(proves('F7', 'a save'), () => {
  staysQuiet();
  before(ready);
  afterEach(() => atRest());

  it(
    proves('F5', 'becomes an activity, a run and a finding in Problems, which is gone when the next save fixes it'),
    async () => {
      const before = new Date().toISOString();
      await typeAndSave(FILE, LEAKING);
      await eventually('a finding in Problems', () => findingsIn(FILE).length > 0);
      const [finding] = findingsIn(FILE);
      assert.equal(finding?.range.start.line, 0);
      assert.ok(!finding.message.includes(KEY), 'the key is masked');
      await atRest();
      const [started, ...more] = await startedSince(before);
      assert.ok(started);
      assert.deepEqual(more, []);
      const trigger = started.data['trigger'] as { readonly kind: string; readonly activities: readonly string[] };
      assert.equal(trigger.kind, 'activity');
      const settled = (await events('activity.settled')).map(({ data }) => data['id']);
      assert.ok(trigger.activities.length > 0 && trigger.activities.every((id) => settled.includes(id)));
      const saves = (await events('file.modified', 'file.created')).filter(
        ({ subject, origin }) => subject === FILE && origin === 'human',
      );
      assert.ok(saves.length > 0, 'the save is stored as written by a person');

      const fixing = new Date().toISOString();
      await typeAndSave(FILE, FIXED);
      await eventually('the finding is gone', () => findingsIn(FILE).length === 0);
      await eventually('its run', async () => (await startedSince(fixing)).length === 1);
      await atRest();
      assert.deepEqual(findingsIn(FILE), []);
      assert.equal((await runs())[0]?.status, 'completed');
    },
  );

  it('takes a finding away at the next keystroke on its line', async () => {
    await typeAndSave(FILE, LEAKING);
    await eventually('a finding in Problems', () => findingsIn(FILE).length > 0);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uriOf(FILE), new vscode.Position(0, 0), ' ');
    await vscode.workspace.applyEdit(edit);
    await eventually('the finding is gone', () => findingsIn(FILE).length === 0);
    await typeAndSave(FILE, FIXED);
    await atRest();
  });

  it('tells a finding again once what was typed on its line is undone or reverted, also after a run on another file', async () => {
    await typeAndSave(FILE, LEAKING);
    await eventually('a finding in Problems', () => findingsIn(FILE).length > 0);
    await atRest();
    await typeOnIt();
    const before = new Date().toISOString();
    writeFileSync(uriOf(OTHER).fsPath, `${readFileSync(uriOf(OTHER).fsPath, 'utf8')}// more\n`);
    await eventually('a run on the other file', async () => (await startedSince(before)).length === 1);
    await atRest();
    assert.deepEqual(findingsIn(FILE), [], 'no ghost on changed text');
    await undoAll();
    await eventually('the finding is back', () => findingsIn(FILE)[0]?.range.start.line === 0);
    await typeOnIt();
    await command('workbench.action.files.revert');
    await eventually('the finding is back again', () => findingsIn(FILE)[0]?.range.start.line === 0);
    assert.equal(activeDocument().getText(), LEAKING);
    await typeAndSave(FILE, FIXED);
    await atRest();
  });

  it('leaves the folder as the editor wrote it', () => {
    assert.equal(readFileSync(uriOf(FILE).fsPath, 'utf8'), FIXED);
  });
});
