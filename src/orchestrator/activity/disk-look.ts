import { ok, type Result } from '../../contract/failures.ts';
import { breathe } from '../breath.ts';
import type { FileStat, OnDisk, WorkTree } from '../workspace/work-tree.ts';
import type { ContentChange, KnownContents } from './known-contents.ts';

/** A change with what the file system says of the file. */
export interface SeenChange extends ContentChange {
  readonly size: number | null;
  /** When the file was written, by the file system's clock; null where it is gone. */
  readonly mtimeMs: number | null;
}

/** Hints together: paths that may have changed, or `all` where some were lost. */
export interface Hinted {
  readonly paths: ReadonlySet<string>;
  readonly all: boolean;
  /** When the last of them came, by the wall clock, milliseconds. */
  readonly at: number;
}

/** More hints than this are one question to git instead of one for each file. */
const FEW = 200;
/** Files of a folder that came or went as a whole. */
const FOLDER_FILES = 1000;

/**
 * What hints come to: files whose content is not the known one; they are known then. What is ignored is not among them. Or `found`:
 * what a look at everything found already, with the times of the files.
 */
export async function lookAt(
  deps: { readonly tree: WorkTree; readonly known: KnownContents },
  what: { readonly hinted: Hinted | null } | { readonly found: readonly ContentChange[] },
): Promise<Result<readonly SeenChange[]>> {
  const { tree, known } = deps;
  if ('found' in what) return ok(await withTimes(tree, what.found));
  const { hinted } = what;
  if (hinted === null) return ok([]);
  const many = hinted.all || hinted.paths.size > FEW;
  if (many || !known.isReady() || tree.layout === null) return lookAtAll(deps);
  const own = await withoutIgnored(deps, [...hinted.paths]);
  const seen = new Map(await tree.onDisk(own));
  const gone = await known.of(own.filter((path) => seen.get(path)?.kind === 'none'));
  // What is known as a file was none: most of what goes are files, and each question to git takes milliseconds.
  const mayBeFolder = (path: string): boolean => gone.get(path) == null;
  const inFolders: string[] = [];
  for (const [path, { kind }] of seen) {
    if (kind === 'folder') {
      const files = await tree.below(path, FOLDER_FILES);
      if (files === null) return lookAtAll(deps);
      inFolders.push(...files);
    }
    if (kind === 'folder' || (kind === 'none' && mayBeFolder(path))) inFolders.push(...(await known.below(path)));
  }
  const more = inFolders.filter((path) => !seen.has(path));
  if (more.length > FOLDER_FILES) return lookAtAll(deps);
  for (const [path, found] of await tree.onDisk(await withoutIgnored(deps, more))) seen.set(path, found);
  return ok(await differing(known, seen));
}

async function lookAtAll(deps: {
  readonly tree: WorkTree;
  readonly known: KnownContents;
}): Promise<Result<readonly SeenChange[]>> {
  const changes = await deps.known.refresh();
  return changes.ok ? ok(await withTimes(deps.tree, changes.value)) : changes;
}

async function withTimes(tree: WorkTree, changes: readonly ContentChange[]): Promise<readonly SeenChange[]> {
  const stats = await tree.stats(changes.map(({ path }) => path));
  await breathe();
  return changes.map((change) => ({ ...change, ...timesOf(stats.get(change.path)) }));
}

async function differing(known: KnownContents, seen: ReadonlyMap<string, OnDisk>): Promise<readonly SeenChange[]> {
  const files = [...seen].filter(([, { kind }]) => kind !== 'folder');
  const before = await known.of(files.map(([path]) => path));
  return files.flatMap(([path, found]) => {
    const after = found.kind === 'file' ? found.id : null;
    const was = before.get(path) ?? null;
    if (was === after) return [];
    known.set(path, after);
    return [{ path, before: was, after, byGit: false, ...timesOf(found.kind === 'file' ? found : undefined) }];
  });
}

function timesOf(stat: FileStat | undefined): Pick<SeenChange, 'size' | 'mtimeMs'> {
  return { size: stat?.size ?? null, mtimeMs: stat?.mtimeMs ?? null };
}

async function withoutIgnored(
  { tree, known }: { readonly tree: WorkTree; readonly known: KnownContents },
  paths: readonly string[],
): Promise<readonly string[]> {
  const ignored = await tree.ignored(paths, (path) => known.isCommitted(path));
  return paths.filter((path) => !ignored.has(path));
}
