import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/** A real file system of its own, which a test can fill. */
export interface SmallDisk {
  /** Takes all the room there is, to the last byte. */
  fill(): void;
  /** Gives it back. */
  free(): void;
  remount(options: string): void;
  unmount(): void;
}

/** Mounts one at the folder, which is made; null, saying why on standard error, where that is not allowed. */
export function mountSmall(folder: string, options: string): SmallDisk | null {
  mkdirSync(folder, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { encoding: 'utf8' });
  if (mounted.status !== 0) {
    process.stderr.write(`skipped: nothing can be mounted here (${(mounted.stderr ?? '').trim() || 'no mount'})\n`);
    return null;
  }
  const filler = path.join(folder, 'filler');
  return {
    fill: () => writeUntilFull(filler),
    free: () => rmSync(filler),
    remount: (more) => assert.equal(spawnSync('mount', ['-o', `remount,${more}`, folder]).status, 0),
    unmount: () => assert.equal(spawnSync('umount', ['--lazy', folder]).status, 0),
  };
}

function writeUntilFull(file: string): void {
  const handle = openSync(file, 'w');
  const block = Buffer.alloc(4096);
  try {
    for (;;) writeSync(handle, block);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  } finally {
    closeSync(handle);
  }
}
