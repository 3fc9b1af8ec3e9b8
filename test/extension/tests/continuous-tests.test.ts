import assert from 'node:assert/strict';
import { afterEdits, NEVER_RAN, type Continuous } from '../../../src/extension/tests/continuous.ts';
import { proves } from '../../requirements.ts';

const at = (ms: number): string => new Date(ms).toISOString();
const ran: Continuous = { last: { from: 10_000, to: 12_000 }, hops: 0 };

describe(proves('F9', 'tests that run continuously'), () => {
  it('run again after edits, and not for what git did by itself', () => {
    assert.deepEqual(afterEdits(NEVER_RAN, [{ origin: 'human', startedAt: at(0) }]), { runs: true, hops: 0 });
    assert.deepEqual(afterEdits(ran, [{ origin: 'unknown', startedAt: at(20_000) }]), { runs: true, hops: 0 });
    assert.deepEqual(afterEdits(ran, [{ origin: 'git', startedAt: at(20_000) }]), { runs: false, hops: 0 });
  });

  it('end a loop of what they write themselves, until somebody edits', () => {
    let state = ran;
    let runs = 0;
    for (let from = 20_000; from < 120_000; from += 10_000) {
      const next = afterEdits(state, [{ origin: 'unknown', startedAt: at((state.last?.from ?? 0) + 500) }]);
      if (next.runs) runs++;
      state = { last: next.runs ? { from, to: from + 2000 } : state.last, hops: next.hops };
    }
    assert.equal(runs, 3);
    const since = (state.last?.from ?? 0) + 1000;
    assert.deepEqual(afterEdits(state, [{ origin: 'human', startedAt: at(since) }]), { runs: true, hops: 0 });
  });

  it('take what is written while they run, and seen a little later, for what may be theirs', () => {
    const going: Continuous = { last: { from: 10_000, to: null }, hops: 0 };
    assert.equal(afterEdits(going, [{ origin: 'unknown', startedAt: at(50_000) }]).hops, 1);
    assert.equal(afterEdits(ran, [{ origin: 'run:r1', startedAt: at(13_000) }]).hops, 1);
    assert.equal(afterEdits(ran, [{ origin: 'run:r1', startedAt: at(9000) }]).hops, 0);
  });
});
