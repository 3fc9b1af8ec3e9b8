import type { Processes } from '../../process/processes.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/** The files of one commit, as paths relative to the workspace. */
export type CommitFiles = readonly string[];

const MOST_COMMITS = 2000;
/** Larger commits are renames, formatting and imports: they say nothing about what belongs together. */
const MOST_FILES = 30;
/** Commits after which an old habit counts half. */
const HALF_LIFE = 400;

/** The files of the last commits, newest first; empty without git. */
export async function readCommits(deps: {
  readonly workspace: Workspace;
  readonly processes: Processes;
  readonly signal: AbortSignal;
}): Promise<readonly CommitFiles[]> {
  if (((await deps.workspace.git())?.head ?? null) === null) return [];
  const commits: string[][] = [];
  await deps.processes.run({
    argv: [
      'git',
      '-c',
      'core.quotepath=off',
      'log',
      `-n${String(MOST_COMMITS)}`,
      '--no-merges',
      '--no-renames',
      '--relative',
      '--name-only',
      '--format=%x01',
    ],
    cwd: deps.workspace.root,
    environment: 'tool',
    extraEnv: { GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
    signal: deps.signal,
    onLine: (line, stream) => {
      if (stream !== 'stdout') return;
      if (line === '\u0001') commits.push([]);
      else if (line !== '') commits.at(-1)?.push(line);
    },
  });
  return commits;
}

/** How strongly each file changed together with the given ones: newer and smaller commits count more. */
export function coChange(
  commits: readonly CommitFiles[],
  seeds: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const scores = new Map<string, number>();
  for (const [age, files] of commits.entries()) {
    if (files.length < 2 || files.length > MOST_FILES) continue;
    const given = files.reduce((sum, file) => sum + (seeds.get(file) ?? 0), 0);
    if (given === 0) continue;
    const weight = (given * 0.5 ** (age / HALF_LIFE)) / Math.log2(1 + files.length);
    for (const file of files) if (!seeds.has(file)) scores.set(file, (scores.get(file) ?? 0) + weight);
  }
  // Files that change with everything are no sign: each is set against how often it changes at all.
  for (const [file, score] of scores) scores.set(file, score / Math.sqrt(1 + changesOf(commits, file)));
  return scores;
}

function changesOf(commits: readonly CommitFiles[], file: string): number {
  return commits.reduce((count, files) => count + (files.includes(file) ? 1 : 0), 0);
}
