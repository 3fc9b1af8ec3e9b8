import type { NewEvent, StoredEvent } from '../../contract/events.ts';
import type { Bus } from '../bus/api.ts';
import type { Clock } from '../env.ts';
import type { Journal, JournalReader } from '../journal/journal.ts';
import { createLeftBehindReader, type LeftBehind } from './left-behind.ts';
import { burstEvent, createSemanticAggregation, SEMANTIC_RULES, semanticTypes, type SemanticRule } from './semantic.ts';
import { aggregatedEvent, createTemporalWindows, WINDOW_TYPES, type Window } from './temporal.ts';

/** Sums up this process's events over time, and recognises what they add up to (SYSTEMS D4, D5). */
export interface Aggregators {
  /**
   * From here on this process also reports what dead sessions left unreported. Called by the one that holds the folder's lock;
   * resolves when what there is now is reported, or goes on in the windows here.
   */
  lead(): Promise<void>;
  /** Resolves when what has ended is stored. What is open stays unreported on disk, for the next leader. */
  close(): Promise<void>;
}

export interface AggregatorsDeps {
  readonly bus: Pick<Bus, 'subscribe' | 'flush'>;
  readonly journal: Pick<Journal, 'owns' | 'append'>;
  readonly reader: Pick<JournalReader, 'sessions' | 'events'>;
  readonly clock: Clock;
  /** For the log: a report that could not be stored. */
  readonly warn: (text: string) => void;
  /** Beside the mission's two. */
  readonly rules?: readonly SemanticRule[];
}

const NAME = 'aggregators';
/** Seeing which processes live costs some milliseconds. */
const LOOK_EVERY_MS = 60_000;

export function createAggregators(deps: AggregatorsDeps): Aggregators {
  const { bus, journal, clock } = deps;
  const rules = [...SEMANTIC_RULES, ...(deps.rules ?? [])];
  const windows = createTemporalWindows();
  const semantic = createSemanticAggregation(rules);
  const left = createLeftBehindReader({ ...deps, rules });
  const stores = new Set<Promise<void>>();
  let timer: { readonly at: number; readonly cancel: () => void } | null = null;
  let leading = false;
  let closed = false;
  let lookedAt = -Infinity;
  /** One look after the other. */
  let looking: Promise<void> = Promise.resolve();
  const unsubscribe = bus.subscribe({
    name: NAME,
    types: [...new Set([...WINDOW_TYPES, ...semanticTypes(rules)])],
    handle: (event, { acceptedAt }) => take(event, acceptedAt),
  });

  return {
    lead() {
      leading = true;
      return lookBehind();
    },
    async close() {
      closed = true;
      unsubscribe();
      timer?.cancel();
      await looking;
      await Promise.all(stores);
    },
  };

  /** Those of other processes are theirs to sum up. */
  function take(event: StoredEvent, at: number): void {
    if (!journal.owns(event.sessionid)) return;
    report(windows.add(event, at));
    for (const burst of semantic.add(event, at)) store(burstEvent(burst));
    arm();
  }

  /** The one timer: for the window that ends next. */
  function arm(): void {
    const at = windows.nextEnd();
    if (closed || at === null || (timer !== null && timer.at <= at)) return;
    timer?.cancel();
    timer = { at, cancel: clock.timer(Math.max(0, at - clock.monotonic()), () => void endWindows()) };
  }

  /** What waits in a batch was written before the end: it comes first. */
  async function endWindows(): Promise<void> {
    timer = null;
    await bus.flush(NAME);
    if (closed) return;
    report(windows.tick(clock.monotonic()));
    arm();
  }

  function report(ended: readonly Window[]): void {
    for (const window of ended) store(aggregatedEvent(window));
    // The moment to see whether another process has died since: without a timer of its own.
    if (ended.length > 0 && leading && clock.monotonic() - lookedAt >= LOOK_EVERY_MS) void lookBehind();
  }

  function lookBehind(): Promise<void> {
    lookedAt = clock.monotonic();
    looking = looking.then(async () => {
      const found = closed ? [] : await left.look();
      for (const one of closed ? [] : found) adopt(one);
      await Promise.all(stores);
    });
    return looking;
  }

  /** Onto the clock here: what is still open goes on, unless a window of its type is open already. */
  function adopt({ ended, open, bursts, memory }: LeftBehind): void {
    const now = clock.monotonic();
    const shift = now - clock.now();
    for (const window of ended) store(aggregatedEvent(window));
    for (const window of open) {
      const length = window.endsAt - window.openedAt;
      const openedAt = Math.min(now, window.openedAt + shift);
      const lastAt = Math.max(openedAt, Math.min(now, window.lastAt + shift));
      if (!windows.restore({ ...window, openedAt, lastAt, endsAt: openedAt + length })) store(aggregatedEvent(window));
    }
    for (const burst of bursts) store(burstEvent(burst));
    const reportedUntil = new Map<string, number>();
    for (const { type, withinMs } of rules) {
      const until = memory.reportedUntil.get(type);
      if (until !== undefined) reportedUntil.set(type, Math.min(until + shift, now + withinMs));
    }
    semantic.restore({
      seen: memory.seen.map((one) => ({ ...one, at: Math.min(now, one.at + shift) })),
      reportedUntil,
    });
    arm();
  }

  function store(event: NewEvent): void {
    const storing = journal.append([event]).then((stored) => {
      if (!stored.ok) deps.warn(`${event.type} is not stored: ${stored.failure.message}`);
      stores.delete(storing);
    });
    stores.add(storing);
  }
}
