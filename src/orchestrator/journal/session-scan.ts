import path from 'node:path';
import type { StoredEvent } from '../../contract/events.ts';
import type { Env, FileHandle } from '../env.ts';
import type { StoredRecord } from './frame.ts';
import { codeOf, segmentName, type Layout } from './layout.ts';
import { createSegmentCursor, type SegmentCursor } from './segment-cursor.ts';

/** How far a session has been read: the end of its last whole group. */
export interface Position {
  readonly segment: number;
  readonly offset: number;
  /** Of the last event read; 0 at the start. */
  readonly sequence: number;
}
export const START: Position = { segment: 0, offset: 0, sequence: 0 };

/** Damage between two records, or at the end of a file that was closed in order. */
export interface Damage {
  readonly segment: number;
  readonly lost: readonly (readonly [number, number])[];
  /** Byte range in the segment; null where nothing but records is missing. */
  readonly bytes: readonly [number, number] | null;
}

export interface SessionScan {
  /** Every readable event in order; groups whole, each sequence once. Reads while it is consumed. */
  events(): Generator<StoredEvent, void, undefined>;
  position(): Position;
  /** Complete when `events` has ended. */
  damages(): readonly Damage[];
  /** The end holds records of another format version: not ours to cut. */
  foreign(): boolean;
}

/**
 * `live`: an unreadable end is taken for a write under way. `died`: its last write may have been cut off. Of both, what is read
 * is first made durable, since the writer may not have got there. `closed`: everything in it was acknowledged.
 */
export type WriterState = 'live' | 'died' | 'closed';

export interface ScanRequest {
  readonly session: string;
  readonly segments: readonly number[];
  readonly from?: Position | undefined;
  readonly writer: WriterState;
}

/**
 * Reads a session over all its segments, and tells damage from a write that a crash cut off: the last batch of a session was
 * never acknowledged unless a later one exists, so a hole in it ends the session (nothing behind the hole may be shown without
 * what the hole was to hold). Anything else missing before a readable record is damage; reading goes on behind it.
 */
export function createSessionScan(
  deps: { readonly env: Env; readonly layout: Layout },
  request: ScanRequest,
): SessionScan {
  let position = request.from ?? START;
  /** Accepted, with the group not yet complete. */
  let pending: StoredEvent[] = [];
  let expected = position.sequence + 1;
  let foreign = false;
  const damages: Damage[] = [];
  const segments = request.segments.filter((segment) => segment >= position.segment);

  return { events, position: () => position, damages: () => damages, foreign: () => foreign };

  function* events(): Generator<StoredEvent, void, undefined> {
    for (const [index, segment] of segments.entries()) {
      using file = openSegment(segment);
      if (file === null) return;
      const { handle } = file;
      const cursor = createSegmentCursor({
        handle,
        offset: segment === position.segment ? position.offset : 0,
        beforeUse: request.writer !== 'closed' ? () => makeDurable(handle) : undefined,
      });
      const ended = yield* segmentEvents({ cursor, segment, following: segments.slice(index + 1) });
      if (ended) return;
    }
  }

  /** Returns true when the session ends in this segment. */
  function* segmentEvents(at: SegmentAt): Generator<StoredEvent, boolean, undefined> {
    const { cursor } = at;
    for (let record = cursor.next(); record !== null; record = cursor.next()) {
      const sequence = record.event.sequence;
      if (sequence < expected) continue;
      if (sequence > expected) {
        const verdict = judgeGap(at, record);
        if (verdict === 'rewritten') return false;
        if (verdict === 'torn') return true;
      } else if (cursor.between().bad !== null) {
        damages.push({ segment: at.segment, lost: [], bytes: cursor.between().bad });
      }
      yield* accept(record, at);
    }
    if (at.following.length === 0) judgeEnd(at);
    return false;
  }

  function* accept(record: StoredRecord, at: SegmentAt): Generator<StoredEvent, void, undefined> {
    const { event, inGroup, groupSize } = record;
    expected = event.sequence + 1;
    if (inGroup !== pending.length + 1) {
      // The rest of a group whose other part is damaged: lost with it.
      pending = [];
      if (inGroup !== 1) return;
    }
    pending.push(event);
    if (inGroup < groupSize) return;
    const group = pending;
    pending = [];
    const first = event.sequence - groupSize + 1;
    if (first > position.sequence + 1) noteLost(at.segment, [position.sequence + 1, first - 1]);
    position = { segment: at.segment, offset: at.cursor.end(), sequence: event.sequence };
    yield* group;
  }

  function judgeGap(at: SegmentAt, record: StoredRecord): 'damage' | 'rewritten' | 'torn' {
    const between = at.cursor.between();
    const batchStart = startOfBatch(record);
    const after = firstOf(at.following);
    if (after !== null && startOfBatch(after) <= expected) return 'rewritten';
    const cutOff = request.writer === 'live' || (request.writer === 'died' && between.hole);
    if (cutOff && batchStart <= expected && after === null && !laterBatch(at, batchStart)) return 'torn';
    damages.push({ segment: at.segment, lost: [], bytes: between.bad });
    return 'damage';
  }

  /** Whether the segment holds a batch behind the one that starts at this sequence. */
  function laterBatch(at: SegmentAt, batchStart: number): boolean {
    using file = openSegment(at.segment);
    if (file === null) return false;
    const ahead = createSegmentCursor({ handle: file.handle, offset: at.cursor.end() });
    for (let record = ahead.next(); record !== null; record = ahead.next()) {
      if (startOfBatch(record) > batchStart) return true;
    }
    return false;
  }

  function firstOf(following: readonly number[]): StoredRecord | null {
    for (const segment of following) {
      using file = openSegment(segment);
      if (file === null) return null;
      const record = createSegmentCursor({ handle: file.handle, offset: 0 }).next();
      if (record !== null) return record;
    }
    return null;
  }

  /** Bad lines at the end of a session are damage only where it was closed in order: else a crash cut the write off. */
  function judgeEnd(at: SegmentAt): void {
    const between = at.cursor.between();
    foreign ||= between.foreign;
    if (request.writer !== 'closed' || between.foreign) return;
    if (between.bad !== null) damages.push({ segment: at.segment, lost: [], bytes: between.bad });
    const last = expected - 1 + between.badLines;
    if (last > position.sequence) noteLost(at.segment, [position.sequence + 1, last]);
  }

  function noteLost(segment: number, range: readonly [number, number]): void {
    const last = damages.at(-1);
    if (last?.segment !== segment || last.lost.length > 0) damages.push({ segment, lost: [range], bytes: null });
    else damages[damages.length - 1] = { ...last, lost: [range] };
  }

  /** Null when another process cleared it away meanwhile. */
  function openSegment(segment: number): (Disposable & { readonly handle: FileHandle }) | null {
    const file = path.join(deps.layout.sessions, segmentName(request.session, segment));
    try {
      const handle = deps.env.files.open(file, 'read');
      return { handle, [Symbol.dispose]: () => handle.close() };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
  }
}

/** Sequence number of the first event that was written together with this one. */
function startOfBatch(record: StoredRecord): number {
  return record.event.sequence - record.inBatch;
}

/** Not every system lets a reader do this (Windows, a read-only disk): there the writer's own call has to do. */
function makeDurable(handle: FileHandle): void {
  try {
    handle.dataSync();
  } catch (error) {
    if (!['EPERM', 'EACCES', 'EROFS', 'EINVAL', 'EBADF'].includes(codeOf(error) ?? '')) throw error;
  }
}

interface SegmentAt {
  readonly cursor: SegmentCursor;
  readonly segment: number;
  /** Segments of the session behind this one. */
  readonly following: readonly number[];
}
