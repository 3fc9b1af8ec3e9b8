import type { Decision } from '../../contract/activities.ts';
import { ok, type Result } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { Clock } from '../env.ts';
import type { Journal } from '../journal/journal.ts';
import type { Verdict } from './decide-triggers.ts';

/** Where decisions are kept: an `activity.decided` event for what was decided at once. */
export interface DecisionLog {
  /** Resolves with the decisions when they are stored. `event`: the id of the save or commit, where it is for one. */
  store(of: DecidedFor, verdicts: readonly Verdict[]): Promise<Result<readonly Decision[]>>;
}

export interface DecidedFor {
  /** Ids. */
  readonly activities: readonly string[];
  readonly event?: string | undefined;
}

export function createDecisionLog(deps: { readonly journal: Journal; readonly clock: Clock }): DecisionLog {
  return {
    async store({ activities, event }, verdicts) {
      if (verdicts.length === 0) return ok([]);
      const at = new Date(deps.clock.now()).toISOString();
      const decisions = verdicts.map((one): Decision => ({ ...one, at }));
      const data = {
        activity: [...activities],
        // Decisions are plain JSON by their type, which an index signature cannot say of an interface.
        decisions: decisions as unknown as JsonObject[],
        ...(event === undefined ? {} : { event }),
      };
      const stored = await deps.journal.append([{ source: 'savepoint/activity', type: 'activity.decided', data }]);
      return stored.ok ? ok(decisions) : stored;
    },
  };
}
