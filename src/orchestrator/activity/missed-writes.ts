import type { WorkTree } from '../workspace/work-tree.ts';
import type { SeenChange } from './disk-look.ts';
import type { KnownContents } from './known-contents.ts';
import type { Recovered } from './recover.ts';

/**
 * What was written while nobody led: files of open activities that hold something else than their last event said, and files that
 * were written since `since` (by the wall clock, milliseconds) and that no event tells of.
 */
export async function missedWrites(
  deps: { readonly tree: WorkTree; readonly known: KnownContents },
  { past, since }: { readonly past: Recovered; readonly since: number },
): Promise<readonly SeenChange[]> {
  const inOpen = new Set(past.open.flatMap(({ paths }) => [...paths.keys()]));
  const committed = new Map(deps.known.differing().map((file) => [file.path, file.committed]));
  const paths = [...new Set([...committed.keys(), ...inOpen])];
  const now = await deps.known.of(paths);
  const stats = await deps.tree.stats(paths);
  return paths.flatMap((path) => {
    const after = now.get(path) ?? null;
    const told = past.contents.has(path) ? past.contents.get(path) : (committed.get(path) ?? null);
    const file = stats.get(path);
    const fresh = file !== undefined && file.mtimeMs >= since;
    if (told === undefined || told === after || !(fresh || inOpen.has(path))) return [];
    return [{ path, before: told, after, byGit: false, size: file?.size ?? null, mtimeMs: file?.mtimeMs ?? null }];
  });
}
