import type { Status } from './status-item.ts';

/** A run must have lasted so long before it is said to be checking: most end before an eye could follow. Milliseconds. */
const CHECKING_AFTER_MS = 400;
/** What is shown stays at least so long: the item changes at most once a second. */
const SHOWN_AT_LEAST_MS = 1000;

export interface Pace {
  readonly shown: Status;
  /** Milliseconds since 1970. */
  readonly shownAt: number;
  /** Since when it would have been checking; null while nothing runs. */
  readonly checkingSince: number | null;
}

export interface Paced {
  readonly pace: Pace;
  /** When to ask again though nothing changed; null when nothing is held back. */
  readonly againAt: number | null;
}

/** What to show of what is so now. */
export function paced(before: Pace, wanted: Status, now: number): Paced {
  const checking = wanted.kind === 'checking';
  const checkingSince = checking ? (before.checkingSince ?? now) : null;
  const kept: Pace = { ...before, checkingSince };
  const wait = Math.max(
    checking && before.shown.kind !== 'checking' ? (checkingSince ?? now) + CHECKING_AFTER_MS : now,
    before.shown.text === wanted.text && before.shown.icon === wanted.icon ? now : before.shownAt + SHOWN_AT_LEAST_MS,
  );
  // A clock that was set back must not hold the item for hours.
  if (wait > now && before.shownAt <= now) return { pace: kept, againAt: wait };
  const same = before.shown.text === wanted.text && before.shown.icon === wanted.icon;
  return { pace: { shown: wanted, shownAt: same ? before.shownAt : now, checkingSince }, againAt: null };
}
