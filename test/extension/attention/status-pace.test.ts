import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RunRow } from '../../../src/contract/board.ts';
import { paced, type Pace } from '../../../src/extension/attention/status-pace.ts';
import type { Status } from '../../../src/extension/attention/status-item.ts';
import { statusOf } from '../../../src/extension/attention/status.ts';
import { board, failing, folder, passing, runRow, scene } from '../../support/boards.ts';

const of = (...runs: readonly RunRow[]): Status =>
  statusOf([folder({ board: board({ runs }) })], { ...scene, dismissed: new Set(), commandsMuted: false });
const IDLE = of();
const CHECKING = of(runRow({ status: 'running' }));
const GOOD = of(runRow({ tests: passing(12) }));
const BAD = of(runRow({ tests: failing(1) }));
const START: Pace = { shown: IDLE, shownAt: 0, checkingSince: null };

/** What is shown over time, given what is so from when on; asks again when it is told to. Ends when nothing is held back. */
function shownOver(
  changes: readonly (readonly [at: number, status: Status])[],
): readonly (readonly [at: number, text: string])[] {
  const shown: [number, string][] = [];
  let pace = START;
  let wanted = IDLE;
  const ask = (at: number): number | null => {
    const next = paced(pace, wanted, at);
    if (next.pace.shown !== pace.shown && next.pace.shown.text !== pace.shown.text)
      shown.push([at, next.pace.shown.text]);
    pace = next.pace;
    return next.againAt;
  };
  let again: number | null = null;
  for (const [at, status] of changes) {
    while (again !== null && again < at) again = ask(again);
    wanted = status;
    again = ask(at);
  }
  while (again !== null) again = ask(again);
  return shown;
}

describe('the pace of the status bar', () => {
  it('says nothing of a run that ends within 400 ms', () => {
    assert.deepEqual(
      shownOver([
        [5000, CHECKING],
        [5399, GOOD],
      ]),
      [[5399, '12 tests pass']],
    );
  });

  it('says that it checks after 400 ms, and keeps saying it for a second', () => {
    assert.deepEqual(
      shownOver([
        [5000, CHECKING],
        [5450, BAD],
      ]),
      [
        [5400, 'Checking 12 files'],
        [6400, '1 test fails'],
      ],
    );
    assert.deepEqual(
      shownOver([
        [5000, CHECKING],
        [9000, GOOD],
      ]),
      [
        [5400, 'Checking 12 files'],
        [9000, '12 tests pass'],
      ],
    );
  });

  it('is not held up by a clock that was set back', () => {
    const ahead: Pace = { shown: GOOD, shownAt: 10_000_000, checkingSince: null };
    assert.equal(paced(ahead, BAD, 5000).pace.shown.text, '1 test fails');
  });

  it('changes at most once a second and ends with what is so', () => {
    const change = fc.tuple(fc.integer({ min: 1, max: 1500 }), fc.constantFrom(IDLE, CHECKING, GOOD, BAD));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 30 }), (steps) => {
        let at = 5000;
        const changes = steps.map(([wait, status]) => [(at += wait), status] as const);
        const shown = shownOver(changes);
        for (const [index, [time]] of shown.entries()) {
          const before = shown[index - 1];
          if (before) assert.ok(time - before[0] >= 1000);
        }
        const last = changes.at(-1)?.[1].text;
        assert.equal(shown.at(-1)?.[1] ?? IDLE.text, last);
      }),
    );
  });
});
