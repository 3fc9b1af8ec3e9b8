import type { Random } from '../../src/orchestrator/env.ts';
import type { Survival } from '../support/simulated-disk.ts';

/** Up to so many unsynced pieces, every subset is tried. */
const ALL_SUBSETS_UP_TO = 4;
const RANDOM_SUBSETS = 4;

/** Ways in which a crash may treat so many unsynced pieces: every subset of few; of many the telling ones and some at random. */
export function* survivals(pieces: number, random: Random): Generator<Survival, void, undefined> {
  if (pieces <= ALL_SUBSETS_UP_TO) {
    for (let subset = 0; subset < 2 ** pieces; subset++) yield byIndex((index) => (subset & (1 << index)) !== 0);
    return;
  }
  yield () => false;
  yield () => true;
  const cut = Math.floor(random.float() * pieces);
  yield byIndex((index) => index < cut);
  yield byIndex((index) => index >= cut);
  yield byIndex((index) => index !== cut);
  yield byIndex((index) => index === cut);
  for (let count = 0; count < RANDOM_SUBSETS; count++) {
    const share = random.float();
    yield () => random.float() < share;
  }
}

function byIndex(survives: (index: number) => boolean): Survival {
  let index = 0;
  return () => survives(index++);
}
