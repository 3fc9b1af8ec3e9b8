import assert from 'node:assert/strict';
import { ownShare, type Marks, type Profile } from '../../bench/lib/own-share.ts';

const MS = 1000;
const node = (
  id: number,
  [functionName, url]: readonly [string, string],
  children: readonly number[] = [],
): Profile['nodes'][number] => ({ id, callFrame: { functionName, url }, children });
const nodes = [
  node(1, ['(root)', ''], [2, 3, 4, 7]),
  node(2, ['(idle)', '']),
  node(3, ['(garbage collector)', '']),
  node(4, ['dispatch', 'host.js'], [5]),
  node(5, ['onChange', 'own.js'], [6]),
  node(6, ['fire', 'host.js']),
  node(7, ['tick', 'host.js']),
];
/** Each sample lasts a millisecond. */
const profile = (...samples: readonly number[]): Profile => ({
  nodes,
  samples,
  startTime: 0,
  timeDeltas: samples.map((_, at) => (at === 0 ? 0 : MS)),
});
const share = (given: Profile, marks: Marks = []): ReturnType<typeof ownShare> =>
  ownShare(given, { isOwn: (url) => url === 'own.js', marks });

describe('own share of a profile', () => {
  it('counts what own code calls, and not what calls it', () => {
    const found = share(profile(2, 4, 5, 6, 6, 7, 7, 5, 2, 2));
    assert.deepEqual(found, { longest: 3, where: 'onChange', looks: 3, total: 4, busy: 7 });
  });

  it('goes on through garbage that is collected between two looks, and does not count what follows', () => {
    assert.equal(share(profile(5, 3, 3, 5, 2, 2)).longest, 4);
    assert.equal(share(profile(5, 3, 3, 7, 5, 2)).longest, 1);
  });

  it('counts what the thread computed, where something else had the core', () => {
    const long = profile(2, 5, 5, 5, 5, 5, 5, 2, 2);
    const marks: Marks = [
      [0, 0],
      [1 * MS, 100],
      [8 * MS, 100 + 2 * MS],
    ];
    assert.equal(share(long, marks).longest, 2);
    assert.equal(share(long).longest, 6);
  });
});
