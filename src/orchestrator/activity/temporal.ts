import { PRIORITIES, type NewEvent, type Origin, type Priority, type StoredEvent } from '../../contract/events.ts';
import type { JsonObject } from '../../contract/json.ts';
import { createDigest, type AggregatedType, type Digest } from './digest.ts';

/** How long a window is open, milliseconds, and what its end is called (SYSTEMS D4). */
const WINDOWS: Readonly<Record<AggregatedType, { readonly ms: number; readonly event: string }>> = {
  'file.modified': { ms: 5000, event: 'file.modified.aggregated' },
  'tool.used': { ms: 10_000, event: 'tool.used.aggregated' },
  'performance.metric': { ms: 30_000, event: 'performance.metric.aggregated' },
};

export const WINDOW_TYPES = Object.keys(WINDOWS);
export const AGGREGATED_TYPES = Object.values(WINDOWS).map(({ event }) => event);

/** A window that is full ends early, and the next event opens another: memory and the stored event stay bounded. */
const MAX_EVENTS = 10_000;

/**
 * Events of one type from the first on, for a time that does not get longer. Times are milliseconds on one clock that does not
 * go back. Grows in place while it is open: copies would make a storm's cost grow with its square.
 */
export interface Window {
  readonly type: AggregatedType;
  readonly openedAt: number;
  readonly endsAt: number;
  /** Of its last event. */
  lastAt: number;
  /** Ids, in order. */
  readonly events: string[];
  /** ISO times of the first and the last. */
  readonly from: string;
  to: string;
  priority: Priority;
  /** Null where the events have several. */
  origin: Origin | null;
  /** Which sequence numbers of which session are in it: those of its type between the two. */
  readonly covers: Cover[];
  readonly digest: Digest;
}

export interface Cover {
  readonly session: string;
  readonly first: number;
  last: number;
}

/** The open windows, at most one a type. No clock: whoever asks says what time it is. */
export interface TemporalWindows {
  /** Takes the event in; returns windows that had ended by then, or are full with it. */
  add(event: StoredEvent, at: number): readonly Window[];
  /** Ends windows whose time is up. */
  tick(now: number): readonly Window[];
  /** When the next one ends; null when none is open. */
  nextEnd(): number | null;
  open(): readonly Window[];
  /** Goes on with a window that was opened elsewhere; false where one of its type is open already. */
  restore(window: Window): boolean;
}

export function createTemporalWindows(): TemporalWindows {
  const open = new Map<AggregatedType, Window>();

  function tick(now: number): readonly Window[] {
    const ended = [...open.values()].filter(({ endsAt }) => endsAt <= now);
    for (const { type } of ended) open.delete(type);
    return ended.sort((a, b) => a.endsAt - b.endsAt);
  }

  return {
    add(event, at) {
      const { type } = event;
      if (!isAggregated(type)) return [];
      const ended = tick(at);
      const window = open.get(type) ?? opened(type, event, at);
      extend(window, event, at);
      if (window.events.length < MAX_EVENTS) {
        open.set(type, window);
        return ended;
      }
      open.delete(type);
      return [...ended, window];
    },
    tick,
    nextEnd: () => (open.size === 0 ? null : Math.min(...[...open.values()].map(({ endsAt }) => endsAt))),
    open: () => [...open.values()],
    restore(window) {
      if (open.has(window.type)) return false;
      open.set(window.type, window);
      return true;
    },
  };
}

/** What a window says once it has ended. */
export function aggregatedEvent(window: Window): NewEvent {
  const { type, events, from, to, priority, covers } = window;
  return {
    source: 'savepoint/activity',
    type: WINDOWS[type].event,
    priority,
    origin: window.origin ?? 'unknown',
    data: {
      type,
      count: events.length,
      windowMs: WINDOWS[type].ms,
      from,
      to,
      spanMs: Math.round(window.lastAt - window.openedAt),
      priority,
      events,
      covers: covers.map(({ session, first, last }) => ({ session, first, last })),
      digest: window.digest.result(),
    },
  };
}

/** Of a stored aggregate: which events it reports. */
export function coversOf(data: JsonObject): readonly Cover[] {
  const covers = data['covers'];
  if (!Array.isArray(covers)) return [];
  return covers.flatMap((cover: JsonObject) => {
    const { session, first, last } = cover;
    return typeof session === 'string' && typeof first === 'number' && typeof last === 'number'
      ? [{ session, first, last }]
      : [];
  });
}

function isAggregated(type: string): type is AggregatedType {
  return Object.hasOwn(WINDOWS, type);
}

function opened(type: AggregatedType, event: StoredEvent, at: number): Window {
  return {
    type,
    openedAt: at,
    endsAt: at + WINDOWS[type].ms,
    lastAt: at,
    events: [],
    from: event.time,
    to: event.time,
    priority: event.priority,
    origin: event.origin,
    covers: [],
    digest: createDigest(type),
  };
}

function extend(window: Window, event: StoredEvent, at: number): void {
  window.events.push(event.id);
  window.digest.add(event);
  window.lastAt = at;
  window.to = event.time;
  if (PRIORITIES.indexOf(event.priority) > PRIORITIES.indexOf(window.priority)) window.priority = event.priority;
  if (event.origin !== window.origin) window.origin = null;
  const { sessionid, sequence } = event;
  const cover = window.covers.at(-1);
  if (cover?.session === sessionid) cover.last = sequence;
  else window.covers.push({ session: sessionid, first: sequence, last: sequence });
}
