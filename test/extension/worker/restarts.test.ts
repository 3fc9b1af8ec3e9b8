import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ended, MAX_ENDINGS, NO_ENDINGS, WITHIN_MS, type Restarts } from '../../../src/extension/worker/restarts.ts';
import { proves } from '../../requirements.ts';

/** Ends at these times (ms), and says what came of each ending. */
function endAt(times: readonly number[]): readonly ReturnType<typeof ended>['next'][] {
  let restarts: Restarts = NO_ENDINGS;
  return times.map((time) => {
    const after = ended(restarts, time);
    restarts = after.restarts;
    return after.next;
  });
}

describe(proves('F1', 'restarts of the worker'), () => {
  it('are quick at first, then slower', () => {
    const waits = endAt([0, 1, 2, 3]).map((next) => (next.kind === 'start-again' ? next.inMs : null));
    assert.deepEqual(waits, [100, 1000, 4000, 15_000]);
  });

  it('stop at the fifth ending within ten minutes', () => {
    assert.deepEqual(endAt([0, 1, 2, 3, WITHIN_MS - 1]).at(-1), { kind: 'stop', endings: MAX_ENDINGS });
  });

  it('begin anew when the endings are long ago', () => {
    assert.deepEqual(endAt([0, 1, 2, 3, 3 + WITHIN_MS]).at(-1), { kind: 'start-again', inMs: 100 });
  });

  it('stop exactly where ten minutes hold five endings', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: WITHIN_MS }), { maxLength: 30 });
    fc.assert(
      fc.property(gaps, (steps) => {
        let now = 0;
        const times = steps.map((step) => (now += step));
        endAt(times).forEach((next, index) => {
          const time = times[index] ?? 0;
          const recent = times.slice(0, index + 1).filter((at) => time - at < WITHIN_MS).length;
          assert.equal(next.kind, recent >= MAX_ENDINGS ? 'stop' : 'start-again');
        });
      }),
    );
  });
});
