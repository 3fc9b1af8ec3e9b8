import { createHash } from 'node:crypto';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateFiles } from '../env.ts';
import { readCacheFile, writeCacheFile } from './cache-file.ts';

/** A file as young as this may change again within the file system's time stamp: it is not remembered (git: "racy"). */
const RACY_MS = 2000;
const AT_ONCE = 16;
const CHUNK_BYTES = 256 * 1024;

interface Known {
  /** Size, modification time (ns) and inode when it was hashed. */
  readonly stamp: string;
  readonly id: string;
}

/** Git blob ids of files, computed here and remembered by size, time and inode in the state folder. */
export interface ContentIds {
  /** Links, folders and what cannot be read are absent. `sha256` for repositories of that format. */
  of(files: readonly string[], algorithm: 'sha1' | 'sha256'): Promise<ReadonlyMap<string, string>>;
}

export function createContentIds(deps: {
  readonly root: string;
  readonly files: StateFiles;
  readonly cache: string;
}): ContentIds {
  let known: Map<string, Known> | null = null;
  let learned = false;

  async function idOf(file: string, algorithm: 'sha1' | 'sha256', memory: Map<string, Known>): Promise<string | null> {
    const path = join(deps.root, file);
    try {
      const stat = await lstat(path, { bigint: true });
      if (!stat.isFile()) return null;
      const stamp = `${algorithm} ${stat.size} ${stat.mtimeNs} ${stat.ino}`;
      const before = memory.get(file);
      if (before?.stamp === stamp) return before.id;
      const id = await hashBlob(path, Number(stat.size), algorithm);
      if (Date.now() - Number(stat.mtimeMs) > RACY_MS) {
        memory.set(file, { stamp, id });
        learned = true;
      }
      return id;
    } catch (error) {
      // Gone in the meantime, or not ours to read: it has no id, and reading it says why.
      if (error instanceof Error && 'code' in error) return null;
      throw error;
    }
  }

  return {
    async of(files, algorithm) {
      if (files.length === 0) return new Map();
      const memory = (known ??= load(deps));
      const ids = new Map<string, string>();
      const queue = files.values();
      const worker = async (): Promise<void> => {
        for (const file of queue) {
          const id = await idOf(file, algorithm, memory);
          if (id !== null) ids.set(file, id);
        }
      };
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, files.length) }, worker));
      if (learned) save(deps, memory);
      learned = false;
      return ids;
    },
  };
}

async function hashBlob(path: string, size: number, algorithm: string): Promise<string> {
  const hash = createHash(algorithm).update(`blob ${size}\0`);
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(Math.min(Math.max(size, 1), CHUNK_BYTES));
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

const MAX_KNOWN = 200_000;

function load({ files, cache }: { readonly files: StateFiles; readonly cache: string }): Map<string, Known> {
  const known = new Map<string, Known>();
  for (const record of (readCacheFile(files, cache)?.text ?? '').split('\0')) {
    const [path, stamp, id] = record.split('\t');
    if (path !== undefined && stamp !== undefined && id !== undefined) known.set(path, { stamp, id });
  }
  return known;
}

function save(deps: { readonly files: StateFiles; readonly cache: string }, known: Map<string, Known>): void {
  const newest = [...known].filter(([path]) => !path.includes('\t')).slice(-MAX_KNOWN);
  writeCacheFile(deps.files, deps.cache, {
    stamp: '',
    text: newest.map(([path, { stamp, id }]) => `${path}\t${stamp}\t${id}`).join('\0'),
  });
}
