import assert from 'node:assert/strict';
import { createForesight, type Foresight } from '../../src/orchestrator/activity/foresight.ts';
import { createSimulatedClock, type SimulatedClock } from '../support/simulated-env.ts';
import { proves } from '../requirements.ts';

describe(proves('F7', 'looks at a burst while it is open'), () => {
  let clock: SimulatedClock;
  let foresight: Foresight;
  /** When it looked, milliseconds. */
  let looks: number[];
  let found: boolean;
  beforeEach(() => {
    clock = createSimulatedClock();
    looks = [];
    found = true;
    foresight = createForesight({
      clock,
      look: async () => {
        looks.push(clock.monotonic());
        return found;
      },
    });
  });

  /** Writes every `everyMs`, for so long; each look ends before the next write. */
  async function write(forMs: number, everyMs = 100): Promise<void> {
    for (let passed = 0; passed < forMs; passed += everyMs) {
      foresight.grew();
      clock.advance(0);
      await new Promise(setImmediate);
      clock.advance(everyMs);
      await new Promise(setImmediate);
    }
  }

  it('once, at its first write, where that says what will start; and again for the next burst', async () => {
    await write(5000);
    assert.deepEqual(looks, [0]);
    foresight.over();
    assert.equal(clock.waiting(), 0);
    await write(1000);
    assert.deepEqual(looks, [0, 5000]);
  });

  it('again, ever more rarely, where nothing would start yet', async () => {
    found = false;
    await write(8000);
    assert.deepEqual(looks, [0, 500, 1500, 3500, 7500]);
    found = true;
    await write(20_000);
    assert.equal(looks.length, 6);
  });

  it('not without a write', async () => {
    found = false;
    await write(100);
    assert.equal(clock.waiting(), 0);
    clock.advance(60_000);
    assert.deepEqual(looks, [0]);
  });

  it('again in a long burst, before what was readied is given back', async () => {
    await write(130_000, 1000);
    assert.deepEqual(looks, [0, 60_000, 120_000]);
  });

  it('with its findings for that burst only: one that is over meanwhile does not keep the next from its look', async () => {
    const answer = Promise.withResolvers<boolean>();
    let first = true;
    foresight = createForesight({
      clock,
      look: () => {
        looks.push(clock.monotonic());
        if (!first) return Promise.resolve(true);
        first = false;
        return answer.promise;
      },
    });
    foresight.grew();
    clock.advance(10);
    foresight.grew();
    foresight.over();
    foresight.grew();
    clock.advance(10);
    answer.resolve(true);
    await new Promise(setImmediate);
    clock.advance(120_000);
    assert.deepEqual(looks, [0, 10]);
  });
});
