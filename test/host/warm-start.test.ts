import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { workerSettings } from '../../src/contract/commands/setting-values.ts';
import { PARALLEL } from '../../src/orchestrator/workflow/parallel.ts';
import { proves } from '../requirements.ts';
import { createRepository, git, writeTree } from '../support/git-repository.ts';
import { eventually } from '../support/eventually.ts';
import { isAlive } from '../support/is-alive.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { startWorker, type RunningWorker } from '../support/worker-rig.ts';

/** Longer than anything here takes: a burst is over when a test says so. */
const LONG = { quietMinMs: 60_000, quietMaxMs: 60_000 };
/** The agents that on-save-checks calls at once, of its three. */
const HOSTS = Math.min(3, PARALLEL);

describe(proves('F7', 'tool hosts of a run that is about to start'), function () {
  this.timeout(180_000);
  let home: ReturnType<typeof tempFolder>;
  let folder: string;
  let worker: RunningWorker;
  const before = process.env['SAVEPOINT_STATE_DIR'];

  beforeEach(async () => {
    home = tempFolder('warm');
    folder = path.join(home.path, 'ws');
    process.env['SAVEPOINT_STATE_DIR'] = path.join(home.path, 'state');
    createRepository(folder, {
      'package.json': '{"name":"ws","type":"module"}',
      '.gitignore': 'made/\n',
      'a.js': 'export const a = 1;\n',
    });
    worker = await startWorker(folder);
    await worker.until('it leads', ({ role }) => role === 'leader');
    settleAfter(LONG);
  });
  afterEach(async () => {
    await worker.close();
    if (before === undefined) delete process.env['SAVEPOINT_STATE_DIR'];
    else process.env['SAVEPOINT_STATE_DIR'] = before;
    await home.remove();
  });

  function settleAfter(quiet: { readonly quietMinMs: number; readonly quietMaxMs: number }): void {
    worker.channel.send('settings', { ...workerSettings({}), ...quiet });
  }

  async function save(file: string, text: string): Promise<void> {
    writeTree(folder, { [file]: text });
    await worker.channel.request('wrote', [{ kind: 'saved', path: path.join(folder, file), reason: 'manual' }]);
  }

  /** Processes of tool hosts, by the records of what this worker started. */
  function hosts(): readonly number[] {
    const state = path.join(home.path, 'state');
    const records = readdirSync(state, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.group'));
    return records
      .map((name) => Number(textOf(path.join(state, name)).split('\n')[1]))
      .filter((pid) => isAlive(pid) && textOf(`/proc/${pid}/cmdline`).includes('toolhost'))
      .sort();
  }

  /** Empty where the file is gone: git's processes and their records come and go meanwhile. */
  function textOf(file: string): string {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return '';
    }
  }

  it('start at the first write, once, before the burst is over, and are the ones that the run uses', async () => {
    await save('a.js', 'export const a = 2;\n');
    await eventually('the hosts are there', () => hosts().length >= HOSTS);
    const started = hosts();
    await save('a.js', 'export const a = 3;\n');
    await save('b.js', 'export const b = 1;\n');
    const open = worker.board();
    assert.deepEqual(open.runs, [], 'the burst is not over');
    settleAfter({ quietMinMs: 1, quietMaxMs: 1 });
    const { runs } = await worker.until('the run', (board) => board.runs[0]?.endedAt != null);
    assert.equal(runs.length, 1);
    assert.deepEqual(hosts(), started);
  });

  it('do not start for what starts no run: a pause, ignored files, a branch switch', async () => {
    await save('made/by-a-build.js', 'export const a = 1;\n');
    git(folder, 'checkout', '--quiet', '-b', 'other');
    writeTree(folder, { 'a.js': 'export const a = 4;\n' });
    git(folder, 'commit', '--quiet', '--all', '-m', 'other');
    git(folder, 'checkout', '--quiet', '-');
    worker.channel.send('touched', { paths: [path.join(folder, 'a.js')], lost: 0 });
    await worker.channel.request('pause', { workflow: null, paused: true });
    await save('a.js', 'export const a = 2;\n');
    await worker.until('the save is known', ({ activities }) => activities.some(({ origin }) => origin === 'human'));
    settleAfter({ quietMinMs: 1, quietMaxMs: 1 });
    await worker.until('all is over', ({ activities }) => activities.every(({ settledAt }) => settledAt !== null));
    assert.deepEqual([hosts(), worker.board().runs], [[], []]);
  });
});
