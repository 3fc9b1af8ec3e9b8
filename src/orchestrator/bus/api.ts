import type { StoredEvent } from '../../contract/events.ts';
import type { Result } from '../../contract/failures.ts';
import type { ProcessingMode } from '../activity/processing-mode.ts';
import type { FlowMetrics } from '../activity/flow-metrics.ts';

/**
 * Delivers what the journal has made durable. Every subscriber has a queue of its own and gets its events one at a time, in
 * the order stored; subscribers run beside each other and do not hinder each other.
 */
export interface Bus {
  /** Returns unsubscribe: what is queued for it is then dropped. The name must be free (a second one is a bug and throws). */
  subscribe(subscription: Subscription): () => void;
  /** A durable event of another session. Those of this process's session come from the journal by themselves. */
  deliver(event: StoredEvent): void;
  /** Hands over now what waits in a batch; resolves when all that came before is handled. Default: of every subscriber. */
  flush(subscriber?: string): Promise<void>;
  flow(): Flow;
  readonly deadLetters: DeadLetters;
  /** Takes nothing more in and hands over what is queued; resolves when that is handled (or its time is up). Idempotent. */
  close(): Promise<void>;
}

export interface Subscription {
  /** Names the handler in dead letters and warnings: the same in every process and version. */
  readonly name: string;
  /** Exact types, `prefix.*`, or `*`. */
  readonly types: readonly string[];
  /**
   * When it gets its events; default: by the event and the load (SYSTEMS D8). `immediate` for what people look at.
   * `asynchronous` for long work: in turns of its own, several at once, without a time limit, in no promised order.
   */
  readonly mode?: ProcessingMode;
  /**
   * What throws, rejects or takes longer than 30 s becomes a dead letter, and the next event comes. Must not compute for more
   * than 10 ms at a time.
   */
  handle(event: StoredEvent, delivery: Delivery): void | Promise<void>;
}

export interface Delivery {
  /** When the bus got the event, on the monotonic clock, milliseconds. */
  readonly acceptedAt: number;
}

/** SYSTEMS D11. */
export interface Flow {
  /** By type, those with most events first. */
  readonly types: readonly FlowMetrics[];
  readonly subscribers: readonly SubscriberFlow[];
  /** Deliveries waiting, over all subscribers. */
  readonly queued: number;
  /** Dead letters that this process wrote. */
  readonly failed: number;
}

export interface SubscriberFlow {
  readonly name: string;
  /** Events waiting in memory. */
  readonly queued: number;
  /** More wait on disk, because the queue was full. */
  readonly behind: boolean;
  /** Of its batches now (SYSTEMS D9). */
  readonly batch: { readonly size: number; readonly waitMs: number };
}

/** Events that a handler failed on. Kept in the journal, so that they outlive the process. */
export interface DeadLetters {
  /** Of every session, oldest first; reads the history. */
  list(): readonly DeadLetter[];
  /** Hands the event to its handler again. `not-found` for an unknown letter, or where nobody subscribes by that name now. */
  redrive(letter: string): Promise<Result<RedriveOutcome>>;
  discard(letter: string): Promise<Result<null>>;
}

export type RedriveOutcome = { readonly handled: true } | { readonly handled: false; readonly error: string };

export interface DeadLetter {
  /** Of event and handler. */
  readonly id: string;
  readonly handler: string;
  /** Id, type and place of the event. */
  readonly event: string;
  readonly type: string;
  readonly session: string;
  readonly sequence: number;
  /** What the handler said, of the last attempt. */
  readonly error: string;
  readonly attempts: number;
  /** ISO time of the last attempt. */
  readonly at: string;
}
