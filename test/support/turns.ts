import { setImmediate as nextTurn } from 'node:timers/promises';

/** How many turns others on the thread get until the work has ended. */
export async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let atWork = true;
  const end = work.finally(() => (atWork = false));
  while (atWork) {
    await nextTurn();
    turns++;
  }
  await end;
  return turns;
}

/** Of a clock of which each look takes a millisecond. */
export function slowMonotonic(): () => number {
  let passed = 0;
  return () => passed++;
}
