import type { Occasion, Verdict } from './decide-triggers.ts';

/** Edits for which something would have started but for what passes: a pause, the budget, memory, a missing approval. */
export interface Held {
  /** Keeps what the verdicts hold of an occasion of edits; of others nothing is expected later. */
  keep(occasion: Occasion, verdicts: readonly Verdict[]): void;
  /** Takes all of it, to be decided anew: for every workflow (`null`) or one, what was held in sum. */
  take(): readonly HeldOccasion[];
  isEmpty(): boolean;
}

export interface HeldOccasion {
  readonly workflow: string | null;
  readonly occasion: Occasion;
}

/** Held in sum for one workflow: with more, the rest is only counted on, and everything that differs from HEAD is looked at. */
const MAX_ACTIVITIES = 500;
const MAX_FILES = 10_000;

export function createHeld(): Held {
  let held = new Map<string, HeldOccasion>();
  return {
    keep(occasion, verdicts) {
      if (occasion.kind !== 'activity' && occasion.kind !== 'save') return;
      for (const { workflow, held: isHeld } of verdicts) {
        if (isHeld !== true) continue;
        const key = JSON.stringify([occasion.kind, workflow]);
        const before = held.get(key)?.occasion;
        held.set(key, { workflow, occasion: before === undefined ? occasion : both(before, occasion) });
      }
    },
    take() {
      const all = [...held.values()];
      held = new Map();
      return all;
    },
    isEmpty: () => held.size === 0,
  };
}

/** As one activity after the other: the newer change of a file counts. Only where a run led to all of it, it is that run's doing. */
function both(before: Occasion, after: Occasion): Occasion {
  const files = new Map([...before.files, ...after.files].map((file) => [file.path, file]));
  const activities = [...before.activities, ...after.activities];
  const isMuch = activities.length > MAX_ACTIVITIES || files.size > MAX_FILES;
  return {
    kind: after.kind,
    activities: activities.slice(-MAX_ACTIVITIES),
    files: [...files.values()].slice(-MAX_FILES),
    lineage: before.lineage === null ? null : after.lineage,
    everything: isMuch || before.everything === true || after.everything === true,
  };
}
