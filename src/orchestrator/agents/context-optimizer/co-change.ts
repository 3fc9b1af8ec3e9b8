import * as z from 'zod';
import type { Processes } from '../../process/processes.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { readJsonCache, writeJsonCache } from './json-cache.ts';

/** The files of one commit, as paths relative to the workspace. */
export type CommitFiles = readonly string[];

const MOST_COMMITS = 2000;
const MARK = '\u0001';
const LOG = [
  'log',
  `-n${String(MOST_COMMITS)}`,
  '--no-merges',
  '--no-renames',
  '--relative',
  '--name-only',
  '--format=%x01',
];
const commitsSchema = z.object({ head: z.string(), commits: z.array(z.array(z.string())) });
/** Larger commits are renames, formatting and imports: they say nothing about what belongs together. */
const MOST_FILES = 30;
/** Commits after which an old habit counts half. */
const HALF_LIFE = 400;

/** The files of the last commits, newest first; empty without git. `cacheFile` (absolute) keeps them for the same HEAD. */
export async function readCommits(deps: {
  readonly workspace: Workspace;
  readonly processes: Processes;
  readonly signal: AbortSignal;
  readonly cacheFile: string;
}): Promise<readonly CommitFiles[]> {
  const head = (await deps.workspace.git())?.head ?? null;
  if (head === null) return [];
  const cached = await readJsonCache(deps.cacheFile, commitsSchema);
  if (cached?.head === head) return cached.commits;
  const commits: string[][] = [];
  const end = await deps.processes.run({
    argv: ['git', '-c', 'core.quotepath=off', ...LOG],
    cwd: deps.workspace.root,
    environment: 'tool',
    extraEnv: { GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
    signal: deps.signal,
    onLine: (line, stream) => {
      if (stream !== 'stdout') return;
      if (line === MARK) commits.push([]);
      else if (line !== '') commits.at(-1)?.push(line);
    },
  });
  if (end.how === 'exit' && end.exitCode === 0) await writeJsonCache(deps.cacheFile, { head, commits });
  return commits;
}

/** How often each file changed at all, newer commits counting more. */
export function changeRates(commits: readonly CommitFiles[]): ReadonlyMap<string, number> {
  const rates = new Map<string, number>();
  for (const [age, files] of commits.entries()) {
    if (files.length > MOST_FILES) continue;
    for (const file of files) rates.set(file, (rates.get(file) ?? 0) + 0.5 ** (age / HALF_LIFE));
  }
  return rates;
}

/**
 * How strongly each file changed together with the given ones (with the others of them, if it is one): newer and smaller
 * commits count more, and files that change with everything less.
 */
export function coChange(
  commits: readonly CommitFiles[],
  seeds: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const scores = new Map<string, number>();
  const changes = new Map<string, number>();
  for (const [age, files] of commits.entries()) {
    for (const file of files) changes.set(file, (changes.get(file) ?? 0) + 1);
    if (files.length < 2 || files.length > MOST_FILES) continue;
    const given = files.reduce((sum, file) => sum + (seeds.get(file) ?? 0), 0);
    if (given === 0) continue;
    const weight = 0.5 ** (age / HALF_LIFE) / Math.log2(1 + files.length);
    for (const file of files) {
      const others = given - (seeds.get(file) ?? 0);
      if (others > 0) scores.set(file, (scores.get(file) ?? 0) + weight * others);
    }
  }
  return new Map([...scores].map(([file, score]) => [file, score / Math.sqrt(1 + (changes.get(file) ?? 0))]));
}
