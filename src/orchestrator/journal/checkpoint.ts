import path from 'node:path';
import { crc32 } from 'node:zlib';
import { LowSync, type SyncAdapter } from 'lowdb';
import type { Env } from '../env.ts';
import { replaceFile } from '../state-file.ts';
import { codeOf, type Layout } from './layout.ts';

/** A JSON file that is only a cache: what is missing, damaged or of another version reads as null, and is made again. */
export interface Checkpoint<T> {
  read(): T | null;
  /** Best effort: a state folder that cannot be written to costs time, not truth. */
  write(value: T): void;
}

interface Sealed<T> {
  /** Savepoint's version: another one may fold otherwise. */
  readonly version: string;
  /** CRC-32 of the value's JSON text. */
  readonly crc: number;
  readonly value: T;
}

export function createCheckpoint<T>(deps: {
  readonly env: Env;
  readonly layout: Layout;
  readonly name: string;
}): Checkpoint<T> {
  const low = new LowSync<Sealed<T> | null>(atomicFile(deps), null);
  return {
    read() {
      low.data = null;
      low.read();
      const found = low.data as Sealed<T> | null;
      if (found?.version !== deps.env.host.version || found.crc !== crc32(JSON.stringify(found.value))) return null;
      return found.value;
    },
    write(value) {
      low.data = { version: deps.env.host.version, crc: crc32(JSON.stringify(value)), value };
      low.write();
    },
  };
}

/** lowdb's own file adapters bypass Env, and throw where a cache should be silent. */
function atomicFile<T>(deps: { readonly env: Env; readonly layout: Layout; readonly name: string }): SyncAdapter<T> {
  const { files } = deps.env;
  const file = path.join(deps.layout.stateDir, deps.name);
  return {
    read() {
      try {
        return JSON.parse(files.readFile(file).toString('utf8')) as T;
      } catch (error) {
        if (error instanceof SyntaxError || codeOf(error) !== null) return null;
        throw error;
      }
    },
    write(value) {
      try {
        replaceFile(files, file, Buffer.from(JSON.stringify(value)));
      } catch (error) {
        if (codeOf(error) === null) throw error;
      }
    },
  };
}
