import assert from 'node:assert/strict';
import { createHints, HINTS_AT_ONCE, MAX_HINTS } from '../../../src/extension/edits/hints.ts';
import { createKeptWrites, MAX_WRITES } from '../../../src/extension/edits/kept-writes.ts';
import { proves } from '../../requirements.ts';

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
    kept.keep({ writes: [write(1), write(2)], lost: 0 });
    kept.keep({ writes: [write(1)], lost: 0 });
    assert.deepEqual(kept.take(), { writes: [write(1), write(2), write(1)], lost: 0 });
    assert.deepEqual(kept.take(), { writes: [], lost: 0 });
    kept.keep({ writes: Array.from({ length: MAX_WRITES - 1 }, (_, n) => write(n)), lost: 0 });
    kept.keep({ writes: [write(1), write(2), write(3)], lost: 4 });
    const taken = kept.take();
    assert.equal(taken.writes.length, MAX_WRITES);
    assert.equal(taken.lost, 6);
  });
});
