import type { NewEvent, StoredEvent } from '../../src/contract/events.ts';

/** An event as the journal would have it; `sequence` also makes its id. */
export function storedEvent(event: Partial<StoredEvent> & Pick<StoredEvent, 'type'>, sequence = 1): StoredEvent {
  return {
    specversion: '1.0',
    id: `event-${sequence}`,
    source: 'test',
    time: '2026-01-01T00:00:00.000Z',
    data: {},
    sequence,
    sessionid: 'session',
    epoch: 1,
    priority: 'normal',
    origin: 'human',
    ...event,
  };
}

export function newEvent(type: string, event: Partial<NewEvent> = {}): NewEvent {
  return { source: 'test', data: {}, ...event, type };
}
