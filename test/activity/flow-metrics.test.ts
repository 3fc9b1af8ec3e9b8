import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createFlowMeter } from '../../src/orchestrator/activity/flow-metrics.ts';
import { proves } from '../requirements.ts';

const none = (): number => 0;

describe(proves('D11', 'flow metrics'), () => {
  it('sums up each type: times, rate, depth, errors', () => {
    const meter = createFlowMeter();
    for (let index = 1; index <= 20; index++)
      meter.add({ type: 'a', at: index * 100, processingMs: index, failed: index > 15 });
    meter.add({ type: 'b', at: 0, processingMs: 7, failed: false });
    const [a, b] = meter.metrics(2100, (type) => (type === 'a' ? 3 : 0));
    assert.deepEqual(a, {
      type: 'a',
      count: 20,
      mean: 10.5,
      max: 20,
      min: 1,
      p95: 19,
      eventsPerSecond: 10,
      queueDepth: 3,
      errorRate: 0.25,
    });
    assert.deepEqual([b?.type, b?.count, b?.p95, b?.errorRate], ['b', 1, 7, 0]);
  });

  it('looks at the last 1000 only, and counts all', () => {
    const meter = createFlowMeter();
    for (let index = 0; index < 1500; index++)
      meter.add({ type: 'a', at: index, processingMs: index < 500 ? 9999 : 1, failed: index < 500 });
    const [a] = meter.metrics(1500, none);
    assert.deepEqual([a?.count, a?.max, a?.mean, a?.errorRate], [1500, 1, 1, 0]);
  });

  it('forgets no type’s count where there are very many types, and stays bounded', () => {
    const meter = createFlowMeter();
    for (let index = 0; index < 500; index++) meter.add({ type: `t${index}`, at: 0, processingMs: 1, failed: false });
    const all = meter.metrics(0, none);
    assert.equal(all.length, 201);
    assert.equal(
      all.reduce((sum, { count }) => sum + count, 0),
      500,
    );
  });

  it('agrees with the plain definition on any samples', () => {
    const sample = fc.record({ processingMs: fc.double({ min: 0, max: 1e5, noNaN: true }), failed: fc.boolean() });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 1200 }), (samples) => {
        const meter = createFlowMeter();
        for (const [at, one] of samples.entries()) meter.add({ type: 'a', at, ...one });
        const [found] = meter.metrics(samples.length, none);
        const last = samples.slice(-1000);
        const sorted = last.map(({ processingMs }) => processingMs).toSorted((x, y) => x - y);
        assert.equal(found?.min, sorted[0]);
        assert.equal(found?.max, sorted.at(-1));
        assert.equal(sorted.filter((one) => one <= (found?.p95 ?? -1)).length >= Math.ceil(0.95 * last.length), true);
        assert.equal(found?.errorRate, last.filter(({ failed }) => failed).length / last.length);
      }),
    );
  });
});
