import path from 'node:path';
import type { NewEvent, StoredEvent } from '../../contract/events.ts';
import { fail, type Failure, type Result } from '../../contract/failures.ts';
import type { Env } from '../env.ts';
import { createBatches, type Batch, type BatchLimits } from './batches.ts';
import { createEventStamp } from './event-stamp.ts';
import type { Journal, Repair } from './journal.ts';
import { codeOf, layoutOf, lockName, type Layout } from './layout.ts';
import { clearExpired } from './retention.ts';
import { repairDeadSessions } from './repair.ts';
import { createSegmentWriter, failureOf, type SegmentLimits } from './segment-writer.ts';
import { removeFile } from '../state-file.ts';
import { startSession, type SessionStart } from './session-start.ts';

export type JournalLimits = BatchLimits & SegmentLimits;

/** Batch figures: RELIABILITY's. Fill: 64 KiB to start with keeps a short session small. */
export const JOURNAL_LIMITS: JournalLimits = {
  batchEvents: 512,
  batchBytes: 256 * 1024,
  segmentBytes: 32 * 1024 * 1024,
  firstFillBytes: 64 * 1024,
  maxFillBytes: 1024 * 1024,
};

/** CONTRACT, Limits: 30 days of history. */
const KEPT_DAYS = 30;

export interface OpenedJournal extends Journal {
  /** What dead sessions had left damaged: put in order by this opening, and told of by an event each. */
  readonly repaired: readonly Repair[];
}

/**
 * Starts this process's session: takes its lock and number, and notes what dead sessions left damaged. The failure is
 * `disk-full`, `read-only`, `lock-unavailable` or `journal-failed`.
 */
export function openJournal(deps: {
  readonly env: Env;
  readonly stateDir: string;
  readonly limits?: Partial<JournalLimits>;
  /** Days of history; default: CONTRACT's limit. */
  readonly keptDays?: number;
}): Result<OpenedJournal> {
  const { env } = deps;
  const layout = layoutOf(deps.stateDir);
  const limits = { ...JOURNAL_LIMITS, ...deps.limits };
  try {
    const start = startSession({ env, layout });
    if (!start.ok) return start;
    const writer = createWriter({ env, start: start.value, layout, limits });
    try {
      const repaired = repairDeadSessions({
        env,
        layout,
        session: start.value.session,
        store: (events) => writer.storeNow(events),
      });
      clearExpired({ env, layout, keptDays: deps.keptDays ?? KEPT_DAYS });
      return { ok: true, value: { ...writer.journal, repaired } };
    } catch (error) {
      start.value.lock.release();
      throw error;
    }
  } catch (error) {
    if (codeOf(error) === null) throw error;
    return { ok: false, failure: failureOf(error, deps.stateDir) };
  }
}

interface Writer {
  readonly journal: Journal;
  /** Stores at once, without waiting for the end of the turn. */
  storeNow(events: readonly NewEvent[]): Failure | null;
}

function createWriter(deps: {
  readonly env: Env;
  readonly start: SessionStart;
  readonly layout: Layout;
  readonly limits: JournalLimits;
}): Writer {
  const { env, start, layout } = deps;
  const { session, epoch } = start;
  const segments = createSegmentWriter({ env, layout, session, limits: deps.limits });
  const batches = createBatches({ limits: deps.limits, complete: createEventStamp({ env, session, epoch }) });
  const listeners = new Set<(event: StoredEvent) => void>();
  let failure: Failure | null = null;
  let scheduled = false;
  let closed = false;

  const owns = (other: string): boolean => other === session;

  return { journal: { session, epoch, owns, append, subscribe, close }, storeNow };

  function append(events: readonly NewEvent[]): Promise<Result<readonly StoredEvent[]>> {
    if (failure !== null) return Promise.resolve({ ok: false, failure });
    const added = batches.add(events);
    if (!added.ok) return Promise.resolve(added);
    const { batch, stored } = added.value;
    schedule();
    return new Promise((resolve) => {
      batch.waiters.push((problem) => resolve(problem ? { ok: false, failure: problem } : { ok: true, value: stored }));
    });
  }

  function storeNow(events: readonly NewEvent[]): Failure | null {
    if (failure !== null) return failure;
    const added = batches.add(events);
    if (!added.ok) return added.failure;
    flushAll();
    return failure;
  }

  /** The end of the turn groups what one turn appends; fdatasync's own time then groups what comes meanwhile. */
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      flush();
    });
  }

  function flush(): void {
    const batch = batches.take();
    if (batch === null) return;
    failure ??= batch.events.length === 0 ? null : segments.commit(batch.buffer, batch.length);
    settle(batch);
    // One fdatasync a turn, so that others get theirs in between.
    if (batches.waiting()) schedule();
  }

  function flushAll(): void {
    while (batches.waiting()) flush();
  }

  function settle(batch: Batch): void {
    batches.recycle(batch);
    for (const waiter of batch.waiters) waiter(failure);
    if (failure !== null) return;
    for (const event of batch.events) for (const listener of listeners) listener(event);
  }

  function subscribe(listener: (event: StoredEvent) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  function close(): Promise<void> {
    if (closed) return Promise.resolve();
    closed = true;
    flushAll();
    // With the lock file left behind, the next session repairs what a failed write may have left.
    const inOrder = failure === null;
    failure ??= fail('journal-failed', 'This session is closed: nothing more can be stored in it.').failure;
    segments.seal();
    if (inOrder) removeFile(env.files, path.join(layout.sessions, lockName(session)));
    start.lock.release();
    return Promise.resolve();
  }
}
