import path from 'node:path';
import type { FileHandle, StateFiles } from '../../src/orchestrator/env.ts';

/** What a disk writes or does not write as a whole. */
const SECTOR = 512;

/** A change not yet made durable. */
type Pending =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly size: number };

interface Inode {
  content: Buffer;
  durable: Buffer;
  pending: Pending[];
  mtimeMs: number;
  /** Failed syncs: as on Linux, each descriptor that was open is told once of each. */
  failures: number;
  readonly isDirectory: boolean;
}

/** Entries of a folder that may still be lost. `inode` null: removed. */
interface PendingEntry {
  readonly entries: readonly { readonly path: string; readonly inode: Inode | null }[];
}

/** Decides what of a crash survives: each call answers for one unsynced piece. */
export type Survival = (piece: 'sector' | 'size' | 'entry') => boolean;

export interface DiskFaults {
  /** Bytes that the disk still takes (overwriting takes space too, as on copy-on-write disks): then a short write, then ENOSPC. */
  capacity?: number;
  /** After so many more dataSync calls, `failingSyncs` of them fail with EIO and drop what was unsynced, as Linux does. */
  syncsUntilFailure?: number;
  failingSyncs?: number;
}

export interface SimulatedDisk {
  readonly files: StateFiles;
  readonly faults: DiskFaults;
  /** Called after each change of the disk. */
  onChange: () => void;
  /** The disk as it may be found after a power loss now. */
  crash(survives: Survival): SimulatedDisk;
  /** Unsynced sectors, sizes and entries: how many answers a crash takes. */
  unsynced(): number;
  /** Overwrites bytes durably, as a bad sector does. */
  damage(file: string, at: number, bytes: Uint8Array): void;
}

/**
 * A disk in memory that keeps what is durable apart from what is only written: a crash keeps of each file any set of unsynced
 * 512-byte sectors and any of the sizes, and of each folder any set of unsynced entries (a rename is one).
 */
export function createSimulatedDisk(now: () => number, from?: ReadonlyMap<string, Inode>): SimulatedDisk {
  const entries = new Map<string, Inode>(from);
  const durableEntries = new Map<string, Inode>(from);
  const pendingEntries = new Map<string, PendingEntry[]>();
  const faults: DiskFaults = {};
  if (from === undefined) {
    entries.set('/', directory(now()));
    durableEntries.set('/', entries.get('/') ?? directory(now()));
  }

  const files: StateFiles = {
    open,
    readFile,
    readDir,
    stat,
    rename,
    unlink,
    makeDir,
    syncDir,
    watch: () => () => undefined,
  };
  const disk: SimulatedDisk = { files, faults, onChange: () => undefined, crash, unsynced, damage };
  return disk;

  function open(file: string, mode: 'create' | 'append-new' | 'update' | 'read'): FileHandle {
    const known = entries.get(file);
    if (mode === 'append-new' && known !== undefined) throw systemError('EEXIST', file);
    if (known === undefined && (mode === 'read' || mode === 'update')) throw systemError('ENOENT', file);
    if (!entries.has(path.dirname(file))) throw systemError('ENOENT', file);
    if (known === undefined && mode !== 'read') takeSpace(1, file);
    const inode = known ?? { ...directory(now()), isDirectory: false };
    if (known === undefined) change(path.dirname(file), [{ path: file, inode }]);
    if (mode === 'create') truncate(inode, 0);
    return handleOf(inode, file);
  }

  function handleOf(inode: Inode, file: string): FileHandle {
    let closed = false;
    let toldOf = inode.failures;
    const alive = (): void => {
      if (closed) throw systemError('EBADF', file);
    };
    return {
      write(bytes, position) {
        alive();
        return write(inode, { bytes: bytes.slice(), position, file });
      },
      read(into, position) {
        alive();
        const part = inode.content.subarray(position, position + into.length);
        into.set(part);
        return part.length;
      },
      dataSync() {
        alive();
        dataSync(inode);
        if (toldOf === inode.failures) return;
        toldOf = inode.failures;
        throw systemError('EIO', file);
      },
      truncate(size) {
        alive();
        truncate(inode, size);
      },
      size: () => inode.content.length,
      close() {
        alive();
        closed = true;
      },
    };
  }

  function write(
    inode: Inode,
    what: { readonly bytes: Uint8Array; readonly position: number; readonly file: string },
  ): number {
    const taken = takeSpace(what.bytes.length, what.file);
    const bytes = what.bytes.subarray(0, taken);
    inode.content = overwritten(inode.content, what.position, bytes);
    inode.pending.push({ kind: 'write', position: what.position, bytes });
    inode.mtimeMs = now();
    disk.onChange();
    return taken;
  }

  /** How many of these bytes fit; ENOSPC when none does. */
  function takeSpace(bytes: number, file: string): number {
    if (faults.capacity === undefined || bytes === 0) return bytes;
    const fits = Math.min(bytes, faults.capacity);
    if (fits === 0) throw systemError('ENOSPC', file);
    faults.capacity -= fits;
    return fits;
  }

  function dataSync(inode: Inode): void {
    if (inode.pending.length === 0) return;
    faults.syncsUntilFailure = (faults.syncsUntilFailure ?? 0) - 1;
    const fails = faults.syncsUntilFailure < 0 && (faults.failingSyncs ?? 0) > 0;
    if (fails) {
      faults.failingSyncs = (faults.failingSyncs ?? 0) - 1;
      inode.failures++;
      // The pages count as clean from now on, though only every other sector reached the disk.
      let turn = false;
      inode.durable = crashed(inode, () => (turn = !turn));
    } else {
      inode.durable = inode.pending.reduce(applied, inode.durable);
    }
    inode.pending = [];
    // Nobody can look in between a failure and its report.
    if (!fails) disk.onChange();
  }

  function truncate(inode: Inode, size: number): void {
    inode.content = applied(inode.content, { kind: 'truncate', size });
    inode.pending.push({ kind: 'truncate', size });
    inode.mtimeMs = now();
    disk.onChange();
  }

  function readFile(file: string): Buffer {
    return Buffer.from(found(file).content);
  }

  function readDir(dir: string): readonly string[] {
    found(dir);
    return [...entries.keys()]
      .filter((name) => name !== '/' && path.dirname(name) === dir)
      .map((name) => path.basename(name));
  }

  function stat(file: string): ReturnType<StateFiles['stat']> {
    const inode = entries.get(file);
    return inode ? { size: inode.content.length, mtimeMs: inode.mtimeMs, isDirectory: inode.isDirectory } : null;
  }

  function rename(source: string, target: string): void {
    change(path.dirname(target), [
      { path: target, inode: found(source) },
      { path: source, inode: null },
    ]);
  }

  function unlink(file: string): void {
    found(file);
    change(path.dirname(file), [{ path: file, inode: null }]);
  }

  function makeDir(dir: string): void {
    if (entries.has(dir)) return;
    makeDir(path.dirname(dir));
    change(path.dirname(dir), [{ path: dir, inode: directory(now()) }]);
  }

  function syncDir(dir: string): void {
    found(dir);
    for (const pending of pendingEntries.get(dir) ?? []) applyEntry(durableEntries, pending);
    pendingEntries.delete(dir);
    disk.onChange();
  }

  function change(dir: string, changed: PendingEntry['entries']): void {
    const pending = { entries: changed };
    applyEntry(entries, pending);
    pendingEntries.set(dir, [...(pendingEntries.get(dir) ?? []), pending]);
    disk.onChange();
  }

  function found(file: string): Inode {
    const inode = entries.get(file);
    if (inode === undefined) throw systemError('ENOENT', file);
    return inode;
  }

  function crash(survives: Survival): SimulatedDisk {
    const kept = new Map(durableEntries);
    for (const pending of pendingEntries.values())
      for (const one of pending) if (survives('entry')) applyEntry(kept, one);
    const after = new Map<string, Inode>();
    for (const [name, inode] of kept) {
      if (!isReachable(kept, name)) continue;
      const content = inode.isDirectory ? inode.content : crashed(inode, survives);
      after.set(name, { ...inode, content, durable: content, pending: [] });
    }
    return createSimulatedDisk(now, after);
  }

  function unsynced(): number {
    let pieces = 0;
    crash(() => {
      pieces++;
      return true;
    });
    return pieces;
  }

  function damage(file: string, at: number, bytes: Uint8Array): void {
    const inode = found(file);
    inode.content = overwritten(inode.content, at, bytes);
    inode.durable = overwritten(inode.durable, at, bytes);
    inode.mtimeMs = now() + 1;
  }
}

function isReachable(entries: ReadonlyMap<string, Inode>, name: string): boolean {
  return name === '/' || (entries.has(path.dirname(name)) && isReachable(entries, path.dirname(name)));
}

function applyEntry(to: Map<string, Inode>, pending: PendingEntry): void {
  for (const { path: name, inode } of pending.entries) {
    if (inode === null) to.delete(name);
    else to.set(name, inode);
  }
}

/** One content that the file may have after a crash. */
function crashed(inode: Inode, survives: Survival): Buffer {
  let content = inode.durable;
  for (const change of inode.pending) {
    if (change.kind === 'truncate') {
      if (survives('size')) content = applied(content, change);
      continue;
    }
    const before = content;
    for (const piece of sectorsOf(change))
      if (survives('sector')) content = overwritten(content, piece.position, piece.bytes);
    const end = change.position + change.bytes.length;
    // The size may have reached the disk without the data.
    if (end > before.length && content.length < end && survives('size'))
      content = overwritten(content, end, Buffer.alloc(0));
  }
  return content;
}

function sectorsOf(write: {
  readonly position: number;
  readonly bytes: Uint8Array;
}): { position: number; bytes: Uint8Array }[] {
  const pieces: { position: number; bytes: Uint8Array }[] = [];
  for (let at = 0; at < write.bytes.length;) {
    const position = write.position + at;
    const length = Math.min(SECTOR - (position % SECTOR), write.bytes.length - at);
    pieces.push({ position, bytes: write.bytes.subarray(at, at + length) });
    at += length;
  }
  return pieces;
}

function applied(content: Buffer, change: Pending): Buffer {
  if (change.kind === 'write') return overwritten(content, change.position, change.bytes);
  const resized = Buffer.alloc(change.size);
  content.copy(resized, 0, 0, change.size);
  return resized;
}

/** A copy, so that durable and written content stay apart; a gap before the position reads as zeros. */
function overwritten(content: Buffer, position: number, bytes: Uint8Array): Buffer {
  const copy = Buffer.alloc(Math.max(content.length, position + bytes.length));
  content.copy(copy);
  copy.set(bytes, position);
  return copy;
}

function directory(mtimeMs: number): Inode {
  return { content: Buffer.alloc(0), durable: Buffer.alloc(0), pending: [], mtimeMs, failures: 0, isDirectory: true };
}

function systemError(code: string, file: string): Error {
  return Object.assign(new Error(`${code}: ${file}`), { code });
}
