import { realpathSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Scope } from '../../contract/agents.ts';
import { fail, ok, type Result } from '../../contract/failures.ts';
import { breathe } from '../breath.ts';
import type { HostFacts, StateFiles } from '../env.ts';
import { createBaseReader } from './base-reader.ts';
import { createContentIds } from './content-ids.ts';
import { createDismissals } from './dismissals.ts';
import { createGit, type RunGit } from './git-command.ts';
import { findGit } from './git-layout.ts';
import { lookAtTree, type Changes, type TreeLook } from './look.ts';
import { resolveNamedFiles } from './named-files.ts';
import { readText } from './text-file.ts';
import type { GitFacts, LineRanges, Look, ScopeRequest, Workspace } from './workspace.ts';

export interface WorkspaceDeps {
  /** An existing folder. */
  readonly root: string;
  readonly stateDir: string;
  readonly files: StateFiles;
  readonly host: HostFacts;
  /** Default: by this thread. */
  readonly runGit?: RunGit;
}

/** Throws when the root is not there. */
export function createWorkspace(deps: WorkspaceDeps): Workspace {
  const root = realpathSync(deps.root);
  const layout = findGit(root);
  const git = createGit({ cwd: root, env: deps.host.env, run: deps.runGit });
  const cacheDir = join(deps.stateDir, 'workspace');
  const contents = createContentIds({ root, files: deps.files, cache: join(cacheDir, 'content-ids') });
  const dismissals = createDismissals({ files: deps.files, stateDir: deps.stateDir });
  const base = createBaseReader({ root, git, prefix: layout?.prefix ?? '', env: deps.host.env });
  const skipped = new Map<string, string>();
  const changes = new Map<string, Promise<Changes>>();
  let last: Promise<Result<TreeLook>> | null = null;
  let version: Promise<string | null> | null = null;

  function look(how: Look = { reuse: false }): Promise<Result<TreeLook>> {
    if (how.reuse && last !== null) return last;
    base.forget();
    changes.clear();
    last = lookAtTree({ root, layout, git, files: deps.files, cache: join(cacheDir, 'index') });
    return last;
  }

  /** For questions that cannot fail: a repository that git refuses has no files that git knows. */
  async function treeOrNull(how?: Look): Promise<TreeLook | null> {
    const result = await look(how);
    return result.ok ? result.value : null;
  }

  const gitVersion = (): Promise<string | null> => (version ??= askVersion());

  async function askVersion(): Promise<string | null> {
    const end = await git(['--version']);
    return end.how === 'missing'
      ? null
      : end.stdout
          .toString('utf8')
          .trim()
          .replace(/^git version /, '');
  }

  async function idsOf(tree: TreeLook, files: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const unknown = files.filter((file) => !tree.ids.has(file));
    const hashed = await contents.of(unknown, tree.algorithm);
    const ids = new Map<string, string>();
    for (const file of files) {
      const id = tree.ids.get(file) ?? hashed.get(file);
      if (id !== undefined) ids.set(file, id);
      const pause = breathe();
      if (pause) await pause;
    }
    return ids;
  }

  function changesAgainst(revision: string): Promise<Changes> {
    const known = changes.get(revision) ?? findChanges(revision);
    changes.set(revision, known);
    return known;
  }

  /** With moves that git does not see because the new file is untracked: same content, other name. */
  async function findChanges(revision: string): Promise<Changes> {
    const tree = await treeOrNull({ reuse: true });
    if (tree?.git == null) return { files: [], deleted: new Map(), renames: new Map() };
    const found = revision === tree.git.head ? tree.git.changes : await base.changes(revision);
    const gone = new Map([...found.deleted].flatMap(([path, id]) => (id === null ? [] : [[id, path] as const])));
    if (gone.size === 0 || tree.untracked.size === 0) return found;
    const renames = new Map(found.renames);
    for (const [file, id] of await contents.of([...tree.untracked], tree.algorithm)) {
      const from = gone.get(id);
      if (from !== undefined) renames.set(file, from);
    }
    return { ...found, renames };
  }

  async function changedScope(tree: TreeLook, revision: string): Promise<Scope> {
    const there = new Set(tree.files);
    const { files: tracked } = await changesAgainst(revision);
    const files = [...new Set([...tracked, ...tree.untracked])].filter((file) => there.has(file)).sort();
    return { kind: 'changed', base: revision, files };
  }

  async function scope(request: ScopeRequest, how?: Look): Promise<Result<Scope>> {
    const looked = await look(how);
    if (request.files !== undefined) {
      return resolveNamedFiles({ root, names: request.files, known: looked.ok ? looked.value.files : [] });
    }
    if (!looked.ok) return looked;
    const tree = looked.value;
    for (const [path, why] of tree.skipped) skipped.set(path, why);
    const all: Scope = { kind: 'all', base: null, files: tree.files };
    if (request.since !== undefined) {
      const revision = await base.resolve(request.since, tree.git !== null);
      return revision.ok ? ok(await changedScope(tree, revision.value)) : revision;
    }
    if (request.within !== undefined) return scopeWithin(tree, request.within, request.also ?? []);
    if (request.all === true || tree.git?.head == null) return ok(all);
    const nothingDiffers = tree.git.changes.files.length + tree.git.changes.deleted.size + tree.untracked.size === 0;
    return ok(nothingDiffers ? all : await changedScope(tree, tree.git.head));
  }

  async function scopeWithin(
    tree: TreeLook,
    paths: readonly string[],
    also: readonly string[],
  ): Promise<Result<Scope>> {
    const outside = [...paths, ...also].find(
      (path) => posix.isAbsolute(path) || posix.normalize(path) !== path || path.startsWith('../'),
    );
    if (outside !== undefined) return fail('usage', `${outside} is no path of a file relative to ${root}.`);
    const asked = new Set(paths);
    await breathe();
    const head = tree.git?.head;
    const whole: Scope =
      head == null ? { kind: 'files', base: null, files: tree.files } : await changedScope(tree, head);
    await breathe();
    const differing = new Set(whole.files.filter((file) => asked.has(file)));
    const beside = new Set(also.filter((file) => !differing.has(file)));
    return ok({ ...whole, files: tree.files.filter((file) => differing.has(file) || beside.has(file)) });
  }

  async function gitFacts(): Promise<GitFacts | null> {
    const [tree, installed] = await Promise.all([treeOrNull({ reuse: true }), gitVersion()]);
    if (layout === null || installed === null || tree?.git == null) return null;
    return { top: layout.top, head: tree.git.head, branch: tree.git.branch, version: installed };
  }

  async function changedLines(asked: Scope, file: string): Promise<LineRanges> {
    const whole = async (): Promise<LineRanges> => [[0, ((await workspace.read(file)) ?? '').split('\n').length]];
    if (asked.kind !== 'changed' || asked.base === null) return whole();
    const tree = await treeOrNull({ reuse: true });
    if (tree?.untracked.has(file) !== true) return base.changedLines(asked.base, file);
    const moved = (await changesAgainst(asked.base)).renames.has(file);
    return moved ? [] : whole();
  }

  async function removed(asked: Scope): Promise<readonly string[]> {
    if (asked.kind !== 'changed' || asked.base === null) return [];
    const { deleted, renames } = await changesAgainst(asked.base);
    const there = new Set((await treeOrNull({ reuse: true }))?.files ?? []);
    return [...new Set([...deleted.keys(), ...renames.values()])].filter((file) => !there.has(file)).sort();
  }

  const workspace: Workspace = {
    root,
    git: gitFacts,
    gitMissing: async () => (await gitVersion()) === null,
    scope,
    files: async (how) => (await treeOrNull(how))?.files ?? [],
    async contentIds(files, how) {
      const tree = await treeOrNull(how);
      return tree === null ? contents.of(files, 'sha1') : idsOf(tree, files);
    },
    async read(file) {
      const text = await readText(root, file);
      if (!text.ok) skipped.set(file, text.why);
      return text.ok ? text.text : null;
    },
    async readBase(revision, file) {
      const { renames } = await changesAgainst(revision);
      return base.text(revision, renames.get(file) ?? file);
    },
    changedLines,
    removed,
    dismissed: () => dismissals.all(),
    skipped: () => [...skipped].map(([file, why]) => ({ file, why })),
  };
  return workspace;
}
