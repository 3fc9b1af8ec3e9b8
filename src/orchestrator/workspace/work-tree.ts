import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail, ok, type Result } from '../../contract/failures.ts';
import { breathe } from '../breath.ts';
import type { HostFacts, StateFiles } from '../env.ts';
import { createContentIds } from './content-ids.ts';
import { statOf } from './file-stat.ts';
import { walkFolder } from './folder-walk.ts';
import { createGit, gitComplaint, type Git, type GitEnd, type RunGit } from './git-command.ts';
import { findGit, type GitLayout } from './git-layout.ts';
import { createIgnoredPaths } from './ignored-paths.ts';
import { parseRawDiff, parseStatus } from './git-parse.ts';

/**
 * The user's files as somebody needs them who watches them change: what differs from HEAD, which contents a few paths have, what
 * is ignored. Paths are relative to the root with `/`. Only reads. Failures are `usage`: git refuses this repository.
 */
export interface WorkTree {
  /** Absolute, real path. */
  readonly root: string;
  /** Null without git. */
  readonly layout: GitLayout | null;
  /** Everything that differs from HEAD, by one `git status`; without git every file. */
  look(): Promise<Result<TreeState>>;
  /** Ids at the commit of these files, and of all files below those of them that are folders. */
  committed(head: string | null, paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /**
   * Those that .gitignore names, that are installed packages, or that belong to a repository of their own. `isCommitted`: HEAD is
   * known to hold the file, so git, which costs a process, is not asked whether it is ignored.
   */
  ignored(paths: readonly string[], isCommitted: (path: string) => boolean): Promise<ReadonlySet<string>>;
  /** Sizes and times of those that are files, without reading them. */
  stats(paths: readonly string[]): Promise<ReadonlyMap<string, FileStat>>;
  /** What is on disk now. */
  onDisk(paths: readonly string[]): Promise<ReadonlyMap<string, OnDisk>>;
  /** Files below the folder, unless they are more than `limit`: then null. */
  below(folder: string, limit: number): Promise<readonly string[] | null>;
  /** What differs between two commits, in this workspace. */
  between(before: string | null, head: string): Promise<readonly CommittedChange[]>;
  /** The commit of HEAD, asked of git; null before the first commit, and without git. */
  head(): Promise<string | null>;
}

export interface TreeState {
  readonly head: string | null;
  /** What differs from HEAD (without git: every file): its content id now and at HEAD, null where there is none. */
  readonly differs: ReadonlyMap<string, { readonly now: string | null; readonly committed: string | null }>;
}

export interface FileStat {
  readonly size: number;
  readonly mtimeMs: number;
}

export type OnDisk =
  | (FileStat & { readonly kind: 'file'; readonly id: string })
  | { readonly kind: 'folder' }
  /** Nothing there, or nothing that is a file of the user's: a link, a socket. */
  | { readonly kind: 'none' };

export interface CommittedChange {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** The tree without a file, which every repository knows by these ids. */
const EMPTY_TREE = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};
const SHA256_DIGITS = 64;
/** Paths in one command line. */
const ARGS = 500;
const PACKAGES = /(?:^|\/)node_modules(?:\/|$)/;
const STATUS = [
  ...['status', '--porcelain=v2', '-z', '--branch', '--untracked-files=all'],
  ...['--no-ahead-behind', '--no-renames', '--ignore-submodules=dirty', '--', '.'],
];

/** Throws when the root is not there. Asks git once whether the folder is its repository's. */
export async function createWorkTree(deps: {
  readonly root: string;
  readonly stateDir: string;
  readonly files: StateFiles;
  readonly host: HostFacts;
  /** Default: by this thread. */
  readonly runGit?: RunGit;
}): Promise<WorkTree> {
  const root = realpathSync(deps.root);
  const git = createGit({ cwd: root, env: deps.host.env, run: deps.runGit });
  const layout = await ownLayout(root, git);
  const contents = createContentIds({
    root,
    files: deps.files,
    cache: join(deps.stateDir, 'workspace', 'watched-ids'),
  });
  const asked = layout === null ? null : createIgnoredPaths({ root, layout, git, env: deps.host.env });
  let algorithm: 'sha1' | 'sha256' = 'sha1';

  return { root, layout, look, committed, ignored, stats, onDisk, below, between, head };

  async function look(): Promise<Result<TreeState>> {
    if (layout === null) {
      const ids = await contents.of((await walkFolder(root)).files, algorithm);
      return ok({ head: null, differs: new Map([...ids].map(([path, now]) => [path, { now, committed: null }])) });
    }
    const status = await git(STATUS);
    if (status.how === 'missing' || status.exitCode !== 0) return refused(status);
    await breathe();
    const { head: commit, entries, untracked } = parseStatus(status.stdout.toString('utf8'));
    await breathe();
    if (commit !== null) algorithm = commit.length === SHA256_DIGITS ? 'sha256' : 'sha1';
    const committedIds = new Map<string, string | null>();
    for (const path of untracked) committedIds.set(path, null);
    for (const { path, headId } of entries) committedIds.set(path, headId);
    const found = [...committedIds].flatMap(([path, id]) => inside(path).map((own) => [own, id] as const));
    const kept = found.filter(([path]) => !PACKAGES.test(path));
    const ids = await contents.of(
      kept.map(([path]) => path),
      algorithm,
    );
    await breathe();
    return ok({
      head: commit,
      differs: new Map(kept.map(([path, id]) => [path, { now: ids.get(path) ?? null, committed: id }])),
    });
  }

  function inside(path: string): readonly string[] {
    const prefix = layout?.prefix ?? '';
    return path.startsWith(prefix) ? [path.slice(prefix.length)] : [];
  }

  async function committed(commit: string | null, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const ids = new Map<string, string>();
    if (commit === null || layout === null) return ids;
    for (const some of chunks(paths)) {
      const end = await git(['ls-tree', '-r', '-z', commit, '--', ...some]);
      if (end.how === 'missing' || end.exitCode !== 0) continue;
      for (const record of end.stdout.toString('utf8').split('\0')) {
        const [, id, path] = /^100\d{3} blob ([0-9a-f]+)\t(.+)$/s.exec(record) ?? [];
        if (id !== undefined && path !== undefined) ids.set(path, id);
      }
    }
    return ids;
  }

  async function ignored(
    paths: readonly string[],
    isCommitted: (path: string) => boolean,
  ): Promise<ReadonlySet<string>> {
    const nested = nestedRepositories(root);
    const foreign = paths.filter((path) => PACKAGES.test(path) || nested(path));
    const left = new Set(foreign);
    const own = paths.filter((path) => !left.has(path) && !isCommitted(path));
    if (asked === null) return left;
    for (const path of await asked.of(own)) left.add(path);
    return left;
  }

  async function stats(paths: readonly string[]): Promise<ReadonlyMap<string, FileStat>> {
    const found = new Map<string, FileStat>();
    for (const path of paths) {
      const stat = statOf(join(root, path));
      if (stat?.isFile() === true) found.set(path, { size: stat.size, mtimeMs: stat.mtimeMs });
      const pause = breathe();
      if (pause) await pause;
    }
    return found;
  }

  async function onDisk(paths: readonly string[]): Promise<ReadonlyMap<string, OnDisk>> {
    const found = new Map<string, OnDisk>();
    const files: { readonly path: string; readonly size: number; readonly mtimeMs: number }[] = [];
    for (const path of paths) {
      const stat = statOf(join(root, path));
      found.set(path, stat?.isDirectory() === true ? { kind: 'folder' } : { kind: 'none' });
      if (stat?.isFile() === true) files.push({ path, size: stat.size, mtimeMs: stat.mtimeMs });
      const pause = breathe();
      if (pause) await pause;
    }
    const ids = await contents.of(
      files.map(({ path }) => path),
      algorithm,
    );
    for (const { path, size, mtimeMs } of files) {
      const id = ids.get(path);
      if (id !== undefined) found.set(path, { kind: 'file', id, size, mtimeMs });
    }
    return found;
  }

  async function below(folder: string, limit: number): Promise<readonly string[] | null> {
    const { files } = await walkFolder(join(root, folder), { limit });
    return files.length > limit ? null : files.map((file) => `${folder}/${file}`);
  }

  async function between(before: string | null, commit: string): Promise<readonly CommittedChange[]> {
    const from = before ?? EMPTY_TREE[algorithm];
    const end = await git([
      'diff-tree',
      '-r',
      '--raw',
      '-z',
      '--no-renames',
      '--no-abbrev',
      '--relative',
      from,
      commit,
    ]);
    if (end.how === 'missing' || end.exitCode !== 0) return [];
    return parseRawDiff(end.stdout.toString('utf8')).map(({ path, baseId, id }) => ({
      path,
      before: baseId,
      after: id,
    }));
  }

  async function head(): Promise<string | null> {
    if (layout === null) return null;
    const end = await git(['rev-parse', '-q', '--verify', 'HEAD']);
    return end.how === 'done' && end.exitCode === 0 ? end.stdout.toString('utf8').trim() : null;
  }
}

/** Without git installed, or inside somebody's repository that ignores it (a home folder under git), it is a folder without git. */
async function ownLayout(root: string, git: Git): Promise<GitLayout | null> {
  const layout = findGit(root);
  if (layout === null) return null;
  const end = await git(['check-ignore', '-q', '.']);
  return end.how === 'missing' || end.exitCode === 0 ? null : layout;
}

function refused(end: GitEnd): Result<never> {
  if (end.how === 'missing') return fail('usage', 'git is not installed any more, so changes of files are not seen.');
  return fail('usage', `git cannot read this repository: ${gitComplaint(end.stderr)}. Changes of files are not seen.`);
}

/** Whether a path lies in a repository below the root: a submodule, or one that nobody added. */
function nestedRepositories(root: string): (path: string) => boolean {
  const known = new Map<string, boolean>([['.', false]]);
  const isNested = (folder: string): boolean => {
    const found = known.get(folder) ?? (existsSync(join(root, folder, '.git')) || isNested(dirname(folder)));
    known.set(folder, found);
    return found;
  };
  return (path) => isNested(dirname(path));
}

function* chunks(paths: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < paths.length; at += ARGS) yield paths.slice(at, at + ARGS);
}
