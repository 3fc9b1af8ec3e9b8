import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StoredEvent } from '../../contract/events.ts';
import { batchHandled, INITIAL_BATCHING } from '../activity/adaptive-batching.ts';
import type { ProcessingMode } from '../activity/processing-mode.ts';
import { createBreath, type Breath } from '../breath.ts';
import type { Clock } from '../env.ts';
import type { SubscriberFlow, Subscription } from './api.ts';
import { createBacklog } from './backlog.ts';
import { createHeldEvents, type HeldEvent, type QueueLimits } from './held-events.ts';

export interface QueueDeps {
  readonly subscription: Subscription;
  readonly clock: Clock;
  readonly limits: QueueLimits;
  /** All stored events of a session, in order. */
  readonly read: (session: string) => Iterable<StoredEvent>;
  readonly matches: (event: StoredEvent) => boolean;
  /** After each delivery. */
  readonly onDelivered: (delivered: Delivered) => void;
  /** What does not fit is read from the journal; that failed, and is tried again with the next event. */
  readonly onUnreadable: (error: unknown) => void;
}

export interface Delivered {
  readonly event: StoredEvent;
  readonly mode: ProcessingMode;
  /** What the handler threw; null when all went well. */
  readonly problem: { readonly error: unknown } | null;
  /** Of the handler, milliseconds. */
  readonly processingMs: number;
  /** From the bus getting the event until it was handled, milliseconds. */
  readonly latencyMs: number;
}

/** One subscriber's events, in the order they came. The mode decides only when they are handed over. */
export interface SubscriberQueue {
  accept(event: StoredEvent, mode: ProcessingMode): void;
  flush(): Promise<void>;
  flow(): SubscriberFlow;
  /** Events that wait in memory. */
  size(): number;
  /** Of these, those of one type. */
  depth(type: string): number;
  /** Forgets what is queued. */
  drop(): void;
}

/** A handler that takes longer would hold up what comes after it. */
export const HANDLER_LIMIT_MS = 30_000;
/** Asynchronous deliveries at work at once. */
const AT_ONCE = 4;

export function createSubscriberQueue(deps: QueueDeps): SubscriberQueue {
  const { subscription, clock } = deps;
  const isAsynchronous = subscription.mode === 'asynchronous';
  const backlog = createBacklog(deps);
  const held = createHeldEvents(deps.limits);
  const free = createWaiters();
  const flushed = createWaiters();
  /** So many from the head may go now; the rest waits in a batch. */
  let due = 0;
  let accepted = 0;
  let handled = 0;
  let atWork = 0;
  let running = false;
  let cancelTimer: (() => void) | null = null;
  let batching = INITIAL_BATCHING;

  return {
    accept,
    flush,
    flow: () => ({
      name: subscription.name,
      queued: held.size(),
      behind: !backlog.isEmpty(),
      batch: { size: batching.size, waitMs: batching.waitMs },
    }),
    size: () => held.size(),
    depth: (type) => held.depth(type),
    drop() {
      held.clear();
      backlog.clear();
      release();
    },
  };

  function accept(event: StoredEvent, mode: ProcessingMode): void {
    accepted++;
    // Behind one that waits on disk, everything waits there: the order stays.
    if (!backlog.isEmpty() || !held.push({ event, mode, acceptedAt: clock.monotonic() })) {
      backlog.add(event);
      release();
    } else if (mode !== 'batched' || held.size() - due >= batching.size) release();
    else cancelTimer ??= clock.timer(batching.waitMs, release);
  }

  /** Everything that waits may go. */
  function release(): void {
    cancelTimer?.();
    cancelTimer = null;
    due = held.size();
    if (running) return;
    running = true;
    // Not here and now: the journal is still telling others of this event.
    queueMicrotask(() => void run());
  }

  async function run(): Promise<void> {
    const breathe = createBreath(clock);
    do {
      const began = clock.monotonic();
      let events = 0;
      let isBatch = false;
      for (let next = take(); next !== undefined; next = take()) {
        const pause = breathe();
        if (pause) await pause;
        events++;
        isBatch ||= next.mode === 'batched';
        if (isAsynchronous) await startApart(next);
        else await settle(next, HANDLER_LIMIT_MS);
      }
      const at = clock.monotonic();
      if (isBatch) batching = batchHandled(batching, { at, latencyMs: at - began, events });
      if (!(await refill(breathe))) break;
    } while (due > 0 || !backlog.isEmpty());
    running = false;
    settleWaiters();
  }

  function take(): HeldEvent | undefined {
    if (due === 0) return undefined;
    due--;
    return held.shift();
  }

  /** False when the journal cannot be read. */
  async function refill(breathe: Breath): Promise<boolean> {
    if (backlog.isEmpty()) return true;
    const push = (event: StoredEvent): boolean =>
      held.push({ event, mode: 'immediate', acceptedAt: clock.monotonic() });
    try {
      await backlog.drain(push, breathe);
      due = held.size();
      return true;
    } catch (error) {
      deps.onUnreadable(error);
      return false;
    }
  }

  /** Waits for a place only, not for the end. */
  async function startApart(next: HeldEvent): Promise<void> {
    while (atWork >= AT_ONCE) await free.wait(handled + 1);
    await nextTurn();
    void settle(next, null);
  }

  async function settle(next: HeldEvent, limitMs: number | null): Promise<void> {
    const { event, mode, acceptedAt } = next;
    const began = clock.monotonic();
    atWork++;
    let problem: Delivered['problem'] = null;
    try {
      const handling = subscription.handle(event, { acceptedAt });
      if (handling !== undefined) await (limitMs === null ? handling : within(limitMs, handling));
    } catch (error) {
      problem = { error };
    }
    atWork--;
    handled++;
    const at = clock.monotonic();
    deps.onDelivered({ event, mode, problem, processingMs: at - began, latencyMs: at - acceptedAt });
    free.reached(handled);
    settleWaiters();
  }

  function within(limitMs: number, handling: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = clock.timer(limitMs, () => reject(new Error(`took longer than ${limitMs / 1000} s`)));
      void handling.then(resolve, reject).finally(cancel);
    });
  }

  function flush(): Promise<void> {
    if (isIdle()) return Promise.resolve();
    release();
    // Those at work beside each other end in any order.
    return flushed.wait(isAsynchronous ? Infinity : accepted);
  }

  function isIdle(): boolean {
    return !running && atWork === 0 && held.size() === 0;
  }

  function settleWaiters(): void {
    flushed.reached(isIdle() ? Infinity : handled);
  }
}

function createWaiters(): { wait(count: number): Promise<void>; reached(count: number): void } {
  let waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  return {
    wait: (count) => new Promise((resolve) => waiting.push({ count, resolve })),
    reached(count) {
      if (waiting.length === 0) return;
      const done = waiting.filter((one) => one.count <= count);
      waiting = waiting.filter((one) => one.count > count);
      for (const { resolve } of done) resolve();
    },
  };
}
