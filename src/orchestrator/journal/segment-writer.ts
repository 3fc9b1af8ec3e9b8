import path from 'node:path';
import { fail, type Failure } from '../../contract/failures.ts';
import type { Env, FileHandle } from '../env.ts';
import { diskFull, isDiskFull, writeAll } from '../state-file.ts';
import { LINE_FEED } from './frame.ts';
import { codeOf, segmentName, type Layout } from './layout.ts';

export interface SegmentLimits {
  /** A segment is closed rather than grown beyond this. */
  readonly segmentBytes: number;
  /** Filled in advance: writing over filled bytes changes no file size, which makes fdatasync cheaper. Doubles up to the maximum. */
  readonly firstFillBytes: number;
  readonly maxFillBytes: number;
}

export interface SegmentWriter {
  /** Writes a batch and makes it durable, or says why it cannot. After a failure the writer is done. */
  commit(bytes: Buffer, length: number): Failure | null;
  /** Cuts the fill off and closes the file. */
  seal(): void;
}

interface OpenSegment {
  readonly handle: FileHandle;
  /** End of what is durable. */
  position: number;
  /** End of the fill. */
  filled: number;
}

/** An fdatasync failed: the descriptor must not be used again, since a second call "succeeds" without the data. */
class SyncFailed extends Error {}

export function createSegmentWriter(deps: {
  readonly env: Env;
  readonly layout: Layout;
  readonly session: string;
  readonly limits: SegmentLimits;
}): SegmentWriter {
  const { limits } = deps;
  const { files } = deps.env;
  let current: OpenSegment | null = null;
  let segments = 0;
  /** Batch and fill side by side; kept, since a megabyte for each fill would keep the garbage collector busy. */
  let scratch = Buffer.alloc(0);

  return { commit, seal };

  function commit(bytes: Buffer, length: number): Failure | null {
    try {
      writeBatch(bytes, length);
      return null;
    } catch (error) {
      if (!(error instanceof SyncFailed)) return giveUp(error);
    }
    // The batch is still in memory: it goes to a new file, once.
    takeBack();
    try {
      writeBatch(bytes, length);
      return null;
    } catch (error) {
      return giveUp(error);
    }
  }

  function writeBatch(bytes: Buffer, length: number): void {
    if (current !== null && current.position > 0 && current.position + length > limits.segmentBytes) seal();
    const segment = (current ??= create());
    const end = segment.position + length;
    const batch = bytes.subarray(0, length);
    if (end <= segment.filled) writeAll(segment.handle, batch, segment.position);
    else segment.filled = writeWithFill(segment, batch);
    sync(() => segment.handle.dataSync());
    segment.position = end;
  }

  /** Its name and the lock's are durable before anything is in it: without its lock, a cut-off session would look closed. */
  function create(): OpenSegment {
    segments++;
    const file = path.join(deps.layout.sessions, segmentName(deps.session, segments));
    const handle = files.open(file, 'append-new');
    try {
      sync(() => files.syncDir(deps.layout.sessions));
    } catch (error) {
      handle.close();
      throw error;
    }
    return { handle, position: 0, filled: 0 };
  }

  /** One write of both, so that no reader finds the batch before all that its fdatasync is to make durable. Returns the fill's end. */
  function writeWithFill(segment: OpenSegment, batch: Buffer): number {
    const wanted = Math.min(Math.max(segment.filled, limits.firstFillBytes), limits.maxFillBytes);
    const room = Math.max(0, limits.segmentBytes - segment.position - batch.length);
    const length = batch.length + Math.min(wanted, room);
    if (scratch.length < length) scratch = Buffer.allocUnsafe(length);
    batch.copy(scratch);
    scratch.fill(LINE_FEED, batch.length, length);
    const written = segment.handle.write(scratch.subarray(0, length), segment.position);
    if (written < batch.length) writeAll(segment.handle, batch.subarray(written), segment.position + written);
    return segment.position + Math.max(written, batch.length);
  }

  function seal(): void {
    if (current === null) return;
    const { handle, position } = current;
    current = null;
    handle.truncate(position);
    handle.close();
  }

  /**
   * Takes back what was written of a batch whose fdatasync failed: the system would go on showing it from memory, and a reader's
   * own fdatasync would succeed.
   */
  function takeBack(): void {
    if (current === null) return;
    try {
      current.handle.truncate(current.position);
    } catch {
      // The failed fdatasync is being reported already; readers go by the records that verify.
    }
    abandon();
  }

  /** A write that failed half-way stays: a reader may have made its first events durable and shown them. */
  function abandon(): void {
    current?.handle.close();
    current = null;
  }

  function giveUp(error: unknown): Failure {
    if (error instanceof SyncFailed) takeBack();
    else abandon();
    return failureOf(error, deps.layout.sessions);
  }
}

function sync(call: () => void): void {
  try {
    call();
  } catch (error) {
    throw new SyncFailed('the disk did not take the data', { cause: error });
  }
}

/** What a failed write to the state folder means to a person. */
export function failureOf(error: unknown, dir: string): Failure {
  const cause = error instanceof SyncFailed ? error.cause : error;
  if (isDiskFull(cause)) return diskFull(dir);
  switch (codeOf(cause)) {
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
    case 'ENOENT':
    case 'ENOTDIR':
      return fail(
        'read-only',
        `Savepoint cannot write to ${dir}. Make it writable, or set SAVEPOINT_STATE_DIR to a folder that is.`,
      ).failure;
    default: {
      const why = cause instanceof Error ? cause.message : String(cause);
      return fail(
        'journal-failed',
        `The history in ${dir} cannot be written (${why}). Check the disk, then run the command again.`,
      ).failure;
    }
  }
}
