import { dirname } from 'node:path';
import { fail, type Failure } from '../contract/failures.ts';
import type { FileHandle, StateFiles } from './env.ts';

/** Whole files of the state folder, where several processes are at work. Each throws the operating system's error. */

/** Whether it is the system's word that a disk (or a user's share of it) takes nothing more. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

/** The same for people; `dir` is on that disk. */
export function diskFull(dir: string): Failure {
  return fail('disk-full', `The disk that holds ${dir} is full. Free some space there, then try again.`).failure;
}

/** Writes all of the bytes: a full disk shows first as a short write, so what is left is tried until the system says why. */
export function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    const written = handle.write(bytes.subarray(done), position + done);
    if (written === 0) throw Object.assign(new Error('the disk took no more bytes'), { code: 'ENOSPC' });
    done += written;
  }
}

/** Makes or replaces the file so that readers find it whole. Not synced: what a power loss takes must be no loss. */
export function replaceFile(files: StateFiles, file: string, bytes: Uint8Array): void {
  const temporary = `${file}.${process.pid}.tmp`;
  files.makeDir(dirname(file));
  const handle = files.open(temporary, 'create');
  try {
    writeAll(handle, bytes, 0);
  } finally {
    handle.close();
  }
  files.rename(temporary, file);
}

/** Writes a file that outlives a power loss. Its folder is made where it is missing. */
export function keepFile(files: StateFiles, file: string, bytes: Uint8Array): void {
  const folder = dirname(file);
  files.makeDir(folder);
  const handle = files.open(file, 'create');
  try {
    writeAll(handle, bytes, 0);
    handle.dataSync();
  } finally {
    handle.close();
  }
  files.syncDir(folder);
}

/** False when it was gone already. */
export function removeFile(files: StateFiles, file: string): boolean {
  try {
    files.unlink(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Null when there is none (any more). */
export function readIfThere(files: StateFiles, file: string): Buffer | null {
  try {
    return files.readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
