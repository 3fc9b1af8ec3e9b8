import { countWords } from '../../contract/words.ts';
import type { Target } from '../../contract/target.ts';
import { cannotWork, whyReadOnly, type FolderFacts } from '../folder-facts.ts';

/** The only reasons to interrupt a person, gravest first. */
export const NOTICE_KINDS = ['cannot-work', 'needs-you', 'commands'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

export interface Notice {
  readonly kind: NoticeKind;
  /** What it is about: the same is told once. */
  readonly key: string;
  readonly message: string;
  readonly button: string;
  readonly command: string;
  readonly target: Target;
}

/** What would be told now. A run or a command is told by the window that does the work, not by each of them. */
export function noticesOf(folders: readonly FolderFacts[]): readonly Notice[] {
  const all = folders.flatMap((folder) => [
    ...cannotWorkNotices(folder),
    ...runNotices(folder),
    ...commandNotices(folder),
  ]);
  return all
    .map((notice) => ({ ...notice, message: withoutLinks(notice.message) }))
    .toSorted((a, b) => NOTICE_KINDS.indexOf(a.kind) - NOTICE_KINDS.indexOf(b.kind));
}

/** VS Code makes links of `[words](command:…)` in a notification: a folder must not name itself so. */
const withoutLinks = (text: string): string => text.replaceAll('](', '] (');

function cannotWorkNotices({ uri, state, board }: FolderFacts): readonly Notice[] {
  const target = { folder: uri };
  const notice = { kind: 'cannot-work', button: 'Show What Happened', target } as const;
  if (state.kind === 'stopped') {
    const message = `Savepoint stopped itself: its worker ended ${countWords(state.endings, 'time')} in 10 minutes. Nothing is lost.`;
    return [{ ...notice, key: `stopped ${uri} ${state.at}`, message, command: 'savepoint.showOutput' }];
  }
  if (board === null || !cannotWork(board)) return [];
  const message = `Savepoint cannot write to disk: ${whyReadOnly(board)}. Checks are stopped, nothing is lost.`;
  return [{ ...notice, key: `disk ${uri}`, message, command: 'savepoint.doctor' }];
}

function runNotices({ uri, state, board }: FolderFacts): readonly Notice[] {
  if (state.kind !== 'ready' || board?.role !== 'leader') return [];
  return board.runs
    .filter(({ status }) => status === 'waiting')
    .map(({ run, number, workflow, needsDecision }) => ({
      kind: 'needs-you',
      key: run,
      message: `Run ${number} needs you: ${needsDecision?.question ?? workflow}`,
      button: 'Open Run',
      command: 'savepoint.openRun',
      target: { folder: uri, run, workflow },
    }));
}

function commandNotices({ uri, state, board }: FolderFacts): readonly Notice[] {
  if (state.kind !== 'ready' || board?.role !== 'leader' || board.unapproved.length === 0) return [];
  const agents = [...new Set(board.unapproved.map(({ agent }) => agent))];
  const count = board.unapproved.length;
  return [
    {
      kind: 'commands',
      key: `${uri} ${agents.join(' ')}`,
      message: `This folder asks to start ${countWords(count, 'command')} of its own (${agents.slice(0, 5).join(', ')}). ${count === 1 ? 'It has' : 'They have'} not been started.`,
      button: 'Show Commands',
      command: 'savepoint.showCommands',
      target: { folder: uri },
    },
  ];
}

/** The same kind at most so often. Milliseconds. */
const QUIET_MS = 30 * 60_000;

/** What was told so far. */
export interface Told {
  /** When each kind was told last, milliseconds since 1970. */
  readonly at: Readonly<Partial<Record<NoticeKind, number>>>;
  readonly keys: ReadonlySet<string>;
  /** One stands on the screen. */
  readonly open: boolean;
}

export const TOLD_NOTHING: Told = { at: {}, keys: new Set(), open: false };

/** The notice to show now, if any; else when to ask again, null where only a change brings something new. */
export function nextNotice(
  notices: readonly Notice[],
  { told, muted, now }: { readonly told: Told; readonly muted: ReadonlySet<NoticeKind>; readonly now: number },
): { readonly notice: Notice | null; readonly againAt: number | null } {
  if (told.open) return { notice: null, againAt: null };
  const wanted = notices.filter(({ kind, key }) => !muted.has(kind) && !told.keys.has(key));
  const freeAt = ({ kind }: Notice): number => {
    const last = told.at[kind];
    // A clock that was set back does not make it wait for longer.
    return last === undefined || last > now ? now : last + QUIET_MS;
  };
  const notice = wanted.find((one) => freeAt(one) <= now) ?? null;
  const againAt = notice === null && wanted.length > 0 ? Math.min(...wanted.map(freeAt)) : null;
  return { notice, againAt };
}

export const afterShowing = (told: Told, { kind, key }: Notice, now: number): Told => ({
  at: { ...told.at, [kind]: now },
  keys: new Set([...told.keys, key]),
  open: true,
});
