import type { ActivityView } from '../../contract/activities.ts';

/** What decides whether tests that run continuously run again. Times in milliseconds since 1970. */
export interface Continuous {
  /** When they ran last; `to` is null while they do. */
  readonly last: { readonly from: number; readonly to: number | null } | null;
  /** How often in a row they followed from what they may have written themselves. */
  readonly hops: number;
}

export const NEVER_RAN: Continuous = { last: null, hops: 0 };

/** As for workflows (savepoint.maxHops): a test that writes a file into the folder must not run for ever. */
const MAX_HOPS = 3;
/** What was written at the very end is seen so much later. */
const SEEN_WITHIN_MS = 2000;

/** After edits settled: whether the tests run again. What git did by itself starts nothing. */
export function afterEdits(
  { last, hops }: Continuous,
  settled: readonly Pick<ActivityView, 'origin' | 'startedAt'>[],
): { readonly runs: boolean; readonly hops: number } {
  const edits = settled.filter(({ origin }) => origin !== 'git');
  if (edits.length === 0) return { runs: false, hops };
  const mayBeOwn = ({ origin, startedAt }: (typeof edits)[number]): boolean =>
    origin !== 'human' &&
    last !== null &&
    Date.parse(startedAt) >= last.from &&
    (last.to === null || Date.parse(startedAt) <= last.to + SEEN_WITHIN_MS);
  if (!edits.every(mayBeOwn)) return { runs: true, hops: 0 };
  return { runs: hops < MAX_HOPS, hops: hops + 1 };
}
