import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Env } from '../../src/orchestrator/env.ts';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { stateDirOf } from '../../src/orchestrator/host/state-dir.ts';
import { createSimulatedMachine } from '../support/simulated-env.ts';
import { tempFolder } from '../support/temp-folder.ts';

const folder = tempFolder('env');
after(() => folder.remove());

const worlds: readonly { readonly name: string; readonly env: Env; readonly dir: string }[] = [
  { name: 'real', env: createNodeEnv({ version: '0.0.0-test' }), dir: path.join(folder.path, 'a/b') },
  { name: 'simulated', env: createSimulatedMachine({ seed: 1 }).start().env, dir: '/a/b' },
];

/** The error's code; null when there is none. */
function codeOf(work: () => unknown): unknown {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

for (const { name, env, dir } of worlds) {
  const { files, locks } = env;
  describe(`the ${name} outside world`, () => {
    const file = path.join(dir, 'file');
    before(() => files.makeDir(dir));

    it('creates files exclusively, and opens only what is there', () => {
      files.open(file, 'append-new').close();
      assert.equal(
        codeOf(() => files.open(file, 'append-new')),
        'EEXIST',
      );
      assert.equal(
        codeOf(() => files.open(path.join(dir, 'none'), 'read')),
        'ENOENT',
      );
      assert.equal(
        codeOf(() => files.open(path.join(dir, 'none'), 'update')),
        'ENOENT',
      );
      assert.equal(
        codeOf(() => files.readFile(path.join(dir, 'none'))),
        'ENOENT',
      );
      assert.equal(files.stat(path.join(dir, 'none')), null);
    });

    it('writes at a position, reads back, and cuts', () => {
      const handle = files.open(file, 'create');
      assert.equal(handle.write(Buffer.from('xhello').subarray(1), 3), 5);
      handle.dataSync();
      assert.equal(handle.size(), 8);
      const into = Buffer.alloc(10, 0x2e);
      assert.equal(handle.read(into.subarray(1), 2), 6);
      assert.equal(into.toString(), '.\0hello...');
      handle.truncate(4);
      handle.close();
      assert.equal(files.readFile(file).toString(), '\0\0\0h');
      assert.equal(files.stat(file)?.size, 4);
    });

    it('renames over, removes, and lists', () => {
      files.open(path.join(dir, 'new'), 'create').close();
      files.rename(path.join(dir, 'new'), file);
      files.syncDir(dir);
      assert.deepEqual(files.readDir(dir), ['file']);
      files.unlink(file);
      assert.equal(
        codeOf(() => files.unlink(file)),
        'ENOENT',
      );
      assert.deepEqual(files.readDir(dir), []);
    });

    it('locks once, shows it, and frees', () => {
      const lock = path.join(dir, 'x.lock');
      assert.equal(locks.isHeld(lock), false);
      const held = locks.acquire(lock);
      assert(held);
      assert.equal(locks.acquire(lock), null);
      assert.equal(locks.isHeld(lock), true);
      held.release();
      held.release();
      assert.equal(locks.isHeld(lock), false);
      const again = locks.acquire(lock);
      assert(again);
      again.release();
    });

    it('makes ids that do not repeat', () => {
      const ids = Array.from({ length: 10_000 }, () => env.random.uuid());
      assert.equal(new Set(ids).size, ids.length);
      assert(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)));
    });
  });
}

describe('the real outside world only', () => {
  const env = createNodeEnv({ version: '0.0.0-test' });

  it('makes ids that sort by time', () => {
    const ids = Array.from({ length: 10_000 }, () => env.random.uuid());
    assert.deepEqual(ids.toSorted(), ids);
  });

  it('keeps the state to its owner', () => {
    const dir = path.join(folder.path, 'private');
    env.files.makeDir(dir);
    env.files.open(path.join(dir, 'file'), 'create').close();
    env.locks.acquire(path.join(dir, 'x.lock'))?.release();
    const modes = ['', 'file', 'x.lock'].map((name) => (statSync(path.join(dir, name)).mode & 0o777).toString(8));
    assert.deepEqual(modes, ['700', '600', '600']);
  });

  it('frees a lock when its holder is killed', async () => {
    const lock = path.join(folder.path, 'killed.lock');
    const child = spawn(
      process.execPath,
      ['--expose-gc', path.join(import.meta.dirname, '../support/lock-holder.ts'), lock],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    assert.equal(said.toString(), 'held\n');
    assert.equal(env.locks.isHeld(lock), true);
    assert.equal(env.locks.acquire(lock), null);
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
    assert.equal(env.locks.isHeld(lock), false);
    const held = env.locks.acquire(lock);
    assert(held);
    held.release();
  });

  it('calls back once, and not after a cancel', async () => {
    let calls = 0;
    const cancel = env.clock.timer(1, () => calls++);
    cancel();
    cancel();
    await new Promise<void>((resolve) => void env.clock.timer(5, resolve, { keepAlive: true }));
    assert.equal(calls, 0);
  });

  it('finds the state folder by the real path of the workspace', () => {
    const host = { ...env.host, env: { SAVEPOINT_STATE_DIR: '/states' } };
    const found = stateDirOf(folder.path, host);
    assert.match(found.ok ? found.value : '', /^\/states\/savepoint-env-\w+-[0-9a-f]{16}$/);
    assert.deepEqual(stateDirOf(path.join(folder.path, 'private/..'), host), found);
    const file = path.join(folder.path, 'a-file');
    writeFileSync(file, '');
    const blocked = stateDirOf(folder.path, { ...host, env: { SAVEPOINT_STATE_DIR: path.join(file, 'states') } });
    assert.ok(
      !blocked.ok && blocked.failure.code === 'read-only' && blocked.failure.message.includes(`${file} is a file`),
    );
  });
});
