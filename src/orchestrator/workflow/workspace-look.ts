import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { InputDeclaration, Scope } from '../../contract/agents.ts';
import { breathe } from '../breath.ts';
import type { Workspace } from '../workspace/workspace.ts';

export interface InputFiles {
  /** Relative path → content id. */
  readonly files: ReadonlyMap<string, string>;
  readonly hash: string;
}

/** The workspace's contents at one moment: everything is asked at most once, so that one `git status` serves many steps. */
export interface WorkspaceLook {
  inputFiles(declared: InputDeclaration['files'], scope: Scope): Promise<InputFiles>;
  /** Every file not ignored with its content id. */
  all(): Promise<ReadonlyMap<string, string>>;
}

/** `fresh`: ask git again, because something has run since the last look. */
export function createLook(workspace: Workspace, options: { readonly fresh: boolean }): WorkspaceLook {
  let all: Promise<ReadonlyMap<string, string>> | null = null;
  const known = new Map<string, Promise<InputFiles>>();

  const lookAtAll = (): Promise<ReadonlyMap<string, string>> => {
    all ??= workspace.files({ reuse: !options.fresh }).then((files) => workspace.contentIds(files, { reuse: true }));
    return all;
  };

  async function read(declared: InputDeclaration['files'], scope: Scope): Promise<InputFiles> {
    if (declared === null) return { files: new Map(), hash: 'not declared' };
    const ids = await lookAtAll();
    if (declared === 'scope') return withHash(await idsOf(scope.files, ids));
    if (declared === 'workspace') {
      const outside = ignoredInputs(workspace.root, ids).filter((file) => !ids.has(file));
      return withHash(new Map([...ids, ...(await idsOf(outside, ids))]));
    }
    const { default: picomatch } = await import('picomatch');
    const matches = picomatch([...declared], { dot: true });
    return withHash(new Map([...ids].filter(([file]) => matches(file))));
  }

  /** Files named by the user may be ignored ones, which the look at everything leaves out. */
  async function idsOf(
    files: readonly string[],
    ids: ReadonlyMap<string, string>,
  ): Promise<ReadonlyMap<string, string>> {
    const unknown = files.filter((file) => !ids.has(file));
    const more = unknown.length > 0 ? await workspace.contentIds(unknown, { reuse: true }) : new Map<string, string>();
    return new Map(files.flatMap((file) => entryOf(file, ids.get(file) ?? more.get(file))));
  }

  return {
    all: lookAtAll,
    inputFiles(declared, scope) {
      const key = JSON.stringify(declared === 'scope' ? [declared, scope.files] : [declared]);
      const found = known.get(key) ?? read(declared, scope);
      known.set(key, found);
      return found;
    },
  };
}

/** Files of which the content differs, or that are new, with their content now. */
export function changedFiles(
  before: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): readonly (readonly [file: string, content: string])[] {
  return [...now].filter(([file, id]) => before.get(file) !== id);
}

function entryOf(file: string, id: string | undefined): readonly [string, string][] {
  return id === undefined ? [] : [[file, id]];
}

/** Files that are hashed in one call: each call costs as much as hashing some. */
const AT_ONCE = 100;

async function withHash(files: ReadonlyMap<string, string>): Promise<InputFiles> {
  await breathe();
  const hash = createHash('sha256');
  const names = [...files.keys()].sort();
  for (let at = 0; at < names.length; at += AT_ONCE) {
    await breathe();
    const some = names.slice(at, at + AT_ONCE);
    hash.update(some.map((file) => `${file}\0${files.get(file) ?? ''}\n`).join(''));
  }
  return { files, hash: hash.digest('hex') };
}

/** Where npm, pnpm and yarn note down what they installed: an install changes what tests do, the lockfile need not change. */
const INSTALLED = ['.package-lock.json', '.pnpm/lock.yaml', '.yarn-integrity', '.yarn-state.yml'];

/** Beside each package.json what tools read although it is usually ignored: `.env*`, and what is installed. */
function ignoredInputs(root: string, ids: ReadonlyMap<string, string>): readonly string[] {
  const packages = [...ids.keys()].filter((file) => path.posix.basename(file) === 'package.json');
  const folders = new Set(['.', ...packages.map((file) => path.posix.dirname(file))]);
  return [...folders].flatMap((folder) => [
    ...namesIn(path.join(root, folder))
      .filter((name) => name.startsWith('.env'))
      .map((name) => path.posix.join(folder, name)),
    ...INSTALLED.map((name) => path.posix.join(folder, 'node_modules', name)).filter((file) =>
      existsSync(path.join(root, file)),
    ),
  ]);
}

/** A folder that cannot be read has no such files for the tools either. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
  } catch (error) {
    if (error instanceof Error && 'code' in error) return [];
    throw error;
  }
}
