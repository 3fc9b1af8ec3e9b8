import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createHints, HINTS_AT_ONCE, MAX_HINTS } from '../../../src/extension/edits/hints.ts';
import { createKeptWrites, MAX_WRITES } from '../../../src/extension/edits/kept-writes.ts';
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

describe(proves('F1', 'what waits for the worker'), () => {
  it('hints count once each, are bounded, and say how many were lost', () => {
    const hints = createHints();
    assert.equal(hints.take(), null);
    hints.add('/a');
    hints.add('/a');
    assert.deepEqual(hints.take(), { paths: ['/a'], lost: 0 });
    assert.equal(hints.take(), null);
    for (let n = 0; n < MAX_HINTS + 7; n++) hints.add(`/${n}`);
    hints.add('/0');
    const first = hints.take();
    assert.equal(first?.paths.length, HINTS_AT_ONCE);
    assert.equal(first.lost, 7);
    const rest: string[] = [];
    for (let next = hints.take(); next !== null; next = hints.take()) rest.push(...next.paths);
    assert.equal(new Set([...first.paths, ...rest]).size, MAX_HINTS);
    assert.equal(rest.length, MAX_HINTS - HINTS_AT_ONCE);
  });

  it('writes keep their order, are bounded, and say how many were lost', () => {
    const kept = createKeptWrites();
    const write = (n: number) => ({ kind: 'created', path: `/${n}` }) as const;
    kept.keep([write(1), write(2)]);
    kept.keep([write(1)]);
    assert.deepEqual(kept.take(), { writes: [write(1), write(2), write(1)], lost: 0 });
    assert.deepEqual(kept.take(), { writes: [], lost: 0 });
    kept.keep(Array.from({ length: MAX_WRITES - 1 }, (_, n) => write(n)));
    kept.keep([write(1), write(2), write(3)]);
    const taken = kept.take();
    assert.equal(taken.writes.length, MAX_WRITES);
    assert.equal(taken.lost, 2);
  });
});
