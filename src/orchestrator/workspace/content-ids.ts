import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { breathe } from '../breath.ts';
import type { StateFiles } from '../env.ts';
import { readCacheFile, writeCacheFile } from './cache-file.ts';

/** A file as young as this may change again within the file system's time stamp: it is not remembered (git: "racy"). */
const RACY_MS = 2000;
/** Read and hashed at a stretch: far below what a thread may be held for. */
const CHUNK_BYTES = 64 * 1024;

interface Known {
  /** Size, modification time (ns) and inode when it was hashed. */
  readonly stamp: string;
  readonly id: string;
}

/**
 * Git blob ids of files, computed here and remembered by size, time and inode in the state folder. Files are looked at and read
 * synchronously, with breaths between: a call of the asynchronous API costs ten times as much processor time, and stands in the
 * same short queue as everything else that the editor does with files.
 */
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

  async function idOf(file: string, of: Asked): Promise<string | null> {
    const { algorithm, memory } = of;
    const path = join(deps.root, file);
    try {
      const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
      if (stat?.isFile() !== true) return null;
      const stamp = `${algorithm} ${stat.size} ${stat.mtimeNs} ${stat.ino}`;
      const before = memory.get(file);
      if (before?.stamp === stamp) return before.id;
      const id = await hashBlob(path, { ...of, size: Number(stat.size) });
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
      const asked = { algorithm, memory, buffer: Buffer.allocUnsafe(CHUNK_BYTES) };
      for (const file of files) {
        const pause = breathe();
        if (pause) await pause;
        const id = await idOf(file, asked);
        if (id !== null) ids.set(file, id);
      }
      if (learned) await save(deps, memory);
      learned = false;
      return ids;
    },
  };
}

/** One question for some files. */
interface Asked {
  readonly algorithm: 'sha1' | 'sha256';
  readonly memory: Map<string, Known>;
  /** For whatever is read. */
  readonly buffer: Buffer;
}

async function hashBlob(
  path: string,
  { algorithm, buffer, size }: Omit<Asked, 'memory'> & { readonly size: number },
): Promise<string> {
  const hash = createHash(algorithm).update(`blob ${size}\0`);
  const descriptor = openSync(path, 'r');
  try {
    for (;;) {
      const bytesRead = readSync(descriptor, buffer, 0, buffer.length, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
      const pause = breathe();
      if (pause) await pause;
    }
  } finally {
    closeSync(descriptor);
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

async function save(
  deps: { readonly files: StateFiles; readonly cache: string },
  known: ReadonlyMap<string, Known>,
): Promise<void> {
  const records: string[] = [];
  for (const [path, { stamp, id }] of known) {
    if (!path.includes('\t')) records.push(`${path}\t${stamp}\t${id}`);
    const pause = breathe();
    if (pause) await pause;
  }
  const text = records.slice(-MAX_KNOWN).join('\0');
  await breathe();
  writeCacheFile(deps.files, deps.cache, { stamp: '', text });
}
