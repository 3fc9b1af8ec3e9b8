import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import { proves } from '../requirements.ts';
import { copySample } from '../samples/copy-sample.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { startWorker, type RunningWorker } from '../support/worker-rig.ts';

/** RELIABILITY: the orchestrator's thread never computes longer at a stretch. */
const BAR_MS = 10;
/**
 * Processor time, which other work on the machine lengthens little; a slower machine and its collections of garbage do, so that one
 * turn in so many may be longer, and none by a factor. Measured on two busy cores: 8 ms at most in 6,300 turns, 9 in 3,800. What
 * belongs into a child process (TypeScript, taint, ranking) takes seconds.
 */
const ONE_IN = 100;
const AT_MOST_MS = 10 * BAR_MS;

describe(proves('F1', 'the worker’s thread is never held for long'), function () {
  this.timeout(300_000);
  let home: ReturnType<typeof tempFolder>;
  let folder: string;
  let worker: RunningWorker;
  let turns: BroadcastChannel;
  const before = process.env['SAVEPOINT_STATE_DIR'];

  beforeEach(async () => {
    home = tempFolder('worker-turns');
    folder = path.join(home.path, 'harbor-api');
    process.env['SAVEPOINT_STATE_DIR'] = path.join(home.path, 'state');
    await copySample({ sample: 'harbor', variant: 'planted', into: folder });
    turns = new BroadcastChannel('savepoint-turns');
    worker = await startWorker(folder, { preload: new URL('../support/watch-turns.mjs', import.meta.url) });
    await worker.until('it leads', ({ role }) => role === 'leader');
  });
  afterEach(async () => {
    turns.close();
    await worker.close();
    if (before === undefined) delete process.env['SAVEPOINT_STATE_DIR'];
    else process.env['SAVEPOINT_STATE_DIR'] = before;
    await home.remove();
  });

  /** Milliseconds that each turn of the worker's thread computed. */
  async function turnsDuring(work: () => Promise<unknown>): Promise<readonly number[]> {
    turns.postMessage('begin');
    await work();
    const answer = new Promise<readonly number[]>((resolve) => {
      turns.onmessage = ({ data }) => resolve((data as { readonly turns: readonly number[] }).turns);
    });
    turns.postMessage('end');
    return await answer;
  }

  /** The longest turns, where too many are longer than they may be, or one is far longer; else none. */
  function beyondBar(found: readonly number[]): readonly number[] {
    const long = found.filter((ms) => ms > BAR_MS).sort((a, b) => b - a);
    return long.length * ONE_IN > found.length || (long[0] ?? 0) > AT_MOST_MS ? long : [];
  }

  it('in a whole tsddr-2.0', async () => {
    const found = await turnsDuring(async () => {
      const wanted = { call: 1, command: 'run', input: { workflow: 'tsddr-2.0' } };
      const { exitCode } = await worker.channel.request('command', wanted);
      assert.equal(exitCode, 1);
    });
    assert.deepEqual(beyondBar(found), []);
  });

  it('in a run that a save starts', async () => {
    const file = path.join(folder, 'src', 'config.ts');
    const text = readFileSync(file, 'utf8');
    const found = await turnsDuring(async () => {
      writeFileSync(file, `${text}const port: number = 'none';\n`);
      await worker.channel.request('wrote', [{ kind: 'saved', path: file, reason: 'manual' }]);
      await worker.until('the run has ended', ({ runs }) => runs[0]?.status === 'completed');
    });
    assert.deepEqual(beyondBar(found), []);
  });
});
