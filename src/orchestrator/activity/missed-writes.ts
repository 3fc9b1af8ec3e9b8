import type { WorkTree } from '../workspace/work-tree.ts';
import type { SeenChange } from './disk-look.ts';
import type { KnownContents } from './known-contents.ts';
import type { Recovered } from './recover.ts';

export interface MissedWrites {
  /** Files of open activities that hold something else than their last event said. */
  readonly seen: readonly SeenChange[];
  /** Files written since, known as they were: whose write it is, an editor may tell in a moment. */
  readonly fresh: readonly string[];
  /** Files written earlier that no event tells of, with what was last known of them: nobody says when, unless a save does. */
  readonly untold: ReadonlyMap<string, string | null>;
}

/** What was written while nobody led. `since`: by the wall clock, milliseconds. */
export async function missedWrites(
  deps: { readonly tree: WorkTree; readonly known: KnownContents },
  { past, since }: { readonly past: Recovered; readonly since: number },
): Promise<MissedWrites> {
  const inOpen = new Set(past.open.flatMap(({ paths }) => [...paths.keys()]));
  const committed = new Map(deps.known.differing().map((file) => [file.path, file.committed]));
  const paths = [...new Set([...committed.keys(), ...inOpen])];
  const now = await deps.known.of(paths);
  const stats = await deps.tree.stats(paths);
  const untold = new Map<string, string | null>();
  const fresh: string[] = [];
  const seen = paths.flatMap((path) => {
    const after = now.get(path) ?? null;
    const told = past.contents.has(path) ? past.contents.get(path) : (committed.get(path) ?? null);
    const file = stats.get(path);
    if (told === undefined || told === after) return [];
    if (!inOpen.has(path)) {
      if (file === undefined || file.mtimeMs < since) untold.set(path, told);
      else {
        deps.known.set(path, told);
        fresh.push(path);
      }
      return [];
    }
    return [{ path, before: told, after, byGit: false, size: file?.size ?? null, mtimeMs: file?.mtimeMs ?? null }];
  });
  return { seen, fresh, untold };
}
