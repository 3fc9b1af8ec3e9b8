import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Origin } from '../../src/contract/events.ts';
import {
  burstEvent,
  createSemanticAggregation,
  SEMANTIC_RULES,
  type Burst,
  type SemanticAggregation,
} from '../../src/orchestrator/activity/semantic.ts';
import { proves } from '../requirements.ts';
import { storedEvent } from '../support/sample-events.ts';

const MINUTE = 60_000;
type Given = readonly [type: string, at: number, origin?: Origin];

function feed(semantic: SemanticAggregation, given: readonly Given[]): readonly Burst[] {
  return given.flatMap(([type, at, origin = 'human'], index) =>
    semantic.add(storedEvent({ type, origin, data: { path: `${index % 3}.ts` } }, at + index), at),
  );
}
const rulesOf = (bursts: readonly Burst[]): readonly string[] => bursts.map(({ rule }) => rule.type);
const found = (...given: Given[]): readonly string[] => rulesOf(feed(createSemanticAggregation(), given));

describe(proves('D5', 'semantic aggregation'), () => {
  const feature: readonly Given[] = [
    ['file.created', 0],
    ['file.modified', 1],
    ['tool.used', 2],
    ['file.modified', 3],
    ['tool.used', 5 * MINUTE],
  ];

  it('given three file and two tool events within five minutes, then feature-development, with 0.8 and the files', () => {
    const [burst, ...more] = feed(createSemanticAggregation(), feature);
    assert(burst && more.length === 0);
    const { type, data } = burstEvent(burst);
    assert.equal(type, 'feature-development');
    assert.deepEqual(
      [data['confidence'], data['count'], data['files'], data['filesTotal']],
      [0.8, 5, ['0.ts', '1.ts'], 2],
    );
  });

  it('given one of them less, or later, then nothing', () => {
    for (const left of feature.keys()) assert.deepEqual(found(...feature.filter((_, index) => index !== left)), []);
    assert.deepEqual(found(...feature.slice(0, 4), ['tool.used', 5 * MINUTE + 1]), []);
  });

  it('given a write, a commit and an agent’s end within three minutes, in any order, then bug-fix', () => {
    const all = ['file.modified', 'git.commit', 'agent.completed'];
    for (const first of all)
      for (const second of all.filter((one) => one !== first)) {
        const third = all.find((one) => one !== first && one !== second) ?? '';
        assert.deepEqual(
          found([first, 0, 'agent:claude'], [second, 1, 'agent:claude'], [third, 3 * MINUTE, 'agent:claude']),
          ['bug-fix'],
        );
        assert.deepEqual(found([first, 0, 'agent:x'], [second, 1, 'agent:x'], [third, 3 * MINUTE + 1, 'agent:x']), []);
      }
  });

  it('counts only a coding agent’s end, not that of a run’s step', () => {
    assert.deepEqual(found(['file.modified', 0], ['git.commit', 1], ['agent.completed', 2, 'run:41']), []);
  });

  it('reports a burst once, and the next one again', () => {
    const semantic = createSemanticAggregation();
    assert.deepEqual(rulesOf(feed(semantic, feature)), ['feature-development']);
    const again = feature.map(([type]): Given => [type, 5 * MINUTE]);
    assert.deepEqual(rulesOf(feed(semantic, again)), []);
    const next = feature.map(([type, at]): Given => [type, at + 5 * MINUTE + 1]);
    assert.deepEqual(rulesOf(feed(semantic, next)), ['feature-development']);
  });

  it('looks at the last 1000 events', () => {
    const noise = (count: number): readonly Given[] => Array.from({ length: count }, () => ['git.commit', 2]);
    const before: readonly Given[] = [...feature.slice(0, 4)];
    assert.deepEqual(found(...before, ...noise(995), ['tool.used', 3]), ['feature-development']);
    assert.deepEqual(found(...before, ...noise(997), ['tool.used', 3]), []);
  });

  it('takes further rules', () => {
    const rule = {
      type: 'red-green',
      withinMs: 1000,
      needs: [{ types: ['test.failure'], atLeast: 2 }],
      confidence: 0.5,
    };
    const semantic = createSemanticAggregation([...SEMANTIC_RULES, rule]);
    assert.deepEqual(
      rulesOf(
        feed(semantic, [
          ['test.failure', 0],
          ['test.failure', 1000],
        ]),
      ),
      ['red-green'],
    );
  });

  const anyGiven = fc.array(
    fc.record({
      type: fc.constantFrom('file.created', 'file.modified', 'tool.used', 'git.commit', 'agent.completed'),
      gapMs: fc.nat(90_000),
    }),
    { maxLength: 120 },
  );

  it('reports no event twice for a rule, keeps to its time, and goes on elsewhere as here', () => {
    fc.assert(
      fc.property(anyGiven, fc.nat(120), (given, cut) => {
        let at = 0;
        const events = given.map(({ type, gapMs }, index) => ({
          at: (at += gapMs),
          event: storedEvent({ type, origin: 'agent:x' }, index),
        }));
        const whole = createSemanticAggregation();
        const bursts = events.flatMap(({ event, at: when }) => whole.add(event, when));
        for (const { type, withinMs } of SEMANTIC_RULES) {
          const own = bursts.filter(({ rule }) => rule.type === type);
          const ids = own.flatMap(({ events: seen }) => seen.map(({ id }) => id));
          assert.equal(new Set(ids).size, ids.length);
          for (const { events: seen } of own) assert((seen.at(-1)?.at ?? 0) - (seen[0]?.at ?? 0) <= withinMs);
        }
        const before = createSemanticAggregation();
        const parts = events.slice(0, cut).flatMap(({ event, at: when }) => before.add(event, when));
        const after = createSemanticAggregation();
        after.restore(before.memory());
        parts.push(...events.slice(cut).flatMap(({ event, at: when }) => after.add(event, when)));
        assert.deepEqual(parts, bursts);
      }),
    );
  });
});
