import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  bootstrapMedian,
  isSettled,
  judge,
  LEAST_PAIRS,
  median,
  MOST_PAIRS,
  seededRandom,
  spread,
  type Pair,
  type Verdict,
} from '../../../src/orchestrator/agents/performance-analyzer/statistics.ts';
import { proves } from '../../requirements.ts';

const time = fc.double({ min: 0.01, max: 1000, noNaN: true });
const pairs = fc.array(fc.record({ base: time, change: time }), { minLength: LEAST_PAIRS, maxLength: MOST_PAIRS });

describe(proves('A12', 'performance-analyzer statistics'), () => {
  it('gives the same verdict in any unit of time', () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(0.5, 2, 1024), (list, unit) => {
        const scaled = list.map(({ base, change }) => ({ base: base * unit, change: change * unit }));
        assert.equal(judge(scaled).kind, judge(list).kind);
      }),
      { numRuns: 50 },
    );
  });

  it('never calls one side slower and the other, exchanged, anything but faster', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const verdict = judge(list);
        const exchanged = judge(list.map(({ base, change }) => ({ base: change, change: base })));
        if (verdict.kind === 'slower') assert.notEqual(exchanged.kind, 'slower');
        assert.ok(Math.abs(verdict.ratio * exchanged.ratio - 1) < 1e-9);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps the median inside its interval, and the interval inside the values', () => {
    fc.assert(
      fc.property(fc.array(time, { minLength: 3, maxLength: 30 }), (values) => {
        const [low, high] = bootstrapMedian(values, 0.005);
        assert.ok(low <= median(values) && median(values) <= high);
        assert.ok(low >= Math.min(...values) && high <= Math.max(...values));
      }),
      { numRuns: 50 },
    );
  });

  it('does not decide before ten pairs', () => {
    const nine = Array.from({ length: LEAST_PAIRS - 1 }, () => ({ base: 1, change: 3 }));
    assert.equal(judge(nine).kind, 'open');
    assert.equal(judge([...nine, { base: 1, change: 3 }]).kind, 'slower');
  });

  it('claims no more than 5 % where the interval reaches below, however far it reaches up', () => {
    const list = Array.from({ length: 20 }, (_, index) => ({ base: 1, change: index % 2 === 0 ? 1.02 : 1.3 }));
    const verdict = judge(list);
    assert.ok(verdict.low > 1 && verdict.ratio > 1.05, JSON.stringify(verdict));
    assert.equal(verdict.kind, 'open');
  });

  it('takes a claim for settled when two looks in a row make it', () => {
    const look = (kind: Verdict['kind']): Verdict => ({ kind, ratio: 1, low: 1, high: 1, noise: 1, pairs: 10 });
    assert.equal(isSettled(look('slower'), undefined), false);
    assert.equal(isSettled(look('slower'), look('open')), false);
    assert.equal(isSettled(look('slower'), look('slower')), true);
    assert.equal(isSettled(look('same'), undefined), true);
    assert.equal(isSettled(look('open'), look('open')), false);
  });

  it('claims nothing that base against itself also shows', () => {
    const jumping = Array.from({ length: 12 }, (_, index) => ({ base: index % 2 === 0 ? 1 : 1.5, change: 1.6 }));
    const verdict = judge(jumping);
    assert.ok(verdict.noise > verdict.ratio, JSON.stringify(verdict));
    assert.equal(verdict.kind, 'open');
  });

  it('measures spread like a standard deviation, whatever one outlier does', () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(spread([1, 2, 3, 4, 1000]), 1.4826);
  });
});

describe(proves('A12', 'performance-analyzer under simulated noise'), () => {
  const TRIALS = 60;
  for (const [name, noise] of Object.entries(noises())) {
    it(`${name}: at most 3 % false alarms, also where the change costs 3 %, at least 90 % of 1.2 × and 99 % of 1.5 × found`, () => {
      const alarmsAt = (slowdown: number): number =>
        trials({ noise, slowdown, count: 2 * TRIALS }).filter(({ kind }) => kind === 'slower').length;
      const missed = (slowdown: number): number =>
        trials({ noise, slowdown, count: TRIALS }).filter(({ kind }) => kind !== 'slower').length;
      const [unchanged, at103] = [alarmsAt(1), alarmsAt(1.03)];
      assert.ok(unchanged <= 0.03 * 2 * TRIALS, `${String(unchanged)} false alarms`);
      assert.ok(at103 <= 0.03 * 2 * TRIALS, `${String(at103)} alarms for a change that costs 3 %`);
      const [at12, at15] = [missed(1.2), missed(1.5)];
      assert.ok(at12 <= 0.1 * TRIALS, `${String(at12)} of 1.2 missed`);
      assert.ok(at15 <= 0.01 * TRIALS, `${String(at15)} of 1.5 missed`);
    });
  }
});

/** What may be added to the fastest batch of a process: always more, never less, than the true time. */
function noises(): Readonly<Record<string, (random: () => number) => () => number>> {
  const size = (random: () => number, scale: number): number => scale * Math.abs(normal(random));
  return {
    'a quiet machine': (random) => () => 1 + size(random, 0.01),
    'a machine in use': (random) => () => 1 + size(random, 0.06),
    'one process in eight disturbed': (random) => () => 1 + size(random, 0.02) + (random() < 0.125 ? random() : 0),
    'a clock that drifts': (random) => {
      let drift = 0;
      return () => Math.exp((drift += 0.02 * normal(random))) * (1 + size(random, 0.02));
    },
    'a clock of two speeds': (random) => {
      let slow = false;
      return () => {
        if (random() < 0.1) slow = !slow;
        return (slow ? 1.4 : 1) * (1 + size(random, 0.02));
      };
    },
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

interface Trial {
  readonly noise: (random: () => number) => () => number;
  readonly slowdown: number;
  readonly count: number;
}

/** Pairs are added and judged as the agent does it. */
function trials({ noise, slowdown, count }: Trial): readonly Verdict[] {
  const random = seededRandom(count * 1000 + Math.round(slowdown * 100));
  return Array.from({ length: count }, () => {
    const next = noise(random);
    const list: Pair[] = [];
    let before: Verdict | undefined;
    for (;;) {
      const [first, second] = [next(), next()];
      list.push(
        list.length % 2 === 0 ? { base: first, change: slowdown * second } : { base: second, change: slowdown * first },
      );
      if (list.length < LEAST_PAIRS || list.length % 5 !== 0) continue;
      const verdict = judge(list);
      if (isSettled(verdict, before) || list.length >= MOST_PAIRS) return verdict;
      before = verdict;
    }
  });
}
