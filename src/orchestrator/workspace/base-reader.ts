import { fail, ok, type Result } from '../../contract/failures.ts';
import { createLineSplitter } from '../process/lines.ts';
import { gitComplaint, type Git } from './git-command.ts';
import { createDiffReader } from './git-diff.ts';
import { createGitObjects } from './git-objects.ts';
import { parseRawDiff } from './git-parse.ts';
import type { Changes } from './look.ts';
import { MAX_TEXT_BYTES, textOf } from './text-file.ts';
import type { LineRanges } from './workspace.ts';

/** Questions about a commit that the work tree is compared with. */
export interface BaseReader {
  /** The commit that a revision names. */
  resolve(revision: string, hasGit: boolean): Promise<Result<string>>;
  changes(base: string): Promise<Changes>;
  /** One `git diff` answers for all tracked files, until `forget`. */
  changedLines(base: string, file: string): Promise<LineRanges>;
  /** The work tree may have changed. */
  forget(): void;
  /** Null when the file was not there, or is no text. */
  text(base: string, file: string): Promise<string | null>;
}

const DIFF = ['diff', '--no-color', '--no-ext-diff', '--no-textconv', '--ignore-submodules=all', '-M', '--relative'];

export function createBaseReader(deps: {
  readonly root: string;
  readonly git: Git;
  /** Of the workspace below the work tree's top. */
  readonly prefix: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}): BaseReader {
  const { git } = deps;
  const objects = createGitObjects({ cwd: deps.root, env: deps.env, maxBytes: MAX_TEXT_BYTES });
  const lines = new Map<string, Promise<ReadonlyMap<string, LineRanges>>>();

  async function diffLines(base: string): Promise<ReadonlyMap<string, LineRanges>> {
    const reader = createDiffReader();
    const splitter = createLineSplitter((line, ends) => reader.line(line, ends));
    const style = ['-U0', '--ignore-cr-at-eol', '--src-prefix=a/', '--dst-prefix=b/'];
    const end = await git([...DIFF, ...style, base, '--', '.'], (chunk) => splitter.write(chunk));
    if (end.how === 'missing' || end.exitCode !== 0) throw new Error(`git diff ${base} failed: ${complaint(end)}`);
    splitter.end();
    return reader.result();
  }

  async function diffNames(base: string): Promise<Changes> {
    const end = await git([...DIFF, '--raw', '-z', '--no-abbrev', base, '--', '.']);
    if (end.how === 'missing' || end.exitCode !== 0) throw new Error(`git diff ${base} failed: ${complaint(end)}`);
    const raw = parseRawDiff(end.stdout.toString('utf8'));
    return {
      files: raw.filter((change) => !change.deleted).map((change) => change.path),
      deleted: new Map(raw.flatMap((change) => (change.deleted ? [[change.path, change.baseId] as const] : []))),
      renames: new Map(
        raw.flatMap((change) => (change.renamedFrom === null ? [] : [[change.path, change.renamedFrom] as const])),
      ),
    };
  }

  return {
    async resolve(revision, hasGit) {
      if (!hasGit)
        return fail(
          'usage',
          '--since needs a git repository, and this folder is in none. Leave it out, or use --files or --all.',
        );
      const end = await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
      const commit = end.how === 'done' && end.exitCode === 0 ? end.stdout.toString('utf8').trim() : '';
      return commit === ''
        ? fail('usage', `git knows no commit "${revision}". Check the name given to --since.`)
        : ok(commit);
    },
    changes: diffNames,
    async changedLines(base, file) {
      const known = lines.get(base) ?? diffLines(base);
      lines.set(base, known);
      return (await known).get(file) ?? [];
    },
    forget: () => lines.clear(),
    async text(base, file) {
      if (file.includes('\n')) return null;
      const blob = await objects.read(`${base}:${deps.prefix}${file}`);
      const text = blob === null ? null : textOf(blob);
      return text?.ok === true ? text.text : null;
    },
  };
}

function complaint(end: Awaited<ReturnType<Git>>): string {
  return end.how === 'missing' ? 'git is not installed any more' : gitComplaint(end.stderr);
}
