import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Git } from './git-command.ts';
import type { GitLayout } from './git-layout.ts';
import { statOf } from './file-stat.ts';
import { unquotePath } from './git-parse.ts';

/**
 * Which paths git ignores. A question to git costs a process, and a log file may change all the time: an answer holds until a file
 * changes that it may depend on (.gitignore above the path, info/exclude, core.excludesFile, git's configuration, the index).
 */
export interface IgnoredPaths {
  of(paths: readonly string[]): Promise<ReadonlySet<string>>;
}

/** Paths in one command line. */
const ARGS = 500;
/** Answers that are remembered; then all are asked for again. */
const MAX_KEPT = 10_000;
/** Paths that git will not answer for, in its own words: they are no files of this repository's user. */
const FOREIGN = /is beyond a symbolic link|is in submodule/;

export function createIgnoredPaths(deps: {
  readonly root: string;
  readonly layout: GitLayout;
  readonly git: Git;
  readonly env: Readonly<Record<string, string | undefined>>;
}): IgnoredPaths {
  const { root, layout, git } = deps;
  const kept = new Map<string, { readonly stamp: string; readonly isIgnored: boolean }>();
  const gitDir = dirname(layout.index);
  const common = commonDir(gitDir);
  const home = deps.env['HOME'] ?? homedir();
  const forUser = join(deps.env['XDG_CONFIG_HOME'] || join(home, '.config'), 'git');
  const configs = [
    join(common, 'config'),
    join(gitDir, 'config.worktree'),
    join(home, '.gitconfig'),
    join(forUser, 'config'),
  ];
  let excludes: { readonly stamp: string; readonly file: string } | null = null;

  return {
    async of(paths) {
      const shared = await sharedStamp();
      const inFolder = new Map<string, string>();
      const stamps = new Map(paths.map((path) => [path, `${shared} ${folderStamp(path, inFolder)} ${kindOf(path)}`]));
      const ignored = new Set<string>();
      const unknown: string[] = [];
      for (const [path, stamp] of stamps) {
        const known = kept.get(path);
        if (known?.stamp !== stamp) unknown.push(path);
        else if (known.isIgnored) ignored.add(path);
      }
      if (kept.size + unknown.length > MAX_KEPT) kept.clear();
      for (let at = 0; at < unknown.length; at += ARGS) {
        const some = unknown.slice(at, at + ARGS);
        for (const [path, isIgnored] of await ask(some)) {
          if (isIgnored) ignored.add(path);
          kept.set(path, { stamp: stamps.get(path) ?? '', isIgnored });
        }
      }
      return ignored;
    },
  };

  /** Without an answer a path is missing: it counts as the user's, and is asked for again. One that git refuses fails the whole question. */
  async function ask(paths: readonly string[]): Promise<readonly (readonly [path: string, isIgnored: boolean])[]> {
    const end = await git(['check-ignore', '--', ...paths]);
    if (end.how === 'missing') return [];
    if (end.exitCode === 0 || end.exitCode === 1) {
      const named = new Set(end.stdout.toString('utf8').split('\n').filter(Boolean).map(unquotePath));
      return paths.map((path) => [path, named.has(path)]);
    }
    if (!FOREIGN.test(end.stderr)) return [];
    if (paths.length === 1) return paths.map((path) => [path, true]);
    const half = paths.length >> 1;
    return [...(await ask(paths.slice(0, half))), ...(await ask(paths.slice(half)))];
  }

  async function sharedStamp(): Promise<string> {
    const stamp = configs.map(stampOf).join(' ');
    if (excludes?.stamp !== stamp) excludes = { stamp, file: await excludesFile() };
    return [stamp, ...[join(common, 'info', 'exclude'), excludes.file, layout.index].map(stampOf)].join(' ');
  }

  async function excludesFile(): Promise<string> {
    const end = await git(['config', '--type=path', '--get', 'core.excludesFile']);
    const named = end.how === 'done' && end.exitCode === 0 ? end.stdout.toString('utf8').trimEnd() : '';
    return named === '' ? join(forUser, 'ignore') : resolve(layout.top, named);
  }

  /** Of every .gitignore from the top of the work tree down to the path's folder. */
  function folderStamp(path: string, known: Map<string, string>): string {
    let folder = layout.top;
    let stamp = '';
    for (const name of ['', ...`${layout.prefix}${path}`.split('/').slice(0, -1)]) {
      folder = join(folder, name);
      const own = known.get(folder) ?? stampOf(join(folder, '.gitignore'));
      known.set(folder, own);
      stamp += ` ${own}`;
    }
    return stamp;
  }

  /** A pattern may be one of folders only. */
  function kindOf(path: string): string {
    return statOf(join(root, path))?.isDirectory() === true ? 'folder' : 'file';
  }
}

/** Of the file itself, also where a link leads to it, as people keep their own configuration. */
function stampOf(file: string): string {
  try {
    const stat = statSync(file, { throwIfNoEntry: false });
    return stat === undefined ? '-' : `${stat.mtimeMs}:${stat.size}:${stat.ino}`;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return '-';
    throw error;
  }
}

/** Linked work trees share one. */
function commonDir(gitDir: string): string {
  const file = join(gitDir, 'commondir');
  return existsSync(file) ? resolve(gitDir, readFileSync(file, 'utf8').trim()) : gitDir;
}
