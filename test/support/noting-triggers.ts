import { ok } from '../../src/contract/failures.ts';
import type { LiveRun, SettledBurst, Triggers } from '../../src/orchestrator/activity/api.ts';

/** Starts nothing and notes what it was asked about. */
export interface NotingTriggers extends Triggers {
  readonly bursts: SettledBurst[];
  readonly saves: Parameters<Triggers['saved']>[0][];
  readonly commits: Parameters<Triggers['committed']>[0][];
  /** Runs that it says are at work. */
  readonly atWork: LiveRun[];
}

export function createNotingTriggers(): NotingTriggers {
  const bursts: NotingTriggers['bursts'] = [];
  const saves: NotingTriggers['saves'] = [];
  const commits: NotingTriggers['commits'] = [];
  const atWork: NotingTriggers['atWork'] = [];
  return {
    ...{ bursts, saves, commits, atWork },
    async settled(burst) {
      bursts.push(burst);
      return ok([]);
    },
    foresee: async () => false,
    async saved(save) {
      saves.push(save);
      return ok([]);
    },
    async committed(commit) {
      commits.push(commit);
      return ok([]);
    },
    live: () => atWork,
    again: async () => ok(null),
    start: async () => ok(null),
    close: () => undefined,
  };
}
