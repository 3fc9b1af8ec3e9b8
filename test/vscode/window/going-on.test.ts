import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { proves } from '../../requirements.ts';
import { readLedger, release } from '../../support/counting.ts';
import { eventually } from '../../support/eventually.ts';
import type { EventLine } from '../../support/rig.ts';
import { createEditorRig, type EditorRig } from './editor-rig.ts';
import type { Window } from '../page/window.ts';

const STEPS = [
  { id: 'first', with: { ms: 50 } },
  { id: 'long', needs: ['first'], with: { until: 'go' } },
  { id: 'last', needs: ['long'], with: { ms: 50 } },
];

describe(proves('F1', 'a run of the editor goes on'), function () {
  this.timeout(120_000);
  let editor: EditorRig;
  let window: Window;
  before(async () => {
    editor = await createEditorRig({ steps: STEPS });
    window = await editor.open();
    await editor.workers(1);
    await window.openFile('app.js');
  });
  after(() => editor.dispose());

  /** Starts a run by a write and returns its id when step `long` is at work, which stays so. */
  async function inTheMiddle(text: string): Promise<string> {
    rmSync(path.join(editor.rig.outside, 'go'), { force: true });
    const isLong = ({ data }: EventLine): boolean => data['step'] === 'long';
    const before = (await editor.events('workflow.step.started')).filter(isLong).length;
    editor.rig.write({ 'src/app.js': text });
    const started = await editor.eventCount('workflow.step.started', before + 1, isLong);
    const run = started.at(-1)?.data['run'];
    assert.ok(typeof run === 'string');
    return run;
  }

  /** Lets the run end, waits for that, and checks that no finished step was repeated. */
  async function completes(run: string): Promise<void> {
    release(editor.rig, 'go');
    const ofRun = ({ data }: EventLine): boolean => data['run'] === run;
    await editor.eventCount('workflow.completed', 1, ofRun);
    const completed = (await editor.events('workflow.step.completed')).filter(ofRun);
    assert.deepEqual(
      completed.map(({ data }) => data['step']),
      ['first', 'long', 'last'],
    );
    const starts = readLedger(editor.rig).filter(({ kind, request }) => kind === 'start' && request['run'] === run);
    for (const step of ['first', 'last']) assert.equal(starts.filter((start) => start.step === step).length, 1);
    // The one that was cut off may have started again, as the same piece of work.
    const keys = new Set(starts.filter(({ step }) => step === 'long').map(({ idempotencyKey }) => idempotencyKey));
    assert.equal(keys.size, 1);
  }

  it('when its window is reloaded in the middle', async () => {
    await window.beginLooking();
    const run = await inTheMiddle('export const app = 2;\n');
    assert.deepEqual(await window.disturbances(), { toasts: [], focus: [] });
    await window.reload();
    await completes(run);
    assert.deepEqual((await window.disturbances()).toasts, []);
  });

  it('when its extension host is killed', async () => {
    const victim = (await editor.workers(1)).at(-1);
    assert.ok(victim !== undefined);
    const run = await inTheMiddle('export const app = 3;\n');
    process.kill(victim, 'SIGKILL');
    await eventually('another extension host', () => editor.vscode.extensionHosts().some((pid) => pid !== victim));
    await completes(run);
  });
});
