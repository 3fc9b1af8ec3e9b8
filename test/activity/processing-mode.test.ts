import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PRIORITIES } from '../../src/contract/events.ts';
import { processingModeOf, type SystemLoad } from '../../src/orchestrator/activity/processing-mode.ts';
import { proves } from '../requirements.ts';
import { storedEvent } from '../support/sample-events.ts';

const CALM: SystemLoad = { cpu: 0.1, memory: 0.3, queue: 0, latencyMs: 1 };
/** Each sign of load just over its figure. */
const SIGNS = { cpu: 0.81, memory: 0.86, queue: 1001, latencyMs: 201 };

describe(proves('D8', 'processing mode'), () => {
  const given = (
    type: string,
    how: { priority?: (typeof PRIORITIES)[number]; origin?: `agent:${string}` | `run:${string}` } = {},
    load: Partial<SystemLoad> = {},
  ): string => processingModeOf(storedEvent({ type, ...how }), { ...CALM, ...load });

  it('handles what is critical at once, however busy things are', () => {
    assert.equal(given('file.modified', { priority: 'critical' }, SIGNS), 'immediate');
  });

  it('batches everything else as soon as two signs of load are there, and one sign is none', () => {
    const names = Object.keys(SIGNS) as (keyof typeof SIGNS)[];
    for (const one of names) {
      assert.equal(given('git.commit', {}, { [one]: SIGNS[one] }), 'immediate', one);
      for (const other of names.filter((name) => name !== one))
        assert.equal(given('git.commit', {}, { [one]: SIGNS[one], [other]: SIGNS[other] }), 'batched', one + other);
    }
    assert.equal(given('git.commit', {}, { cpu: 0.8, memory: 0.85, queue: 1000, latencyMs: 200 }), 'immediate');
  });

  it('handles at once what somebody waits for', () => {
    assert.equal(given('git.commit'), 'immediate');
    assert.equal(given('workflow.failed'), 'immediate');
    assert.equal(given('agent.completed', { origin: 'agent:claude' }), 'immediate');
  });

  it('takes the end of a run’s own step for nothing that blocks a person', () => {
    assert.equal(given('agent.completed', { origin: 'run:1' }), 'batched');
  });

  it('batches what comes in numbers, even of high priority', () => {
    for (const type of ['file.modified', 'tool.used', 'performance.metric'])
      assert.equal(given(type, { priority: 'high' }), 'batched');
  });

  it('goes by priority for the rest', () => {
    assert.equal(given('security.vulnerability.found', { priority: 'high' }), 'immediate');
    assert.equal(given('workflow.started'), 'batched');
    assert.equal(given('workflow.started', { priority: 'low' }), 'batched');
  });

  it('never makes an event slower by giving it more priority', () => {
    const load = fc.record({
      cpu: fc.double({ min: 0, max: 1, noNaN: true }),
      memory: fc.double({ min: 0, max: 1, noNaN: true }),
      queue: fc.nat(3000),
      latencyMs: fc.nat(500),
    });
    const types = fc.constantFrom('git.commit', 'file.modified', 'workflow.started', 'agent.completed');
    fc.assert(
      fc.property(load, types, fc.nat(2), (now, type, index) => {
        const mode = (at: number): string =>
          processingModeOf(storedEvent({ type, priority: PRIORITIES[at] ?? 'low' }), now);
        assert(!(mode(index) === 'immediate' && mode(index + 1) === 'batched'));
      }),
    );
  });
});
