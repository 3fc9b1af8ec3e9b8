import type { FileHandle } from '../env.ts';
import { FRAME_BYTES, isForeignRecord, LINE_FEED, readRecord, type StoredRecord } from './frame.ts';

const CHUNK_BYTES = 256 * 1024;
const FRAME_HEAD = Buffer.from(',"frame":"');

/** What lay between the record just returned (or the end) and the record before it. */
export interface Between {
  /** Bytes that a write never reached: fill (line feeds) or zeros where a record was due. */
  readonly hole: boolean;
  /** Lines that do not verify. */
  readonly badLines: number;
  /** A whole record of another format version was among them. */
  readonly foreign: boolean;
  /** File offsets around the bad lines; null without any. */
  readonly bad: readonly [from: number, to: number] | null;
}

export interface SegmentCursor {
  /** The next record that verifies; null at the end of the data as it is now. */
  next(): StoredRecord | null;
  between(): Between;
  /** File offset behind the last record returned. */
  end(): number;
}

/** Reads one segment forward in chunks. `beforeUse` runs after a chunk is read, before any of its records is returned. */
export function createSegmentCursor(source: {
  readonly handle: FileHandle;
  readonly offset: number;
  readonly beforeUse?: (() => void) | undefined;
}): SegmentCursor {
  // Most sessions are far smaller than a chunk.
  const left = source.handle.size() - source.offset + 1;
  let buffer = Buffer.allocUnsafe(Math.min(Math.max(left, FRAME_BYTES), CHUNK_BYTES));
  /** File offset of buffer[0]; bytes [at, filled) are still to be read. */
  let base = source.offset;
  let at = 0;
  let filled = 0;
  let end = source.offset;
  let hole = false;
  let badLines = 0;
  let foreign = false;
  let badFrom = -1;
  let badTo = -1;

  return {
    next,
    between: () => ({ hole, badLines, foreign, bad: badFrom < 0 ? null : [badFrom, badTo] }),
    end: () => end,
  };

  function next(): StoredRecord | null {
    hole = foreign = false;
    badLines = 0;
    badFrom = -1;
    for (let lineEnd = findLine(); lineEnd >= 0; lineEnd = findLine()) {
      const record = readRecord(buffer, at, lineEnd);
      if (record !== null) return take(record, lineEnd);
      const salvaged = salvage(lineEnd);
      if (salvaged !== null) return salvaged;
    }
    return at < filled ? unfinished() : null;
  }

  /**
   * A last line without its line feed is no record, unless that last byte is all that is damaged. It stays unread: a live writer
   * may be about to finish it.
   */
  function unfinished(): StoredRecord | null {
    const record = readRecord(buffer, at, filled - 1);
    markBad(record === null ? at : filled - 1, filled);
    return record === null ? null : take(record, filled - 1);
  }

  function take(record: StoredRecord, recordEnd: number): StoredRecord {
    at = recordEnd + 1;
    end = base + at;
    return record;
  }

  /** Moves to the next line that is not blank: its end, or -1 when there is none. */
  function findLine(): number {
    for (;;) {
      while (at < filled && buffer[at] === LINE_FEED) {
        hole = true;
        at++;
      }
      const lineEnd = at < filled ? buffer.indexOf(LINE_FEED, at) : -1;
      if (lineEnd >= 0 && lineEnd < filled) return lineEnd;
      if (!refill()) return -1;
    }
  }

  function refill(): boolean {
    buffer.copy(buffer, 0, at, filled);
    base += at;
    filled -= at;
    at = 0;
    if (filled === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
    const read = source.handle.read(buffer.subarray(filled), base + filled);
    if (read > 0) source.beforeUse?.();
    filled += read;
    return read > 0;
  }

  /**
   * A line that does not verify. Where only the line feed between two records is damaged, each still verifies by itself;
   * otherwise the line is skipped.
   */
  function salvage(lineEnd: number): StoredRecord | null {
    for (let head = buffer.indexOf(FRAME_HEAD, at); head >= 0; head = buffer.indexOf(FRAME_HEAD, head + 1)) {
      const recordEnd = head + FRAME_BYTES;
      if (recordEnd >= lineEnd) break;
      const first = readRecord(buffer, at, recordEnd);
      if (first !== null) {
        markBad(recordEnd, recordEnd + 1);
        return take(first, recordEnd);
      }
      const second = readRecord(buffer, recordEnd + 1, lineEnd);
      if (second === null) continue;
      markBad(at, recordEnd + 1);
      return take(second, lineEnd);
    }
    foreign ||= isForeignRecord(buffer, at, lineEnd);
    markBad(at, lineEnd);
    at = lineEnd + 1;
    return null;
  }

  function markBad(from: number, to: number): void {
    badLines++;
    if (badFrom < 0) badFrom = base + from;
    badTo = base + to;
    hole ||= buffer.subarray(from, to).includes(0);
  }
}
