import type { ActivityView, Decision } from '../../contract/activities.ts';

/**
 * Files that were edited since the newest automatic run began, and that nothing has checked or is going to: what was decided for
 * their activity started nothing, although something would have. Changed in place.
 */
export type Unchecked = Set<string>;

/** The files of activities for which something was decided. `paused`: nothing starts by itself now. */
export function applyDecided(unchecked: Unchecked, activities: readonly ActivityView[], paused: boolean): void {
  for (const { files, decisions } of activities) {
    const isLeft = isLeftOut(decisions, paused);
    for (const { path } of files)
      if (isLeft) unchecked.add(path);
      else unchecked.delete(path);
  }
}

function isLeftOut(decisions: readonly Decision[], paused: boolean): boolean {
  const has = (...kinds: readonly Decision['decision'][]): boolean =>
    decisions.some(({ decision }) => kinds.includes(decision));
  if (has('started', 'joined', 'waiting', 'cached', 'superseded')) return false;
  return (
    decisions.some(({ leftOut }) => leftOut === true) || has('over-budget', 'untrusted') || (paused && has('filtered'))
  );
}
