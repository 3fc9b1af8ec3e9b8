import { join } from 'node:path';
import type { Result } from '../../contract/failures.ts';
import { fail, ok } from '../../contract/failures.ts';
import { breathe } from '../breath.ts';
import type { StateFiles } from '../env.ts';
import { readCacheFile, writeCacheFile } from './cache-file.ts';
import { statOf } from './file-stat.ts';
import { walkFolder } from './folder-walk.ts';
import { gitComplaint, type Git } from './git-command.ts';
import { indexStamp, type GitLayout } from './git-layout.ts';
import { parseIndex, parseStatus, type GitStatus, type IndexList } from './git-parse.ts';

/** One look at the work tree: all paths relative to the workspace. */
export interface TreeLook {
  /** Sorted. */
  readonly files: readonly string[];
  /** Blob ids that git knows to be those of the work tree; the other files must be hashed. */
  readonly ids: ReadonlyMap<string, string>;
  readonly algorithm: 'sha1' | 'sha256';
  /** Null without git. */
  readonly git: { readonly head: string | null; readonly branch: string | null; readonly changes: Changes } | null;
  readonly untracked: ReadonlySet<string>;
  /** Files and folders left out, and why. */
  readonly skipped: ReadonlyMap<string, string>;
}

/** What differs from a base. */
export interface Changes {
  /** Tracked files that differ and are there. */
  readonly files: readonly string[];
  /** Files of the base that are gone, with their blob ids where known. */
  readonly deleted: ReadonlyMap<string, string | null>;
  /** New path → path at the base. */
  readonly renames: ReadonlyMap<string, string>;
}

export interface LookDeps {
  readonly root: string;
  readonly layout: GitLayout | null;
  readonly git: Git;
  readonly files: StateFiles;
  /** Where the list of the index is kept. */
  readonly cache: string;
}

const STATUS = [
  'status',
  '--porcelain=v2',
  '-z',
  '--branch',
  '--untracked-files=all',
  '--no-ahead-behind',
  '--ignore-submodules=dirty',
  '--',
  '.',
];

/** Costs one `git status`, and one `git ls-files` where the index has changed since the last look. */
export async function lookAtTree(deps: LookDeps): Promise<Result<TreeLook>> {
  if (deps.layout === null) return ok(await lookWithoutGit(deps.root));
  const running = deps.git(STATUS);
  const kept = keptIndex(deps); // while git works
  const status = await running;
  if (status.how === 'missing' || /not a git repository/.test(status.stderr))
    return ok(await lookWithoutGit(deps.root));
  if (status.exitCode !== 0) return fail('usage', cannotRead(status.stderr));
  const index = await listIndex({ ...deps, layout: deps.layout }, kept);
  if (!index.ok) return index;
  const parsed = parseStatus(status.stdout.toString('utf8'));
  await breathe();
  const combined = combine(parsed, index.value, deps.layout.prefix);
  const look = await withoutLinks(combined, deps.root);
  return look.files.length === 0 && (await isIgnoredFolder(deps)) ? ok(await lookWithoutGit(deps.root)) : ok(look);
}

/** What git does not vouch for may be a link, or (left out by a sparse checkout) not there. */
async function withoutLinks(look: TreeLook, root: string): Promise<TreeLook> {
  const gone = new Set<string>();
  for (const path of look.files) {
    const pause = breathe();
    if (pause) await pause;
    if (!look.ids.has(path) && statOf(join(root, path))?.isFile() !== true) gone.add(path);
  }
  await breathe();
  const keep = (path: string): boolean => !gone.has(path);
  return gone.size === 0
    ? look
    : { ...look, files: look.files.filter(keep), untracked: new Set([...look.untracked].filter(keep)) };
}

/** A workspace inside somebody's repository that ignores it (a home folder under git) is a folder without git. */
async function isIgnoredFolder({ git, layout }: LookDeps): Promise<boolean> {
  if (layout === null || layout.prefix === '') return false;
  const end = await git(['check-ignore', '-q', '.']);
  return end.how === 'done' && end.exitCode === 0;
}

/** How the list is kept; what another version kept is not read. */
const FORMAT = 'json-1 ';

interface KeptIndex {
  readonly stamp: string;
  readonly index: IndexList;
}

/** Kept as JSON, which is read natively: a list of thousands parsed by our own code costs a cold start several times as much. */
function keptIndex({ files, cache }: LookDeps): KeptIndex | null {
  const kept = readCacheFile(files, cache);
  if (kept?.stamp.startsWith(FORMAT) !== true) return null;
  // Its checksum vouches for the shape, which is what `listIndex` wrote.
  const { ids, blind } = JSON.parse(kept.text) as {
    readonly ids: Record<string, string>;
    readonly blind: readonly string[];
  };
  return { stamp: kept.stamp, index: { ids: new Map(Object.entries(ids)), blind } };
}

async function listIndex(
  deps: LookDeps & { readonly layout: GitLayout },
  kept: KeptIndex | null,
): Promise<Result<IndexList>> {
  const stamp = `${FORMAT}${indexStamp(deps.layout.index)} ${deps.layout.prefix}`;
  if (kept?.stamp === stamp) return ok(kept.index);
  const listed = await deps.git(['ls-files', '-s', '-v', '-z', '--', '.']);
  if (listed.how === 'missing') return fail('usage', 'git is not installed any more.');
  if (listed.exitCode !== 0) return fail('usage', cannotRead(listed.stderr));
  const index = parseIndex(listed.stdout.toString('utf8'));
  const text = JSON.stringify({ ids: Object.fromEntries(index.ids), blind: index.blind });
  writeCacheFile(deps.files, deps.cache, { stamp, text });
  return ok(index);
}

const SHA256_DIGITS = 64;

/** Installed packages that nobody ignores and nobody added are no work of the user's. */
const PACKAGES = /^(?:.*?\/)??node_modules\//;

/** Path below the workspace, or null when it is beside it. */
type Inside = (path: string) => string | null;

function combine(status: GitStatus, index: IndexList, prefix: string): TreeLook {
  const inside: Inside = (path) => (path.startsWith(prefix) ? path.slice(prefix.length) : null);
  const ids = new Map(index.ids);
  for (const { path, workTree } of status.entries) if (workTree !== '.') ids.delete(inside(path) ?? '');
  const changes = changesOf(status, inside);
  const { untracked, skipped } = outsideGit(status, inside);
  const gone = (path: string): boolean => changes.deleted.has(path) && !untracked.has(path);
  const all = new Set([...index.ids.keys(), ...index.blind, ...changes.files, ...untracked]);
  return {
    files: [...all].filter((path) => !gone(path)).sort(),
    ids,
    algorithm: index.ids.values().next().value?.length === SHA256_DIGITS ? 'sha256' : 'sha1',
    git: { head: status.head, branch: status.branch, changes },
    untracked,
    skipped,
  };
}

function changesOf(status: GitStatus, inside: Inside): Changes {
  const files: string[] = [];
  const deleted = new Map<string, string | null>();
  const renames = new Map<string, string>();
  for (const entry of status.entries) {
    const path = inside(entry.path);
    if (path === null) continue;
    if (entry.deleted) deleted.set(path, entry.headId);
    else files.push(path);
    const from = entry.renamedFrom === null ? null : inside(entry.renamedFrom);
    if (from !== null && !entry.deleted) renames.set(path, from);
  }
  return { files, deleted, renames };
}

/** What git does not track: files of the user's, and what is left out. */
function outsideGit(status: GitStatus, inside: Inside): Pick<TreeLook, 'untracked' | 'skipped'> {
  const untracked = new Set<string>();
  const skipped = new Map<string, string>();
  for (const repository of status.repositories) {
    const path = inside(repository);
    if (path !== null) skipped.set(path, 'a repository of its own');
  }
  for (const file of status.untracked) {
    const path = inside(file);
    if (path === null) continue;
    const packages = PACKAGES.exec(path)?.[0];
    if (packages === undefined) untracked.add(path);
    else skipped.set(packages, 'installed packages; name node_modules in .gitignore');
  }
  return { untracked, skipped };
}

async function lookWithoutGit(root: string): Promise<TreeLook> {
  const { files, unreadable } = await walkFolder(root);
  return {
    files: files.toSorted(),
    ids: new Map(),
    algorithm: 'sha1',
    git: null,
    untracked: new Set(),
    skipped: new Map(unreadable.map((path) => [path, 'it cannot be read'])),
  };
}

function cannotRead(stderr: string): string {
  return `git cannot read this repository: ${gitComplaint(stderr)}. Correct that, or name the files with --files.`;
}
