import type { StoredEvent } from '../../contract/events.ts';
import { createFlowMeter } from '../activity/flow-metrics.ts';
import { processingModeOf } from '../activity/processing-mode.ts';
import type { Clock } from '../env.ts';
import type { Journal, JournalReader } from '../journal/journal.ts';
import { matcherOf } from '../journal/query.ts';
import type { Bus, Flow, Subscription } from './api.ts';
import { createDeadLetters, DEAD_LETTER_TYPES } from './dead-letters.ts';
import type { QueueLimits } from './held-events.ts';
import type { MachineLoad } from './machine-load.ts';
import { createSubscriberQueue, type Delivered, type SubscriberQueue } from './subscriber-queue.ts';

export interface BusDeps {
  readonly journal: Pick<Journal, 'append' | 'subscribe'>;
  readonly reader: Pick<JournalReader, 'events'>;
  readonly clock: Clock;
  /** machine-load.ts, where it is not a test. */
  readonly machineLoad: () => MachineLoad;
  /** Replaces secrets: what a failing handler says is stored. */
  readonly mask: (text: string) => string;
  /** For the log: what could not be stored or read. */
  readonly warn: (text: string) => void;
  /** Told, once per type, of events that nobody handles. */
  readonly onUnhandled: (type: string) => void;
  /** Of each subscriber's queue. */
  readonly limits?: QueueLimits;
}

/** RELIABILITY, Load: what is over these is read from the journal later. */
export const QUEUE_LIMITS: QueueLimits = { events: 10_000, bytes: 16 * 1024 * 1024 };
/** How much of the newest latency counts in its running mean. */
const NEWEST_SHARE = 0.1;
/** For the handlers at work when the bus closes. */
const CLOSE_LIMIT_MS = 5000;

interface Subscriber {
  readonly subscription: Subscription;
  readonly matches: (event: StoredEvent) => boolean;
  readonly queue: SubscriberQueue;
}

/** See api.ts. What is appended to the journal arrives by itself, after it is durable. */
export function createBus(deps: BusDeps): Bus {
  const { journal, reader, clock } = deps;
  const subscribers = new Map<string, Subscriber>();
  /** By type; forgotten whenever a subscriber comes or goes. */
  const routes = new Map<string, readonly Subscriber[]>();
  const unhandled = new Set<string>();
  const never = new Set<string>(DEAD_LETTER_TYPES);
  const meter = createFlowMeter();
  const deadLetters = createDeadLetters({ ...deps, handlerOf });
  let latencyMs = 0;
  let failed = 0;
  let closing: Promise<void> | null = null;
  const unsubscribe = journal.subscribe((event) => deliver(event));

  return { subscribe, deliver, flush, flow, deadLetters, close };

  function subscribe(subscription: Subscription): () => void {
    const { name, types } = subscription;
    if (subscribers.has(name)) throw new Error(`two subscribers are called ${name}`);
    const matcher = matcherOf(types.includes('*') ? {} : { types });
    const matches = (event: StoredEvent): boolean => matcher.event(event);
    const queue = createSubscriberQueue({
      ...{ subscription, clock, matches },
      limits: deps.limits ?? QUEUE_LIMITS,
      read: (session) => reader.events({ session }),
      onDelivered: (delivered) => onDelivered(name, delivered),
      onUnreadable: (error) => deps.warn(`Events for ${name} wait: the history cannot be read (${String(error)}).`),
    });
    subscribers.set(name, { subscription, matches, queue });
    routes.clear();
    return () => {
      if (subscribers.get(name)?.queue !== queue) return;
      subscribers.delete(name);
      routes.clear();
      queue.drop();
    };
  }

  function deliver(event: StoredEvent): void {
    if (closing !== null || never.has(event.type)) return;
    const route = routeOf(event);
    if (route.length === 0) {
      tellOnce(event.type);
      return;
    }
    const mode = processingModeOf(event, { ...deps.machineLoad(), queue: queued(), latencyMs });
    for (const { subscription, queue } of route) queue.accept(event, subscription.mode ?? mode);
  }

  function routeOf(event: StoredEvent): readonly Subscriber[] {
    const known = routes.get(event.type);
    if (known) return known;
    const route = [...subscribers.values()].filter(({ matches }) => matches(event));
    routes.set(event.type, route);
    return route;
  }

  function tellOnce(type: string): void {
    if (unhandled.has(type)) return;
    unhandled.add(type);
    deps.onUnhandled(type);
  }

  function onDelivered(handler: string, delivered: Delivered): void {
    const { event, problem, processingMs } = delivered;
    meter.add({ type: event.type, at: clock.monotonic(), processingMs, failed: problem !== null });
    // What waits in a batch on purpose says nothing about how busy things are.
    if (delivered.mode === 'immediate') latencyMs += (delivered.latencyMs - latencyMs) * NEWEST_SHARE;
    if (problem === null) return;
    failed++;
    deadLetters.keep(event, { handler, error: problem.error });
  }

  function handlerOf(name: string): ((event: StoredEvent) => Promise<void>) | null {
    const subscriber = subscribers.get(name);
    if (!subscriber) return null;
    return async (event) => subscriber.subscription.handle(event, { acceptedAt: clock.monotonic() });
  }

  function queued(): number {
    let sum = 0;
    for (const { queue } of subscribers.values()) sum += queue.size();
    return sum;
  }

  async function flush(name?: string): Promise<void> {
    const wanted = [...subscribers.values()].filter(
      ({ subscription }) => name === undefined || subscription.name === name,
    );
    await Promise.all(wanted.map(({ queue }) => queue.flush()));
  }

  function flow(): Flow {
    const depth = (type: string): number =>
      [...subscribers.values()].reduce((sum, { queue }) => sum + queue.depth(type), 0);
    return {
      types: meter.metrics(clock.monotonic(), depth),
      subscribers: [...subscribers.values()].map(({ queue }) => queue.flow()),
      queued: queued(),
      failed,
    };
  }

  function close(): Promise<void> {
    return (closing ??= drain());
  }

  async function drain(): Promise<void> {
    unsubscribe();
    let cancel = (): void => undefined;
    const tooLong = new Promise<void>((resolve) => {
      cancel = clock.timer(CLOSE_LIMIT_MS, resolve, { keepAlive: true });
    });
    await Promise.race([flush(), tooLong]);
    cancel();
    for (const { queue } of subscribers.values()) queue.drop();
  }
}
