import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { createExclusiveSlot } from '../../src/orchestrator/process/exclusive-slot.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { proves } from '../requirements.ts';

const env = createNodeEnv({ version: '0.0.0-test' });

describe(proves('A1', 'the slot for measuring'), () => {
  let folder: ReturnType<typeof tempFolder>;
  beforeEach(() => (folder = tempFolder('slot')));
  afterEach(() => folder.remove());

  it('has one holder at a time, and goes to who waits when it is released', async () => {
    const slot = createExclusiveSlot({ ...env, path: join(folder.path, 'measuring.lock') });
    const { signal } = new AbortController();
    const order: string[] = [];
    const release = await slot.take(signal);
    const waiting = slot.take(signal).then((second) => {
      order.push('second');
      second();
    });
    order.push('first');
    release();
    release();
    await waiting;
    assert.deepEqual(order, ['first', 'second']);
  });

  it('stops waiting when told to', async () => {
    const slot = createExclusiveSlot({ ...env, path: join(folder.path, 'measuring.lock') });
    const release = await slot.take(new AbortController().signal);
    const controller = new AbortController();
    const waiting = slot.take(controller.signal);
    controller.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    release();
  });
});
