import assert from 'node:assert/strict';
import type { StoredEvent } from '../../src/contract/events.ts';
import { recoverTriggers } from '../../src/orchestrator/activity/recover-triggers.ts';
import { recover } from '../../src/orchestrator/activity/recover.ts';
import type { JournalReader } from '../../src/orchestrator/journal/journal.ts';
import { matcherOf } from '../../src/orchestrator/journal/query.ts';
import { proves } from '../requirements.ts';
import { storedEvent } from '../support/sample-events.ts';
import { slowMonotonic, turnsDuring } from '../support/turns.ts';

const NOW = Date.parse('2026-01-02T00:00:00.000Z');
const EVENTS = 2000;

/** One window that has been open for long: most of it is old, or of no interest here. */
function longSession(last: readonly Partial<StoredEvent>[] = []): JournalReader {
  const old = { type: 'test.case.completed', time: '2025-06-01T00:00:00.000Z' };
  const events = [...Array.from({ length: EVENTS }, () => old), ...last.map((one) => ({ ...old, ...one }))].map(
    (event, index) => storedEvent(event, index + 1),
  );
  const unused = (): never => {
    throw new Error('not asked for here');
  };
  return {
    ...{ follow: unused, repairs: unused },
    sessions: () => [
      {
        ...{ session: 'session', epoch: 1, startedAt: '2025-06-01T00:00:00.000Z', endedAt: null, live: true },
        ...{ events: events.length, runs: [] },
      },
    ],
    *events(query) {
      const matches = matcherOf(query);
      for (const event of events) if (matches.event(event)) yield event;
    },
  };
}

/** Each look at it takes a millisecond. */
function slowClock() {
  return { now: () => NOW, monotonic: slowMonotonic(), timer: () => () => undefined };
}

describe(proves('F1', 'taking over from a window that was open for long'), () => {
  it('leaves the others their turns, whatever is stored', async () => {
    const reader = longSession();
    const begins = [
      () => recover({ reader, clock: slowClock(), note: () => undefined }),
      () => recoverTriggers({ reader, clock: slowClock(), paused: true }),
    ];
    for (const begin of begins) assert((await turnsDuring(begin())) > EVENTS / 20);
  });

  it('knows what a file held last, however many there were', async () => {
    const write = (path: string, content: string): Partial<StoredEvent> => ({
      ...{ type: 'file.modified', time: new Date(NOW - 1000).toISOString(), origin: 'unknown' },
      data: { path, via: 'watcher', size: 1, content, activity: 'a1' },
    });
    const many = Array.from({ length: 20_000 }, (_, number) => write(`${number}.ts`, 'first'));
    const reader = longSession([...many, write('0.ts', 'last'), write('beyond.ts', 'first')]);
    const past = await recover({ reader, clock: slowClock(), note: () => undefined });
    assert.equal(past.contents.get('0.ts'), 'last');
    assert.equal(past.contents.size, 20_000);
  });

  it('knows what a file held last, also where an older window stored that', async () => {
    const write = (content: string, hour: number, sessionid: string): StoredEvent =>
      storedEvent(
        {
          ...{ type: 'file.modified', time: new Date(NOW - hour * 3_600_000).toISOString(), sessionid },
          data: { path: 'a.ts', via: 'editor', size: 1, content, activity: null },
        },
        1,
      );
    const events = [write('newest', 1, 'older'), write('before', 2, 'newer')];
    const reader = longSession();
    const [session] = reader.sessions();
    assert(session);
    const past = await recover({
      reader: {
        ...reader,
        sessions: () => ['older', 'newer'].map((name) => ({ ...session, session: name })),
        events: (query) => events.filter(({ sessionid }) => sessionid === query.session),
      },
      clock: slowClock(),
      note: () => undefined,
    });
    assert.equal(past.contents.get('a.ts'), 'newest');
  });
});
