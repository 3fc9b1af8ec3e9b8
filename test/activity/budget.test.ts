import assert from 'node:assert/strict';
import fc from 'fast-check';
import { budgetOf, onSteadyClock } from '../../src/orchestrator/activity/budget.ts';
import { createScheduleClock } from '../../src/orchestrator/activity/schedule-clock.ts';
import { dueBetween } from '../../src/orchestrator/activity/schedule.ts';
import { createSimulatedClock } from '../support/simulated-env.ts';
import { proves } from '../requirements.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

describe(proves('F7', 'the budget of automatic runs'), () => {
  it('counts an hour back and says when the next may start', () => {
    assert.deepEqual(budgetOf([], 0, 2), { limit: 2, left: 2, freesInMs: 0 });
    assert.deepEqual(budgetOf([0, 10], HOUR - 5, 2), { limit: 2, left: 0, freesInMs: 5 });
    assert.deepEqual(budgetOf([0, 10], HOUR + 1, 2), { limit: 2, left: 1, freesInMs: 0 });
    assert.deepEqual(budgetOf([0], 1, 0), { limit: 0, left: 0, freesInMs: HOUR });
  });

  it('is right about that: at that moment one may start, and no earlier', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 2 * HOUR }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 10 }),
        (ats, limit) => {
          const starts = ats.toSorted((a, b) => a - b);
          const now = starts.at(-1) ?? 0;
          const { left, freesInMs } = budgetOf(starts, now, limit);
          if (left > 0) return;
          assert.ok(budgetOf(starts, now + freesInMs, limit).left > 0);
          assert.equal(budgetOf(starts, now + freesInMs - 1, limit).left, 0);
        },
      ),
    );
  });

  it('is not stretched by a clock that was set', () => {
    const clock = { now: 10 * HOUR, monotonic: 5000 };
    assert.equal(onSteadyClock(10 * HOUR - MINUTE, clock), 5000 - MINUTE);
    assert.equal(onSteadyClock(20 * HOUR, clock), 5000, 'a time to come is now');
    assert.equal(onSteadyClock(0, clock), 5000 - HOUR);
  });
});

describe(proves('F7', 'the clock of schedules'), () => {
  const start = new Date(2026, 10, 18, 8, 59, 30).getTime();
  const every = (cron: string) => [{ workflow: 'w', cron }];

  it('is due when a time has come, and says how long until the next', () => {
    assert.deepEqual(dueBetween(every('0 9 * * *'), start, start), { due: [], nextInMs: 30_000 });
    assert.deepEqual(dueBetween(every('0 9 * * *'), start, start + 30_000).due, ['w']);
    assert.deepEqual(dueBetween(every('0 9 * * *'), start + 30_000, start + MINUTE).due, []);
    assert.deepEqual(dueBetween([], start, start), { due: [], nextInMs: null });
  });

  it('is due once after a sleep over many times, and not again for times that a clock set back repeats', () => {
    assert.deepEqual(dueBetween(every('* * * * *'), start, start + 8 * HOUR).due, ['w']);
    assert.deepEqual(dueBetween(every('* * * * *'), start + HOUR, start).due, []);
  });

  it('starts nothing again that a clock set back comes to once more, and goes by that clock after a day', () => {
    const steady = createSimulatedClock(start);
    let setBack = 0;
    const clock = { ...steady, now: () => steady.now() - setBack };
    const due: string[] = [];
    const schedule = createScheduleClock({
      clock,
      onDue: () => due.push(new Date(clock.now()).toTimeString().slice(0, 5)),
    });
    schedule.start([{ id: 'w', on: { schedule: { cron: '0 * * * *' } } }]);
    steady.advance(2 * MINUTE);
    setBack = 10 * MINUTE;
    steady.advance(65 * MINUTE);
    assert.deepEqual(due, ['09:00']);
    steady.advance(10 * MINUTE);
    assert.deepEqual(due, ['09:00', '10:00']);
    setBack = 100 * 24 * HOUR;
    steady.advance(HOUR);
    assert.equal(due.length, 3);
    schedule.close();
  });
});
