import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Failure } from '../../src/contract/failures.ts';
import { guardPreparer, guardRunner, roomForWork, threadMemory } from '../../src/orchestrator/host/worker/memory.ts';
import { proves } from '../requirements.ts';
import { begun, createEngineRig, knownAgent } from '../support/engine-rig.ts';

describe(proves('F1', 'memory of the worker'), () => {
  it('is room for work below 80 %', () => {
    assert.equal(roomForWork({ used: () => 0.79 }).ok, true);
    const refused = roomForWork({ used: () => 0.8 });
    assert(!refused.ok);
    assert.equal(refused.failure.code, 'out-of-memory');
    assert.match(refused.failure.message, /80 % of its memory/);
  });

  it('refuses what is new, and only that, while it is short', async () => {
    let used = 0.2;
    const rig = createEngineRig();
    try {
      rig.agents.set('looker', knownAgent('looker'));
      rig.workflow({ id: 'checks', steps: [{ id: 'look', agent: 'looker' }] });
      const process = rig.process();
      const runner = guardRunner(process.runner, { used: () => used });
      const handle = await begun(runner.startRun({ workflow: 'checks' }));
      used = 0.9;
      const refused = await runner.startRun({ workflow: 'checks' });
      assert.equal(refused.ok ? null : refused.failure.code, 'out-of-memory');
      assert.equal((await handle.done).ok, true, 'what is at work goes on');
      assert.equal((await runner.cancelRun('1')).ok, false, 'it had ended; asking is not refused');
      used = 0.2;
      const next = await begun(runner.startRun({ workflow: 'checks' }));
      assert.equal(next.number, 2);
      await next.done;
      await process.close();
    } finally {
      rig.remove();
    }
  });

  it('readies nothing for what would be refused', async () => {
    const readied: string[] = [];
    let used = 0.8;
    let stuck: Failure | null = null;
    const prepare = guardPreparer(
      { prepare: async (calls) => void readied.push(...calls.map(({ agent }) => agent)) },
      { used: () => used },
      () => stuck,
    );
    const calls = [{ agent: 'looker', operation: 'run', with: {} }];
    await prepare(calls, []);
    used = 0.2;
    stuck = { code: 'disk-full', message: 'no room' };
    await prepare(calls, []);
    assert.deepEqual(readied, []);
    stuck = null;
    await prepare(calls, []);
    assert.deepEqual(readied, ['looker']);
  });

  it('is that of the thread, by the limit that it was given', async () => {
    const url = new URL('../../src/orchestrator/host/worker/memory.ts', import.meta.url);
    const code = `import(${JSON.stringify(url.href)}).then(({ threadMemory }) => {
      require('node:worker_threads').parentPort.postMessage(threadMemory.used());
    })`;
    const used = async (maxOldGenerationSizeMb: number): Promise<number> => {
      const worker = new Worker(code, { eval: true, resourceLimits: { maxOldGenerationSizeMb } });
      const [share] = (await once(worker, 'message')) as [number];
      await worker.terminate();
      return share;
    };
    const [small, large] = [await used(64), await used(1024)];
    assert(small > 3 * large, `${small} of 64 MB, ${large} of 1024 MB`);
    assert(threadMemory.used() > 0 && threadMemory.used() < 1);
  });
});
