import type { StoredEvent } from '../../contract/events.ts';
import type { Json } from '../../contract/json.ts';
import type { ProcessingMode } from '../activity/processing-mode.ts';

export interface HeldEvent {
  readonly event: StoredEvent;
  readonly mode: ProcessingMode;
  /** On the monotonic clock, milliseconds. */
  readonly acceptedAt: number;
}

/** RELIABILITY, Load. */
export interface QueueLimits {
  readonly events: number;
  readonly bytes: number;
}

/** First in, first out, bounded in number and size. */
export interface HeldEvents {
  /** False when it does not fit. A single event of any size does. */
  push(held: HeldEvent): boolean;
  shift(): HeldEvent | undefined;
  clear(): void;
  size(): number;
  /** Events of this type. */
  depth(type: string): number;
}

export function createHeldEvents(limits: QueueLimits): HeldEvents {
  const depths = new Map<string, number>();
  let items: ({ readonly held: HeldEvent; readonly bytes: number } | undefined)[] = [];
  let head = 0;
  let bytes = 0;
  const size = (): number => items.length - head;

  return {
    push(held) {
      const more = approximateBytes(held.event);
      if (size() > 0 && (size() >= limits.events || bytes + more > limits.bytes)) return false;
      items.push({ held, bytes: more });
      bytes += more;
      depths.set(held.event.type, (depths.get(held.event.type) ?? 0) + 1);
      return true;
    },
    shift() {
      const item = items[head];
      if (item === undefined) return undefined;
      items[head++] = undefined;
      if (head > 1000 && head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      const { held } = item;
      bytes -= item.bytes;
      depths.set(held.event.type, (depths.get(held.event.type) ?? 1) - 1);
      return held;
    },
    clear() {
      items = [];
      head = 0;
      bytes = 0;
      depths.clear();
    },
    size,
    depth: (type) => depths.get(type) ?? 0,
  };
}

/** What the attributes of an event take, more or less. */
const ATTRIBUTES = 500;

/** As much as its data takes as text, more or less: writing the text out for that would cost more than delivering the event. */
function approximateBytes({ data }: StoredEvent): number {
  return ATTRIBUTES + sizeOf(data);
}

function sizeOf(value: Json): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 2;
  if (isList(value)) for (const item of value) size += sizeOf(item);
  else for (const key in value) size += key.length + 4 + sizeOf(value[key] ?? null);
  return size;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
