import { ok, type Result } from '../../contract/failures.ts';
import { breathe } from '../breath.ts';
import type { CommittedChange, TreeState, WorkTree } from '../workspace/work-tree.ts';
import type { Content } from './file-write.ts';

/** A file that is not as it was known. */
export interface ContentChange {
  readonly path: string;
  readonly before: Content;
  readonly after: string | null;
  /** HEAD moved, and this is the content there. */
  readonly byGit: boolean;
}

/** What every file of the workspace holds as far as it was told or seen: HEAD's content, and what differs from it. */
export interface KnownContents {
  /** Looks at everything; gives what is not as it was known. The first look gives nothing: there was nothing known. */
  refresh(): Promise<Result<readonly ContentChange[]>>;
  /** Known contents; null where there is no such file. */
  of(paths: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
  /** Files that are known to be below the folder. */
  below(folder: string): Promise<readonly string[]>;
  /** Told by who wrote it, after it was asked for with `of`. */
  set(path: string, content: string | null): void;
  /** Whether there was a look: without one nothing is known. */
  isReady(): boolean;
  /** Whether HEAD, as far as it was asked for this file, holds it. */
  isCommitted(path: string): boolean;
  /** HEAD's commit at the last look. */
  head(): string | null;
  /** Files that differ from HEAD, as known. */
  differing(): readonly { readonly path: string; readonly now: string | null; readonly committed: string | null }[];
}

interface Entry {
  readonly now: string | null;
  readonly committed: string | null;
}

/** Files equal to HEAD's are only kept so that they need not be asked for again. */
const MAX_EQUAL = 20_000;

export function createKnownContents(deps: { readonly tree: WorkTree }): KnownContents {
  const { tree } = deps;
  let looked = false;
  let head: string | null = null;
  let entries = new Map<string, Entry>();

  async function refresh(): Promise<Result<readonly ContentChange[]>> {
    const state = await tree.look();
    if (!state.ok) return state;
    const next = state.value;
    const moved = looked && next.head !== head && next.head !== null;
    const commits = moved ? await tree.between(head, next.head ?? '') : [];
    await breathe();
    const changes = looked ? changesTo(entries, next, commits) : [];
    entries = new Map(next.differs);
    head = next.head;
    looked = true;
    return ok(changes);
  }

  async function load(paths: readonly string[]): Promise<void> {
    if (paths.every((path) => entries.has(path))) return;
    if (entries.size > MAX_EQUAL)
      for (const [path, { now, committed }] of entries) if (now === committed) entries.delete(path);
    const unknown = paths.filter((path) => !entries.has(path));
    const committed = await tree.committed(head, unknown);
    for (const path of unknown) {
      const id = committed.get(path) ?? null;
      entries.set(path, { now: id, committed: id });
    }
  }

  return {
    refresh,
    async of(paths) {
      await load(paths);
      return new Map(paths.map((path) => [path, entries.get(path)?.now ?? null]));
    },
    async below(folder) {
      const committed = await tree.committed(head, [folder]);
      const all = new Set([...committed.keys(), ...entries.keys()]);
      const isThere = (path: string): boolean => {
        const entry = entries.get(path);
        return (entry === undefined ? committed.get(path) : entry.now) != null;
      };
      return [...all].filter((path) => path.startsWith(`${folder}/`) && isThere(path));
    },
    set(path, content) {
      const entry = entries.get(path);
      if (entry === undefined) throw new Error(`${path} is set before it is known`);
      entries.set(path, { now: content, committed: entry.committed });
    },
    isReady: () => looked,
    isCommitted: (path) => entries.get(path)?.committed != null,
    head: () => head,
    differing: () =>
      [...entries].flatMap(([path, { now, committed }]) => (now === committed ? [] : [{ path, now, committed }])),
  };
}

/** Each file is as its entry says, else as HEAD has it; what differs between the heads tells the one from the other. */
function changesTo(
  old: ReadonlyMap<string, Entry>,
  next: TreeState,
  commits: readonly CommittedChange[],
): readonly ContentChange[] {
  const moves = new Map(commits.map((change) => [change.path, change]));
  const changes: ContentChange[] = [];
  for (const path of new Set([...old.keys(), ...next.differs.keys(), ...moves.keys()])) {
    const [was, is, move] = [old.get(path), next.differs.get(path), moves.get(path)];
    const before = was ? was.now : move ? move.before : (is?.committed ?? null);
    const after = is ? is.now : move ? move.after : (was?.committed ?? null);
    if (before !== after) changes.push({ path, before, after, byGit: move !== undefined && is === undefined });
  }
  return changes;
}
