import type { NewEvent, StoredEvent } from '../../contract/events.ts';
import { fail, type Failure, type Result } from '../../contract/failures.ts';
import { MAX_GROUP, recordBytesAtMost, writeRecord } from './frame.ts';

/** The largest event that is stored, as JSON text. */
export const MAX_EVENT_CHARS = 4 * 1024 * 1024;
/** Ids given by producers that are remembered, so that a second copy is met. */
const REMEMBERED_IDS = 10_000;

export interface BatchLimits {
  readonly batchEvents: number;
  readonly batchBytes: number;
}

/** Events encoded together, to be made durable by one write and one fdatasync. */
export interface Batch {
  buffer: Buffer;
  length: number;
  readonly events: StoredEvent[];
  readonly waiters: ((failure: Failure | null) => void)[];
}

export interface Batches {
  /** Encodes a group into the newest batch, which is told when it is durable; what was stored before is not stored again. */
  add(group: readonly NewEvent[]): Result<{ readonly stored: readonly StoredEvent[]; readonly batch: Batch }>;
  /** Takes the oldest batch; null when there is none. */
  take(): Batch | null;
  waiting(): boolean;
  /** Gives the memory of a batch back for the next one. */
  recycle(batch: Batch): void;
}

export function createBatches(deps: {
  readonly limits: BatchLimits;
  /** Completes an event: sequence numbers must be used in order, without gaps. */
  readonly complete: (event: NewEvent, sequence: number) => StoredEvent;
}): Batches {
  const { limits } = deps;
  const queue: Batch[] = [];
  let spare: Buffer | null = null;
  let lastSequence = 0;
  const remembered = new Map<string, StoredEvent>();

  return { add, take: () => queue.shift() ?? null, waiting: () => queue.length > 0, recycle };

  function add(group: readonly NewEvent[]): ReturnType<Batches['add']> {
    if (group.length < 1 || group.length > MAX_GROUP)
      throw new RangeError(`a group has 1 to ${MAX_GROUP} events, not ${group.length}`);
    const stored = group.map((event) => (event.id === undefined ? undefined : remembered.get(event.id)));
    const fresh: { readonly event: StoredEvent; readonly json: string }[] = [];
    for (const [index, event] of group.entries()) {
      const twin = fresh.find((known) => known.event.id === event.id)?.event;
      if (twin !== undefined || stored[index] !== undefined) {
        stored[index] ??= twin;
        continue;
      }
      const complete = deps.complete(event, lastSequence + fresh.length + 1);
      const json = JSON.stringify(complete);
      if (json.length > MAX_EVENT_CHARS) return tooLarge(complete, json.length);
      fresh.push({ event: complete, json });
      stored[index] = complete;
    }
    const batch = batchFor(fresh);
    for (const [index, { event, json }] of fresh.entries()) {
      const place = { inGroup: index + 1, groupSize: fresh.length, inBatch: batch.events.length };
      batch.length += writeRecord(batch.buffer, batch.length, { json, place });
      batch.events.push(event);
      if (group.some((given) => given.id === event.id)) remember(event);
    }
    lastSequence += fresh.length;
    return { ok: true, value: { stored: stored.filter((event) => event !== undefined), batch } };
  }

  /** The newest batch, or a new one where the group would not fit it. */
  function batchFor(group: readonly { readonly json: string }[]): Batch {
    const atMost = group.reduce((sum, { json }) => sum + recordBytesAtMost(json), 0);
    const newest = queue.at(-1);
    if (
      newest !== undefined &&
      newest.events.length + group.length <= limits.batchEvents &&
      newest.length + atMost <= limits.batchBytes
    ) {
      return newest;
    }
    const reuse = spare !== null && spare.length >= atMost;
    const batch: Batch = {
      buffer: reuse && spare !== null ? spare : Buffer.allocUnsafe(Math.max(limits.batchBytes, atMost)),
      length: 0,
      events: [],
      waiters: [],
    };
    if (reuse) spare = null;
    queue.push(batch);
    return batch;
  }

  function recycle(batch: Batch): void {
    if (batch.buffer.length === limits.batchBytes) spare = batch.buffer;
  }

  function remember(event: StoredEvent): void {
    remembered.set(event.id, event);
    if (remembered.size <= REMEMBERED_IDS) return;
    for (const oldest of remembered.keys()) {
      remembered.delete(oldest);
      return;
    }
  }
}

function tooLarge(event: StoredEvent, chars: number): { readonly ok: false; readonly failure: Failure } {
  const mib = (chars / 1024 / 1024).toFixed(1);
  return fail('event-too-large', `An event of type ${event.type} has ${mib} MiB; at most 4 MiB are stored in one.`);
}
