/** How many events a batch takes and how long it waits for them, fitted to how long batches take (SYSTEMS D9). */
export interface Batching {
  readonly size: number;
  /** Milliseconds from a batch's first event until it goes, full or not. */
  readonly waitMs: number;
  /** Of the last batches, oldest first. */
  readonly history: readonly BatchSample[];
  /** Null before the first adjustment. */
  readonly adjustedAt: number | null;
}

export interface BatchSample {
  /** When the batch was handled, on a clock that does not go back, milliseconds. */
  readonly at: number;
  /** How long handling it took, milliseconds. */
  readonly latencyMs: number;
  readonly events: number;
}

/** The mission's figures (SYSTEMS D9). */
const SIZE = { start: 50, min: 5, max: 200, down: 5, up: 10 } as const;
const WAIT_MS = { start: 2000, min: 500, max: 5000, down: 200, up: 500 } as const;
const HISTORY = 100;
const SAMPLES_NEEDED = 10;
const ADJUST_EVERY_MS = 30_000;
const SLOW_MS = 150;
const FAST_MS = 50;
const BUSY_PER_SECOND = 100;

export const INITIAL_BATCHING: Batching = { size: SIZE.start, waitMs: WAIT_MS.start, history: [], adjustedAt: null };

/** The batching after one more batch: smaller and sooner where handling is slow, larger where there is room. */
export function batchHandled(batching: Batching, sample: BatchSample): Batching {
  const history = [...batching.history, sample].slice(-HISTORY);
  const known = { ...batching, history };
  if (history.length < SAMPLES_NEEDED) return known;
  if (batching.adjustedAt !== null && sample.at - batching.adjustedAt < ADJUST_EVERY_MS) return known;
  const latency = history.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / history.length;
  if (latency > SLOW_MS) {
    const size = Math.max(SIZE.min, batching.size - SIZE.down);
    return { ...known, size, waitMs: Math.max(WAIT_MS.min, batching.waitMs - WAIT_MS.down), adjustedAt: sample.at };
  }
  if (latency < FAST_MS && perSecond(history) < BUSY_PER_SECOND) {
    const size = Math.min(SIZE.max, batching.size + SIZE.up);
    return { ...known, size, waitMs: Math.min(WAIT_MS.max, batching.waitMs + WAIT_MS.up), adjustedAt: sample.at };
  }
  return known;
}

/** From the first batch of the history to its last. */
function perSecond(history: readonly BatchSample[]): number {
  const [first, ...rest] = history;
  const last = rest.at(-1);
  if (!first || !last) return 0;
  return rest.reduce((sum, { events }) => sum + events, 0) / (Math.max(1, last.at - first.at) / 1000);
}
