import * as fs from 'node:fs';
import path from 'node:path';
import type { FileHandle, StateFiles } from '../env.ts';

const FLAGS = { create: 'w+', 'append-new': 'wx+', update: 'r+', read: 'r' } as const;

/** The state folder on the real disk. Files 0600, folders 0700: what runs on the machine of others stays the user's own. */
export function createNodeFiles(): StateFiles {
  return {
    open: (file, mode) => handleOf(fs.openSync(file, FLAGS[mode], 0o600)),
    readFile: (file) => fs.readFileSync(file),
    readDir: (dir) => fs.readdirSync(dir),
    stat(file) {
      const found = fs.statSync(file, { throwIfNoEntry: false });
      return found ? { size: found.size, mtimeMs: found.mtimeMs, isDirectory: found.isDirectory() } : null;
    },
    rename: (from, to) => fs.renameSync(from, to),
    unlink: (file) => fs.unlinkSync(file),
    makeDir,
    syncDir(dir) {
      // Windows has no such call for folders; NTFS journals the entries itself.
      if (path.sep === '\\') return;
      const fd = fs.openSync(dir, 'r');
      try {
        fs.fsyncSync(fd);
      } finally {
        fs.closeSync(fd);
      }
    },
    watch(dir, changed) {
      const watcher = fs.watch(dir, { persistent: false }, changed);
      // A hint that stops coming is made good by the caller's polling.
      watcher.on('error', () => watcher.close());
      return () => watcher.close();
    },
  };
}

/** Node's own recursive call never returns where the system takes no folder and says ENOENT, as in /proc. */
function makeDir(dir: string): void {
  if (fs.statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = path.dirname(dir);
  if (parent !== dir) makeDir(parent);
  try {
    fs.mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    // Made by another process meanwhile; if it is no folder, the next step into it says so.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

function handleOf(fd: number): FileHandle {
  return {
    write: (bytes, position) => fs.writeSync(fd, bytes, 0, bytes.length, position),
    read: (into, position) => fs.readSync(fd, into, 0, into.length, position),
    dataSync: () => fs.fdatasyncSync(fd),
    truncate: (size) => fs.ftruncateSync(fd, size),
    size: () => fs.fstatSync(fd).size,
    close: () => fs.closeSync(fd),
  };
}
