import type { FileFacts } from './file-index.ts';

/** File → files that it refers to by a name they define, with how strongly; both ways, back at half strength. */
export type ReferenceGraph = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Names that more files define say nothing about which is meant. */
const MOST_DEFINERS = 4;
const LEAST_NAME = 4;
const BACK = 0.5;
const DAMPING = 0.75;
const ROUNDS = 20;

export function referenceGraph(files: readonly FileFacts[]): ReferenceGraph {
  const definers = new Map<string, Set<string>>();
  for (const { file, definitions } of files) {
    for (const { name } of definitions) {
      if (name.length < LEAST_NAME) continue;
      const known = definers.get(name);
      if (known === undefined) definers.set(name, new Set([file]));
      else known.add(file);
    }
  }
  const graph = new Map<string, Map<string, number>>();
  const connect = (from: string, to: string, weight: number): void => {
    const edges = graph.get(from) ?? new Map<string, number>();
    graph.set(from, edges.set(to, (edges.get(to) ?? 0) + weight));
  };
  for (const { file, names } of files) {
    for (const [name, count] of names) {
      const targets = definers.get(name);
      if (targets === undefined || targets.size > MOST_DEFINERS || targets.has(file)) continue;
      for (const target of targets) {
        const weight = Math.sqrt(count) / targets.size;
        connect(file, target, weight);
        connect(target, file, weight * BACK);
      }
    }
  }
  return graph;
}

/** Where a reader who starts at the seeds, follows references and now and then starts again spends their time. */
export function pageRank(graph: ReferenceGraph, seeds: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const total = [...seeds.values()].reduce((sum, weight) => sum + weight, 0);
  const start = new Map([...seeds].map(([file, weight]) => [file, weight / total]));
  let scores: ReadonlyMap<string, number> = start;
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = new Map([...start].map(([file, weight]) => [file, (1 - DAMPING) * weight]));
    for (const [file, score] of scores) {
      const edges = graph.get(file);
      if (edges === undefined) continue;
      const out = [...edges.values()].reduce((sum, weight) => sum + weight, 0);
      for (const [to, weight] of edges) next.set(to, (next.get(to) ?? 0) + (DAMPING * score * weight) / out);
    }
    scores = next;
  }
  return scores;
}
