import type { NewEvent, StoredEvent } from '../../contract/events.ts';
import type { Result } from '../../contract/failures.ts';

/** The writing side: one session of one process. Nobody sees an event before it is durable. */
export interface Journal {
  readonly session: string;
  readonly epoch: number;
  /** Whether this process writes the session: this one, or one that it opened since. */
  owns(session: string): boolean;
  /**
   * Stores one to three events as one atomic group. Resolves, in order, after they are on disk; the failure is `disk-full`,
   * `read-only` or `journal-failed`, after which every further append fails alike. Appends of one turn share one fdatasync.
   */
  append(events: readonly NewEvent[]): Promise<Result<readonly StoredEvent[]>>;
  /** Called in order with every event of this session after it is durable. Returns unsubscribe. */
  subscribe(listener: (event: StoredEvent) => void): () => void;
  /** Flushes, seals the segment, releases the lock. Idempotent. */
  close(): Promise<void>;
}

export interface EventQuery {
  readonly session?: string;
  readonly run?: string;
  /** Exact types, or `prefix.*`. */
  readonly types?: readonly string[];
  /** ISO times: since inclusive, until exclusive. */
  readonly since?: string;
  readonly until?: string;
  /** The newest so many. */
  readonly limit?: number;
  /** Only for `follow`: nothing that is stored already. */
  readonly fresh?: boolean;
  /** Only for `follow`: a session that is left out, as its writer's own, who is told of its events without reading them back. */
  readonly except?: string;
}

export interface SessionInfo {
  readonly session: string;
  readonly epoch: number;
  readonly startedAt: string;
  /** Null while its lock is held. */
  readonly endedAt: string | null;
  readonly live: boolean;
  readonly events: number;
  readonly runs: readonly string[];
}

/** Damage that was met while reading: what was lost, and where the damaged bytes were kept. */
export interface Repair {
  /** Relative to the state folder. */
  readonly file: string;
  /** Inclusive ranges of lost sequence numbers. */
  readonly lost: readonly (readonly [number, number])[];
  /** Relative to the state folder; null for a reader that may not write. */
  readonly keptAside: string | null;
}

/** The reading side: takes no lock, reads everybody's files. */
export interface JournalReader {
  /** Oldest first, by epoch. */
  sessions(): readonly SessionInfo[];
  /** By (epoch, sequence). Streams: memory is bounded by one segment. */
  events(query: EventQuery): Iterable<StoredEvent>;
  /** Events of the query already stored, then new ones of any live session as they become durable, until the signal aborts. */
  follow(query: EventQuery, signal: AbortSignal): AsyncIterable<StoredEvent>;
  /** Damage met so far by this reader. */
  repairs(): readonly Repair[];
}
