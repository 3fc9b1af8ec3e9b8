import type { NewEvent, StoredEvent } from '../../contract/events.ts';
import type { Env } from '../env.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Completes a producer's event with id, time, session, number and defaults. */
export function createEventStamp(deps: {
  readonly env: Env;
  readonly session: string;
  readonly epoch: number;
}): (event: NewEvent, sequence: number) => StoredEvent {
  const { clock, random } = deps.env;
  let lastMs = NaN;
  let lastText = '';

  return (event, sequence) => {
    const now = clock.now();
    if (now !== lastMs) {
      lastMs = now;
      lastText = new Date(now).toISOString();
    }
    const stored: Mutable<StoredEvent> = {
      specversion: '1.0',
      id: event.id ?? random.uuid(),
      source: event.source,
      type: event.type,
      time: lastText,
      sequence,
      sessionid: deps.session,
      epoch: deps.epoch,
      priority: event.priority ?? 'normal',
      origin: event.origin ?? 'unknown',
      data: event.data,
    };
    if (event.subject !== undefined) stored.subject = event.subject;
    if (event.correlationid !== undefined) stored.correlationid = event.correlationid;
    if (event.causationid !== undefined) stored.causationid = event.causationid;
    if (event.traceparent !== undefined) stored.traceparent = event.traceparent;
    return stored;
  };
}
