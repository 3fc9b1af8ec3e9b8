import type { StoredEvent } from '../../src/contract/events.ts';
import type { JsonObject } from '../../src/contract/json.ts';

/** Stores events as a session would, one second apart, without a disk. */
export interface ScriptedSession {
  readonly session: string;
  store(type: string, data: object, over?: Partial<StoredEvent>): StoredEvent;
}

export function scriptedSession(session: string, epoch = 1): ScriptedSession {
  let sequence = 0;
  return {
    session,
    store(type, data, over = {}) {
      sequence++;
      return {
        specversion: '1.0',
        id: `${session}-${sequence}`,
        source: 'savepoint/test',
        type,
        time: new Date(Date.UTC(2026, 10, 21, 12, 0, epoch * 600 + sequence)).toISOString(),
        data: data as JsonObject,
        sequence,
        sessionid: session,
        epoch,
        priority: 'normal',
        origin: 'unknown',
        ...over,
      };
    },
  };
}
