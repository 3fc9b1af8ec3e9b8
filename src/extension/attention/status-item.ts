import type { RunRow } from '../../contract/board.ts';
import type { Target } from '../../contract/target.ts';
import { OUTCOMES } from '../../contract/words.ts';

/** What the one status bar item says. */
export interface Status {
  readonly kind: StatusKind;
  /** At most five words. */
  readonly text: string;
  /** Product icon. */
  readonly icon: string;
  readonly background: 'warning' | 'error' | null;
  /** The outcome in full: heading of the hover, title of the menu. */
  readonly outcome: string;
  /** Which run, when, on what; empty where no run stands behind it. */
  readonly about: string;
  /** What a screen reader says of that: "Run 42 at 14:18". */
  readonly spoken: string;
  /** At most three. */
  readonly lines: readonly { readonly icon: string; readonly text: string }[];
  readonly links: readonly Link[];
  readonly aria: string;
  readonly run: RunRow | null;
  readonly folder: string | null;
}

export interface Link {
  readonly label: string;
  readonly command: string;
  /** Null for commands that need none. */
  readonly target: Target | null;
}

/** In this order the first that applies is shown. */
export const STATUS_KINDS = [
  'untrusted',
  'stopped',
  'needs-you',
  'restarting',
  'undoing',
  'checking',
  'retrying',
  'unfinished',
  'failing',
  'findings',
  'vacuous',
  'stale',
  'following',
  'paused',
  'unchecked',
  'good',
] as const;
export type StatusKind = (typeof STATUS_KINDS)[number];

export type Given = Pick<Status, 'kind' | 'text' | 'icon'> & Partial<Status>;

export function status(given: Given): Status {
  const outcome = given.outcome ?? given.text;
  const about = given.about ?? '';
  const spoken = given.spoken ?? about;
  return {
    background: null,
    about,
    lines: [],
    links: [],
    run: null,
    folder: null,
    ...given,
    outcome,
    spoken,
    aria: `Savepoint: ${outcome.replace(/\.$/, '')}. ${spoken === '' ? '' : `${spoken}. `}Press Enter for actions.`,
  };
}

export const NOTHING = { kind: 'unchecked', text: 'Not checked yet', icon: OUTCOMES.unchecked.icon } as const;
