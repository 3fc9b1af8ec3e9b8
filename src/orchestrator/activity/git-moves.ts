import path from 'node:path';
import type { Env } from '../env.ts';
import { headLogEnd, headMovesSince, indexLock, readHead, type HeadMove } from '../workspace/head-log.ts';
import type { WorkTree } from '../workspace/work-tree.ts';

/** What git does to the repository, by its own folder, which is watched and never polled. */
export interface GitMoves {
  /** Moves of HEAD since the last call; `known` is HEAD's commit as last seen. */
  take(known: string | null): Promise<readonly HeadMove[]>;
  /** Git is at work: it has the index locked. A lock that outlives the longest wait is nobody's any more. */
  isBusy(longestMs: number): boolean;
  close(): void;
}

/** One command of git gives several hints. */
const GATHER_MS = 50;

/** `hint` is called when something may have moved. Without git nothing ever does. */
export function createGitMoves(deps: {
  readonly env: Pick<Env, 'files' | 'clock'>;
  readonly tree: WorkTree;
  readonly hint: () => void;
}): GitMoves {
  const { clock, files } = deps.env;
  const { layout } = deps.tree;
  if (layout === null) return { take: async () => [], isBusy: () => false, close: () => undefined };
  const gitDir = path.dirname(layout.index);
  const stops = [gitDir, path.join(gitDir, 'logs')].map((folder) => watchIfThere(folder));
  let position = headLogEnd(gitDir);
  let named = readHead(gitDir);
  let lock: { readonly stamp: string; readonly since: number } | null = null;
  let cancel: (() => void) | null = null;

  /** Where the system has no watch left, HEAD is looked at with every other look. */
  function watchIfThere(folder: string): () => void {
    try {
      return files.watch(folder, onHint);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      return () => undefined;
    }
  }

  function onHint(): void {
    cancel ??= clock.timer(GATHER_MS, () => {
      cancel = null;
      deps.hint();
    });
  }

  return {
    async take(known) {
      const end = headLogEnd(gitDir);
      if (end !== null) {
        const moves = headMovesSince(gitDir, position ?? 0);
        position = end;
        return moves.filter(({ before, head }) => before !== head);
      }
      // Without a log there is only where HEAD is now; asking git is left out while it names the same.
      const names = readHead(gitDir);
      if (names === named && known !== null) return [];
      named = names;
      const head = await deps.tree.head();
      return head === known ? [] : [{ before: known, head, message: '' }];
    },
    isBusy(longestMs) {
      const stamp = indexLock(layout.index);
      if (stamp === null) lock = null;
      else if (lock?.stamp !== stamp) lock = { stamp, since: clock.monotonic() };
      return lock !== null && clock.monotonic() - lock.since < longestMs;
    },
    close() {
      cancel?.();
      for (const stop of stops) stop();
    },
  };
}

/** What moves of HEAD come to: commits one by one, all else together. Pure. */
export function meaningOf(moves: readonly HeadMove[]): {
  readonly commits: readonly { readonly head: string; readonly before: string | null; readonly message: string }[];
  readonly switched: { readonly head: string | null; readonly before: string | null; readonly label: string } | null;
} {
  const commits = moves.flatMap(({ head, before, message }) => {
    const said = /^commit(?: \([^)]*\))?: (.*)/.exec(message)?.[1];
    return said === undefined || head === null ? [] : [{ head, before, message: said }];
  });
  const others = moves.filter(({ message }) => !/^commit\b/.test(message));
  const [first, last] = [others[0], others.at(-1)];
  if (first === undefined || last === undefined) return { commits, switched: null };
  return { commits, switched: { head: last.head, before: first.before, label: labelOf(last) } };
}

const LABELS: readonly (readonly [RegExp, (...found: readonly string[]) => string])[] = [
  [/^checkout: moving from .* to (.*)/, (to = '') => `Switched to ${shortened(to)}`],
  [/^pull\b/, () => 'Pulled'],
  [/^merge (.*?):/, (what = '') => `Merged ${shortened(what)}`],
  [/^reset: moving to (.*)/, (to = '') => `Reset to ${shortened(to)}`],
  [/^rebase\b/, () => 'Rebased'],
  [/^cherry-pick: (.*)/, (what = '') => `Picked "${what}"`],
  [/^revert: (.*)/, (what = '') => `Reverted: ${what}`],
];

function labelOf({ message, head }: HeadMove): string {
  for (const [pattern, label] of LABELS) {
    const found = pattern.exec(message);
    if (found !== null) return label(...found.slice(1));
  }
  return `Moved to ${shortened(head ?? 'nothing')}`;
}

function shortened(name: string): string {
  return /^[0-9a-f]{40,64}$/.test(name) ? name.slice(0, 7) : name;
}
