import { fail, ok } from '../../contract/failures.ts';
import type { RunView } from '../../contract/runs.ts';
import type { Claim, Claims } from '../journal/claims.ts';
import type { JournalReader } from '../journal/journal.ts';
import { foldRun } from '../workflow/run-view.ts';
import type { RunBook } from './services.ts';

/** Reads runs from the history; a run whose owner died shows as interrupted. */
export function createRunBook({
  claims,
  reader,
}: {
  readonly claims: Claims;
  readonly reader: () => JournalReader;
}): RunBook {
  const viewOf = ({ run, session, live }: Claim): RunView | null =>
    foldRun(reader().events({ run, types: ['workflow.*'] }), { session, live });
  const notFound = (ref: string) =>
    fail('not-found', `There is no run ${ref} in this workspace. See them with: savepoint runs`);
  return {
    find(ref) {
      const claim = claims.find(ref);
      const view = claim && viewOf(claim);
      return view ? ok(view) : notFound(ref);
    },
    idOf(ref) {
      const claim = claims.find(ref);
      return claim ? ok(claim.run) : notFound(ref);
    },
    *newest(limit) {
      let given = 0;
      for (const claim of claims.list()) {
        if (given === limit) return;
        // A claim without events is of a process that died before its run began.
        const view = viewOf(claim);
        if (!view) continue;
        given++;
        yield view;
      }
    },
  };
}
