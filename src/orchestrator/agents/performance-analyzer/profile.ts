import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { FunctionPlace } from './functions.ts';

/** V8's CPU profile (`node --cpu-prof`), what we use of it. Times are microseconds, lines of frames 0-based, of ticks 1-based. */
const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      children: z.array(z.number()).optional(),
      positionTicks: z.array(z.object({ line: z.number(), ticks: z.number() })).optional(),
    }),
  ),
  samples: z.array(z.number()).optional(),
  timeDeltas: z.array(z.number()).optional(),
});
export type CpuProfile = z.infer<typeof profileSchema>;

export function parseProfile(text: string): CpuProfile | null {
  try {
    const parsed = profileSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // Cut off by the end of its process: as good as no profile.
  }
}

/** Where the time of one tree's run went, files relative to the tree. */
export interface TimeSpent {
  /** Share of all samples per function: each sample belongs to the innermost of the functions asked about that was running. */
  readonly shares: ReadonlyMap<FunctionPlace, number>;
  /** Shares per line of the tree's own files (1-based), hottest first. */
  readonly lines: readonly { readonly file: string; readonly line: number; readonly share: number }[];
}

/** `tree`: absolute folder of the files that were run; `functions`: those to attribute time to. */
export function timeSpent(profile: CpuProfile, tree: string, functions: readonly FunctionPlace[]): TimeSpent {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const owners = ownersOf(profile, tree, functions);
  const samples = profile.samples ?? [];
  const total = Math.max(1, samples.length);
  const counts = new Map<FunctionPlace, number>();
  for (const id of samples) {
    const owner = owners.get(id);
    if (owner != null) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  const lines = new Map<string, { file: string; line: number; share: number }>();
  for (const node of nodes.values()) {
    const file = fileIn(tree, node.callFrame.url);
    if (file === null) continue;
    for (const { line, ticks } of node.positionTicks ?? []) {
      const known = lines.get(`${file}:${String(line)}`) ?? { file, line, share: 0 };
      lines.set(`${file}:${String(line)}`, { ...known, share: known.share + ticks / total });
    }
  }
  return {
    shares: new Map([...counts].map(([place, count]) => [place, count / total])),
    lines: [...lines.values()].toSorted((a, b) => b.share - a.share),
  };
}

/** Per node the innermost function asked about on its stack. Parents come before children in a profile. */
function ownersOf(
  profile: CpuProfile,
  tree: string,
  functions: readonly FunctionPlace[],
): ReadonlyMap<number, FunctionPlace | null> {
  const owners = new Map<number, FunctionPlace | null>();
  const parents = new Map<number, number>();
  for (const node of profile.nodes) for (const child of node.children ?? []) parents.set(child, node.id);
  for (const node of profile.nodes) {
    const own = functionAt(node.callFrame, tree, functions);
    const parent = parents.get(node.id);
    owners.set(node.id, own ?? (parent === undefined ? null : (owners.get(parent) ?? null)));
  }
  return owners;
}

/** By its first line; where a compiler moved the lines, by its name if only one has it. */
function functionAt(
  frame: CpuProfile['nodes'][number]['callFrame'],
  tree: string,
  functions: readonly FunctionPlace[],
): FunctionPlace | null {
  const file = fileIn(tree, frame.url);
  if (file === null) return null;
  const here = functions.filter((place) => place.file === file);
  const simple = frame.functionName.split('.').at(-1) ?? '';
  const named = here.filter(({ name }) => name !== '' && name === simple);
  const starting = (named.length > 0 ? named : here).filter(({ startLine }) => startLine === frame.lineNumber);
  return starting.at(-1) ?? (named.length === 1 ? (named[0] ?? null) : null);
}

function fileIn(tree: string, url: string): string | null {
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  const inside = posix.relative(tree, path);
  return path.startsWith('/') && !inside.startsWith('..') && !inside.includes('node_modules/') ? inside : null;
}
