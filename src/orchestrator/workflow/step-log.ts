import path from 'node:path';
import type { FileHandle, StateFiles } from '../env.ts';
import { isDiskFull, writeAll } from '../state-file.ts';

/** CONTRACT: what a step may write to its log on disk, bytes. */
export const LOG_LIMIT_BYTES = 100_000_000;
/** Held in memory before it is written, bytes. */
const BUFFER_BYTES = 64 * 1024;

export interface StepLog {
  /** One line, masked already. */
  line(text: string): void;
  /** Writes what is held and closes the file. */
  close(): LogEnd;
}

export interface LogEnd {
  /** Why the log is not whole; null where it is. */
  readonly problem: string | null;
  /** Its disk took nothing more. */
  readonly diskFull: boolean;
}

export const LOGS_DIR = 'logs';

/** Where the log of a step is, in the state folder. */
export function stepLogPath(stateDir: string, run: string, step: string): string {
  return path.join(stateDir, LOGS_DIR, `${run}.${step}.log`);
}

/**
 * Appends to the step's log; a file is made with the first full buffer or at the end, so that a silent step costs nothing. A
 * log that cannot be written never fails the step.
 */
export function openStepLog(deps: {
  readonly files: StateFiles;
  readonly file: string;
  readonly limit?: number;
}): StepLog {
  const { files, file, limit = LOG_LIMIT_BYTES } = deps;
  let held: string[] = [];
  let heldBytes = 0;
  let handle: FileHandle | null = null;
  let size = 0;
  let problem: string | null = null;
  let diskFull = false;

  function flush(): void {
    if (heldBytes === 0 || problem !== null) return;
    const bytes = Buffer.from(held.join(''));
    held = [];
    heldBytes = 0;
    try {
      if (!handle) {
        files.makeDir(path.dirname(file));
        handle = files.open(file, files.stat(file) ? 'update' : 'create');
        size = handle.size();
      }
      writeAll(handle, bytes, size);
      size += bytes.length;
    } catch (error) {
      diskFull = isDiskFull(error);
      problem = `the log could not be written: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  return {
    line(text) {
      if (problem !== null) return;
      const cut = size + heldBytes + text.length > limit;
      const kept = cut ? `… cut: more than ${limit / 1_000_000} MB\n` : `${text}\n`;
      held.push(kept);
      heldBytes += kept.length;
      if (heldBytes >= BUFFER_BYTES || cut) flush();
      if (cut) problem = `the log was cut at ${limit / 1_000_000} MB`;
    },
    close() {
      flush();
      handle?.close();
      handle = null;
      return { problem, diskFull };
    },
  };
}
