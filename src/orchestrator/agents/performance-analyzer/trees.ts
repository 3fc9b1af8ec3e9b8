import { constants } from 'node:fs';
import { copyFile, cp, lstat, mkdir, readdir, realpath, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Processes, ProcessEnd } from '../../process/processes.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/** Two copies of the workspace, alike but for the change, each with the workspace's installed packages. */
export interface Trees {
  /** Absolute. */
  readonly base: string;
  readonly change: string;
}

export interface TreeRequest {
  readonly workspace: Workspace;
  readonly processes: Processes;
  readonly signal: AbortSignal;
  /** Absolute; emptied first. Whoever calls holds the exclusive slot, so nobody else uses it. */
  readonly folder: string;
  readonly revision: string;
  /** Files that differ from the revision, deleted ones left out. */
  readonly differing: readonly string[];
  /** Files taken as they are now on both sides: a benchmark must ask both the same. */
  readonly shared: readonly string[];
}

/**
 * Measuring happens in copies: both sides then differ in nothing but the change, edits meanwhile disturb nothing, and what a
 * benchmark writes stays out of the workspace. Returns the failed command when git or tar fails.
 */
export async function makeTrees(request: TreeRequest): Promise<Trees | ProcessEnd> {
  const { workspace, folder, differing } = request;
  const trees: Trees = { base: join(folder, 'base'), change: join(folder, 'change') };
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  await mkdir(trees.base, { recursive: true, mode: 0o700 });
  const failed = await extract(request, trees.base);
  if (failed !== null) return failed;
  const now = await workspace.files();
  const differs = new Set(differing);
  await completeUnchanged(
    workspace.root,
    trees.base,
    now.filter((file) => !differs.has(file)),
  );
  await cp(trees.base, trees.change, { recursive: true, mode: constants.COPYFILE_FICLONE, verbatimSymlinks: true });
  await removeGone(trees.change, new Set(now));
  await copyInto(workspace.root, trees.change, differing);
  await copyInto(workspace.root, trees.base, request.shared);
  for (const tree of [trees.base, trees.change]) await linkPackages(workspace.root, tree, now);
  return trees;
}

async function extract(request: TreeRequest, into: string): Promise<ProcessEnd | null> {
  const archive = join(request.folder, 'base.tar');
  const run = (argv: readonly string[]): Promise<ProcessEnd> =>
    request.processes.run({
      argv,
      cwd: request.workspace.root,
      environment: 'tool',
      extraEnv: { GIT_OPTIONAL_LOCKS: '0' },
      signal: request.signal,
    });
  // In a folder below the git root, archive takes that folder only, with paths relative to it.
  for (const argv of [
    ['git', 'archive', '--format=tar', `--output=${archive}`, request.revision],
    ['tar', '-xf', archive, '-C', into],
  ]) {
    const end = await run(argv);
    if (end.how !== 'exit' || end.exitCode !== 0) return end;
  }
  await rm(archive, { force: true });
  return null;
}

/** `git archive` leaves out what .gitattributes marks export-ignore, often tests and benchmarks. */
async function completeUnchanged(root: string, tree: string, unchanged: readonly string[]): Promise<void> {
  const there = new Set(await filesBelow(tree));
  await copyInto(
    root,
    tree,
    unchanged.filter((file) => !there.has(file)),
  );
}

async function removeGone(tree: string, now: ReadonlySet<string>): Promise<void> {
  for (const file of await filesBelow(tree)) {
    if (now.has(file)) continue;
    const path = join(tree, file);
    // Links are in no list of files: they stay.
    if ((await lstat(path)).isFile()) await rm(path);
  }
}

async function filesBelow(tree: string): Promise<readonly string[]> {
  const entries = await readdir(tree, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(tree, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

async function copyInto(root: string, tree: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const to = join(tree, file);
    await mkdir(dirname(to), { recursive: true });
    await copyFile(join(root, file), to, constants.COPYFILE_FICLONE);
  }
}

/** Links every node_modules beside a package.json. Links in it that lead to packages of the workspace lead to the tree's own. */
async function linkPackages(root: string, tree: string, files: readonly string[]): Promise<void> {
  const folders = files.filter((file) => /(?:^|\/)package\.json$/.test(file)).map((file) => dirname(file));
  for (const folder of folders) {
    const from = join(root, folder, 'node_modules');
    if ((await lstat(from).catch(absent)) !== null)
      await linkEntries({ root, tree, from, to: join(tree, folder, 'node_modules') });
  }
}

interface Links {
  readonly root: string;
  readonly tree: string;
  readonly from: string;
  readonly to: string;
}

async function linkEntries({ root, tree, from, to }: Links): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.name.startsWith('@') && entry.isDirectory()) await linkEntries({ root, tree, from: source, to: target });
    else await symlink(await targetOf({ root, tree, source }), target);
  }
}

async function targetOf({ root, tree, source }: { root: string; tree: string; source: string }): Promise<string> {
  const real = await realpath(source).catch(absent);
  if (real === null) return source;
  const inside = relative(root, real);
  const isOwnPackage = !inside.startsWith('..') && !inside.split(sep).includes('node_modules');
  return isOwnPackage ? join(tree, inside) : real;
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}
