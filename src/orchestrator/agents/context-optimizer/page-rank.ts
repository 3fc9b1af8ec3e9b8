import type { FileIndex } from './file-index.ts';

/** Who refers to whom by a name that the other defines, with how strongly: parallel lists over numbers of files. */
export interface ReferenceGraph {
  readonly files: readonly string[];
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly weight: readonly number[];
}

/** Names that more files define say nothing about which is meant. */
const MOST_DEFINERS = 4;
const LEAST_NAME = 4;
/** A definition leads to its users, but less than they lead to it. */
const BACK = 0.5;
const DAMPING = 0.75;
const ROUNDS = 20;

export function referenceGraph(index: Pick<FileIndex, 'files' | 'names'>): ReferenceGraph {
  const definers = definersByName(index);
  const graph = { from: [] as number[], to: [] as number[], weight: [] as number[] };
  const connect = (from: number, to: number, weight: number): void => {
    graph.from.push(from);
    graph.to.push(to);
    graph.weight.push(weight);
  };
  for (const [number, { names }] of index.files.entries()) {
    for (let at = 0; at < names.length; at += 2) {
      const targets = definers[names[at] ?? -1];
      if (targets === undefined || targets.length > MOST_DEFINERS || targets.includes(number)) continue;
      for (const target of targets) {
        const weight = Math.sqrt(names[at + 1] ?? 0) / targets.length;
        connect(number, target, weight);
        connect(target, number, weight * BACK);
      }
    }
  }
  return { ...graph, files: index.files.map(({ file }) => file) };
}

/** By number of the name: the files that define it. */
function definersByName({ files, names }: Pick<FileIndex, 'files' | 'names'>): readonly (readonly number[])[] {
  const numbers = new Map(names.map((name, number) => [name, number]));
  const definers: number[][] = [];
  for (const [file, { definitions }] of files.entries()) {
    for (const { name } of definitions) {
      const number = name.length < LEAST_NAME ? undefined : numbers.get(name);
      if (number === undefined) continue;
      const known = (definers[number] ??= []);
      if (known.at(-1) !== file) known.push(file);
    }
  }
  return definers;
}

/** Where a reader who starts at the seeds, follows references and now and then starts again spends their time, the starts not counted. */
export function pageRank(graph: ReferenceGraph, seeds: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const { files, from, to, weight } = graph;
  const total = [...seeds.values()].reduce((sum, one) => sum + one, 0);
  const start = Float64Array.from(files, (file) => ((1 - DAMPING) * (seeds.get(file) ?? 0)) / Math.max(total, 1e-12));
  const out = new Float64Array(files.length);
  for (const [edge, file] of from.entries()) out[file] = (out[file] ?? 0) + (weight[edge] ?? 0);
  let scores = start;
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = Float64Array.from(start);
    for (let edge = 0; edge < from.length; edge += 1) {
      const source = from[edge] ?? 0;
      const share = ((scores[source] ?? 0) * (weight[edge] ?? 0)) / (out[source] ?? 1);
      const target = to[edge] ?? 0;
      next[target] = (next[target] ?? 0) + DAMPING * share;
    }
    scores = next;
  }
  return new Map(
    files.flatMap((file, number) => {
      const score = (scores[number] ?? 0) - (start[number] ?? 0);
      return score > 0 ? [[file, score] as const] : [];
    }),
  );
}
