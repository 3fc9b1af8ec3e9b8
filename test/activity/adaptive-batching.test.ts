import assert from 'node:assert/strict';
import fc from 'fast-check';
import { batchHandled, INITIAL_BATCHING, type Batching } from '../../src/orchestrator/activity/adaptive-batching.ts';
import { proves } from '../requirements.ts';

const SECOND = 1000;

/** So many batches, one every `everyMs`, from `from` on. */
function after(
  batching: Batching,
  batches: {
    readonly count: number;
    readonly latencyMs: number;
    readonly from?: number;
    readonly everyMs?: number;
    readonly events?: number;
  },
): Batching {
  const { count, latencyMs, from = 0, everyMs = SECOND, events = 10 } = batches;
  let now = batching;
  for (let index = 0; index < count; index++)
    now = batchHandled(now, { at: from + index * everyMs, latencyMs, events });
  return now;
}
const figures = ({ size, waitMs }: Batching): readonly [number, number] => [size, waitMs];

describe(proves('D9', 'adaptive batching'), () => {
  it('starts with 50 events and 2000 ms, and keeps them for the first nine batches', () => {
    assert.deepEqual(figures(INITIAL_BATCHING), [50, 2000]);
    assert.deepEqual(figures(after(INITIAL_BATCHING, { count: 9, latencyMs: 500 })), [50, 2000]);
  });

  it('takes 5 events and 200 ms off where batches take over 150 ms on average', () => {
    assert.deepEqual(figures(after(INITIAL_BATCHING, { count: 10, latencyMs: 151 })), [45, 1800]);
    assert.deepEqual(figures(after(INITIAL_BATCHING, { count: 10, latencyMs: 150 })), [50, 2000]);
  });

  it('adds 10 events and 500 ms where they take under 50 ms and little comes', () => {
    assert.deepEqual(figures(after(INITIAL_BATCHING, { count: 10, latencyMs: 49 })), [60, 2500]);
    assert.deepEqual(figures(after(INITIAL_BATCHING, { count: 10, latencyMs: 50 })), [50, 2000]);
    assert.deepEqual(figures(after(INITIAL_BATCHING, { count: 10, latencyMs: 49, events: 100 })), [50, 2000]);
  });

  it('changes at most every 30 s', () => {
    const changed = after(INITIAL_BATCHING, { count: 10, latencyMs: 500 });
    const soon = after(changed, { count: 29, latencyMs: 500, from: 10 * SECOND });
    assert.deepEqual(figures(soon), [45, 1800]);
    assert.deepEqual(figures(after(soon, { count: 1, latencyMs: 500, from: 39 * SECOND })), [40, 1600]);
  });

  it('stays between 5 and 200 events, 500 and 5000 ms, and remembers 100 batches', () => {
    const slow = after(INITIAL_BATCHING, { count: 100, latencyMs: 1000, everyMs: 31 * SECOND });
    assert.deepEqual(figures(slow), [5, 500]);
    const fast = after(INITIAL_BATCHING, { count: 150, latencyMs: 1, everyMs: 31 * SECOND });
    assert.deepEqual(figures(fast), [200, 5000]);
    assert.equal(fast.history.length, 100);
  });

  it('keeps its bounds whatever comes', () => {
    const sample = fc.record({
      gap: fc.nat(60 * SECOND),
      latencyMs: fc.nat(1000),
      events: fc.integer({ min: 1, max: 500 }),
    });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 300 }), (samples) => {
        let at = 0;
        let batching = INITIAL_BATCHING;
        for (const { gap, latencyMs, events } of samples) {
          const before = batching;
          batching = batchHandled(before, { at: (at += gap), latencyMs, events });
          assert(batching.size >= 5 && batching.size <= 200 && batching.waitMs >= 500 && batching.waitMs <= 5000);
          assert(batching.history.length <= 100);
          const isChanged = before.size !== batching.size || before.waitMs !== batching.waitMs;
          if (isChanged && before.adjustedAt !== null) assert(at - before.adjustedAt >= 30 * SECOND);
        }
      }),
    );
  });
});
