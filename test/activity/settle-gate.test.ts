import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Origin } from '../../src/contract/events.ts';
import {
  dueAt,
  newGate,
  quietMs,
  stepGate,
  type Gate,
  type GateInput,
  type GateSettings,
} from '../../src/orchestrator/activity/settle-gate.ts';
import { proves } from '../requirements.ts';

const SETTINGS: GateSettings = { quietMinMs: 1200, quietMaxMs: 5000, autoSaveQuietMs: 5000, maxWaitMs: 300_000 };

interface Write {
  readonly at: number;
  readonly origin?: Origin;
  readonly save?: 'auto' | 'hand' | null;
}

interface Told {
  readonly gate: Gate;
  /** Ids of activities, burst by burst. */
  readonly settled: readonly (readonly string[])[];
  /** By write. */
  readonly activities: readonly (string | null)[];
}

/** Feeds the inputs in order, and looks at the time whenever the gate says that it is due. */
function feed(inputs: readonly (GateInput & { readonly now: number })[], settings = SETTINGS, from = newGate()): Told {
  let gate = from;
  const settled: (readonly string[])[] = [];
  const activities: (string | null)[] = [];
  const step = (input: GateInput, now: number): void => {
    const taken = stepGate(gate, input, { now, settings });
    gate = taken.gate;
    if (taken.settled !== null) settled.push(taken.settled);
    if (input.kind === 'write') activities.push(taken.activity);
  };
  for (const { now, ...input } of inputs) {
    for (let due = dueAt(gate, settings); due !== null && due <= now; due = dueAt(gate, settings))
      step({ kind: 'time' }, due);
    step(input, now);
  }
  return { gate, settled, activities };
}

let ids = 0;
const writes = (...all: readonly Write[]): readonly (GateInput & { readonly now: number })[] =>
  all.map(({ at, origin = 'human', save = null }) => ({
    ...{ kind: 'write', origin, at, save, fresh: `a${ids++}`, now: at },
  }));

const time = (now: number): GateInput & { readonly now: number } => ({ kind: 'time', now });

describe(proves('F7', 'settle gate: when a burst is over'), () => {
  it('waits 1.2 s after a single write', () => {
    const { gate } = feed(writes({ at: 1000 }));
    assert.equal(dueAt(gate, SETTINGS), 2200);
  });

  it('waits 2.5 times the median of the last 20 gaps, between 1.2 s and 5 s', () => {
    assert.equal(quietMs([], SETTINGS), 1200);
    assert.equal(quietMs([400, 600, 800], SETTINGS), 1500);
    assert.equal(quietMs([600, 800], SETTINGS), 1750);
    assert.equal(quietMs([4000, 4000], SETTINGS), 5000);
    const slow = Array.from({ length: 5 }, (_, at) => ({ at: at * 1100 }));
    const fast = Array.from({ length: 21 }, (_, at) => ({ at: 4400 + at * 100 }));
    assert.equal(dueAt(feed(writes(...slow, ...fast)).gate, SETTINGS), 6400 + 1200);
  });

  it('does not end between writes with gaps of 0.4 to 0.9 s, and ends once within their pause', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 400, max: 900 }), { minLength: 1, maxLength: 80 }), (gaps) => {
        const at = gaps.reduce<number[]>((times, gap) => [...times, (times.at(-1) ?? 0) + gap], [0]);
        const last = at.at(-1) ?? 0;
        const told = feed([...writes(...at.map((one) => ({ at: one }))), time(last + 2250)]);
        assert.equal(told.settled.length, 1);
      }),
    );
  });

  it('waits 5 s after a save by delay, and not after one by hand that follows', () => {
    assert.equal(dueAt(feed(writes({ at: 0, save: 'auto' })).gate, SETTINGS), 5000);
    assert.equal(dueAt(feed(writes({ at: 0, save: 'auto' }, { at: 500 })).gate, SETTINGS), 5000);
    assert.equal(dueAt(feed(writes({ at: 0, save: 'auto' }, { at: 500, save: 'hand' })).gate, SETTINGS), 1750);
  });

  it('waits for the end of an agent’s turn and of git, but never beyond the longest wait', () => {
    const turn = (began: boolean, now: number): GateInput & { readonly now: number } => ({
      kind: 'turn',
      turn: 't',
      began,
      now,
    });
    assert.equal(feed([...writes({ at: 0 }), turn(true, 100), time(59_000)]).settled.length, 0);
    assert.equal(feed([...writes({ at: 0 }), turn(true, 100), turn(false, 60_000), time(60_000)]).settled.length, 1);
    assert.equal(feed([...writes({ at: 0 }), turn(true, 100), time(300_000)]).settled.length, 1);
    assert.equal(feed([...writes({ at: 0 }), { kind: 'git', busy: true, now: 10 }, time(299_999)]).settled.length, 0);
  });

  it('ends after five minutes although somebody goes on writing', () => {
    const all = Array.from({ length: 400 }, (_, at) => ({ at: at * 1000 }));
    const told = feed(writes(...all));
    assert.equal(told.settled.length, 1);
    assert.equal(new Set(told.activities).size, 2);
  });

  it('keeps one activity for each writer, and ends them together', () => {
    const told = feed([...writes({ at: 0 }, { at: 100, origin: 'unknown' }, { at: 200 }), time(10_000)]);
    assert.equal(told.activities[0], told.activities[2]);
    assert.notEqual(told.activities[0], told.activities[1]);
    assert.deepEqual(told.settled, [[told.activities[0], told.activities[1]]]);
  });
});

describe(proves('F7', 'settle gate: whatever happens'), () => {
  const input = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('write' as const),
        origin: fc.constantFrom<Origin>('human', 'unknown', 'run:r'),
        late: fc.nat(3000),
        save: fc.constantFrom('auto' as const, 'hand' as const, null),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('turn' as const),
        turn: fc.constantFrom('t', 'u'),
        began: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('git' as const), busy: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'time' as const }) },
  );
  const story = fc.array(fc.record({ after: fc.nat(8000), input }), { maxLength: 60 });

  const timed = (
    steps: readonly {
      readonly after: number;
      readonly input: typeof input extends fc.Arbitrary<infer T> ? T : never;
    }[],
  ): readonly (GateInput & { readonly now: number })[] => {
    let now = 10_000;
    return steps.map(({ after, input: one }, at) => {
      now += after;
      return one.kind === 'write' ? { ...one, at: now - one.late, fresh: `w${at}`, now } : { ...one, now };
    });
  };

  it('puts every write into exactly one activity, and ends each activity once', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const inputs = timed(steps);
        const end = (inputs.at(-1)?.now ?? 0) + SETTINGS.maxWaitMs + 1;
        const told = feed([...inputs, time(end)]);
        const all = told.settled.flat();
        assert.equal(new Set(all).size, all.length, 'none ends twice');
        assert.deepEqual(new Set(told.activities), new Set(all), 'each has writes, and ends');
        assert.equal(told.gate.burst, null, 'it closes by itself');
      }),
    );
  });

  it('gives the same bursts whenever anybody looks at the clock in between', () => {
    fc.assert(
      fc.property(story, fc.array(fc.nat(400_000), { maxLength: 20 }), (steps, looks) => {
        const inputs = timed(steps);
        const end = time((inputs.at(-1)?.now ?? 0) + SETTINGS.maxWaitMs + 1);
        const more = looks.map((now) => time(now));
        const between = [...inputs, ...more].sort((a, b) => a.now - b.now);
        assert.deepEqual(feed([...between, end]).settled, feed([...inputs, end]).settled);
      }),
    );
  });

  it('goes on after a restart as if there had been none', () => {
    fc.assert(
      fc.property(story, fc.nat(60), (steps, cut) => {
        const inputs = [...timed(steps)];
        inputs.push(time((inputs.at(-1)?.now ?? 0) + SETTINGS.maxWaitMs + 1));
        const before = feed(inputs.slice(0, cut));
        const kept: Gate = structuredClone(before.gate);
        const after = feed(inputs.slice(cut), SETTINGS, kept);
        assert.deepEqual([...before.settled, ...after.settled], feed(inputs).settled);
      }),
    );
  });

  it('never waits longer than the longest wait', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const { gate } = feed(timed(steps));
        const due = dueAt(gate, SETTINGS);
        assert(gate.burst === null ? due === null : due !== null && due <= gate.burst.startedAt + SETTINGS.maxWaitMs);
      }),
    );
  });
});
