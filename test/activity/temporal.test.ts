import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StoredEvent } from '../../src/contract/events.ts';
import { aggregatedEvent, createTemporalWindows, type Window } from '../../src/orchestrator/activity/temporal.ts';
import { proves } from '../requirements.ts';
import { storedEvent } from '../support/sample-events.ts';

const modified = (path: string, sequence: number, more: Partial<StoredEvent> = {}): StoredEvent =>
  storedEvent({ type: 'file.modified', subject: path, data: { path }, ...more }, sequence);

describe(proves('D4', 'temporal aggregation'), () => {
  it('given three writes, when five seconds from the first have passed, then one window with all three ends', () => {
    const windows = createTemporalWindows();
    for (const [at, path] of [
      [0, 'a.ts'],
      [2000, 'b.ts'],
      [4999, 'a.ts'],
    ] as const)
      assert.deepEqual(windows.add(modified(path, at + 1), at), []);
    assert.equal(windows.nextEnd(), 5000);
    assert.deepEqual(windows.tick(4999), []);
    const [window, ...more] = windows.tick(5000);
    assert(window && more.length === 0);
    assert.deepEqual(window.events, ['event-1', 'event-2001', 'event-5000']);
    assert.equal(windows.nextEnd(), null);
    assert.deepEqual(windows.tick(99_999), []);
  });

  it('given an open window, when writes go on, then it is not extended: the next write opens another', () => {
    const windows = createTemporalWindows();
    windows.add(modified('a', 1), 0);
    windows.add(modified('a', 2), 4000);
    const [ended] = windows.add(modified('a', 3), 5000);
    assert.deepEqual(ended?.events, ['event-1', 'event-2']);
    assert.equal(windows.nextEnd(), 10_000);
  });

  it('has windows of 5, 10 and 30 s, and none for other types', () => {
    const windows = createTemporalWindows();
    windows.add(storedEvent({ type: 'performance.metric' }), 0);
    assert.equal(windows.nextEnd(), 30_000);
    windows.add(storedEvent({ type: 'tool.used' }), 0);
    assert.equal(windows.nextEnd(), 10_000);
    windows.add(modified('a', 1), 0);
    assert.equal(windows.nextEnd(), 5000);
    for (const type of ['file.created', 'agent.completed', 'file.modified.aggregated'])
      windows.add(storedEvent({ type }), 0);
    assert.equal(windows.open().length, 3);
  });

  it('given a full window, then it ends early, so that memory stays bounded', () => {
    const windows = createTemporalWindows();
    const ended: Window[] = [];
    for (let index = 1; index <= 10_001; index++) ended.push(...windows.add(modified('a', index), 0));
    assert.deepEqual(
      [...ended, ...windows.open()].map(({ events }) => events.length),
      [10_000, 1],
    );
  });

  it('says count, span, events, highest priority and a digest of files', () => {
    const windows = createTemporalWindows();
    windows.add(modified('src/a.ts', 3, { time: '2026-01-01T00:00:01.000Z' }), 0);
    windows.add(modified('src/a.ts', 4, { priority: 'high', origin: 'unknown' }), 100);
    windows.add(modified('__proto__', 9, { time: '2026-01-01T00:00:02.500Z', priority: 'low' }), 1500);
    const [window] = windows.tick(5000);
    assert(window);
    const { type, data, priority, origin } = aggregatedEvent(window);
    assert.deepEqual([type, priority, origin], ['file.modified.aggregated', 'high', 'unknown']);
    assert.deepEqual(JSON.parse(JSON.stringify(data)), {
      type: 'file.modified',
      count: 3,
      windowMs: 5000,
      from: '2026-01-01T00:00:01.000Z',
      to: '2026-01-01T00:00:02.500Z',
      spanMs: 1500,
      priority: 'high',
      events: ['event-3', 'event-4', 'event-9'],
      covers: [{ session: 'session', first: 3, last: 9 }],
      digest: JSON.parse('{"files":2,"paths":{"src/a.ts":2,"__proto__":1},"extensions":{".ts":1,"":1}}') as unknown,
    });
  });

  it('sums tools up by name and outcome, metrics by their figures', () => {
    const windows = createTemporalWindows();
    for (const data of [{ tool: 'Edit', outcome: 'ok' }, { tool: 'Edit', success: false }, { name: 'Bash' }])
      windows.add(storedEvent({ type: 'tool.used', data }), 0);
    for (let value = 1; value <= 20; value++)
      windows.add(storedEvent({ type: 'performance.metric', data: { metric: 'heap', value } }), 0);
    const digests = windows.tick(30_000).map((window) => window.digest.result());
    assert.deepEqual(digests, [
      {
        tools: 2,
        byName: {
          Edit: { count: 2, outcomes: { ok: 1, failed: 1 } },
          Bash: { count: 1, outcomes: { unknown: 1 } },
        },
        outcomes: { ok: 1, failed: 1, unknown: 1 },
      },
      { metrics: 1, byName: { heap: { count: 20, min: 1, mean: 10.5, max: 20, p95: 19 } } },
    ]);
  });

  it('loses nothing and reports nothing twice, whatever comes when', () => {
    const step = fc.record({
      type: fc.constantFrom('file.modified', 'tool.used', 'performance.metric', 'file.created'),
      gapMs: fc.nat(12_000),
      tick: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const windows = createTemporalWindows();
        const ended: Window[] = [];
        const expected: string[] = [];
        let at = 0;
        for (const [index, { type, gapMs, tick }] of steps.entries()) {
          at += gapMs;
          if (tick) ended.push(...windows.tick(at));
          else {
            if (type !== 'file.created') expected.push(`event-${index}`);
            ended.push(...windows.add(storedEvent({ type }, index), at));
          }
        }
        ended.push(...windows.tick(at + 30_000));
        assert.deepEqual(ended.flatMap(({ events }) => events).toSorted(), expected.toSorted());
        for (const { openedAt, lastAt, endsAt } of ended) assert(openedAt <= lastAt && lastAt < endsAt);
        assert.equal(windows.nextEnd(), null);
      }),
    );
  });
});
