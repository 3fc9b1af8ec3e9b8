import { posix } from 'node:path';
import type { ImportGraph } from '../../workspace/import-graph.ts';
import { coChange, type CommitFiles } from './co-change.ts';
import type { FileFacts } from './file-index.ts';
import { pageRank, referenceGraph } from './page-rank.ts';
import { wordsOf } from './words.ts';

/** What is asked for: words with weights, and files that certainly belong to it. */
export interface Query {
  readonly words: ReadonlyMap<string, number>;
  readonly seeds: ReadonlyMap<string, number>;
}

export const SIGNALS = ['words', 'folder', 'imports', 'history', 'references'] as const;
export type Signal = (typeof SIGNALS)[number];
export type Weights = Readonly<Record<Signal, number>>;

/**
 * What each signal counts. Tuned on the older half of the commits of one repository and measured on others
 * (docs/agents/context-optimizer.md has both).
 */
export const WEIGHTS: Weights = { words: 1, folder: 0.35, imports: 0.5, history: 0.8, references: 0.35 };

export interface Ranked {
  readonly file: string;
  readonly score: number;
  /** Each signal's part, in [0, 1] before weighing. */
  readonly signals: Readonly<Record<Signal, number>>;
}

export interface Corpus {
  readonly files: readonly FileFacts[];
  readonly imports: Pick<ImportGraph, 'uses' | 'usedBy'>;
  readonly commits: readonly CommitFiles[];
}

/** Every file but the seeds, best first. */
export function rank(corpus: Corpus, query: Query, weights: Weights = WEIGHTS): readonly Ranked[] {
  const words = wordScores(corpus.files, query.words);
  // A task names no file: the best by words stand for it, so that the other signals have something to start from.
  const seeds = query.seeds.size > 0 ? query.seeds : best(words, SEEDS_OF_A_TASK);
  const scores: Readonly<Record<Signal, ReadonlyMap<string, number>>> = {
    words: normalised(words),
    folder: normalised(folderScores(corpus.files, seeds)),
    imports: normalised(importScores(corpus.imports, seeds)),
    history: normalised(coChange(corpus.commits, seeds)),
    references: normalised(without(pageRank(referenceGraph(corpus.files), seeds), seeds)),
  };
  return corpus.files
    .filter(({ file }) => !query.seeds.has(file))
    .map(({ file }): Ranked => {
      const signals = {
        words: scores.words.get(file) ?? 0,
        folder: scores.folder.get(file) ?? 0,
        imports: scores.imports.get(file) ?? 0,
        history: scores.history.get(file) ?? 0,
        references: scores.references.get(file) ?? 0,
      };
      return { file, signals, score: SIGNALS.reduce((sum, signal) => sum + weights[signal] * signals[signal], 0) };
    })
    .toSorted((a, b) => b.score - a.score || (a.file < b.file ? -1 : 1));
}

/** What a reader of the whole repository comes across most: for a question that names nothing. */
export function overview(files: readonly FileFacts[]): readonly string[] {
  const everywhere = new Map(files.map(({ file }) => [file, 1]));
  return [...pageRank(referenceGraph(files), everywhere)].toSorted((a, b) => b[1] - a[1]).map(([file]) => file);
}

const SEEDS_OF_A_TASK = 4;
/** BM25's usual constants, and how much more a word of the path says than one of the text. */
const K1 = 1.2;
const B = 0.75;
const PATH_WEIGHT = 4;

/** BM25 over the words of a file's path and of the names in it. */
function wordScores(files: readonly FileFacts[], words: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  if (words.size === 0) return new Map();
  const split = new Map<string, readonly string[]>();
  const wordsOfName = (name: string): readonly string[] => {
    const known = split.get(name) ?? wordsOf(name);
    split.set(name, known);
    return known;
  };
  const documents = files.map(({ file, names }) => {
    const counts = new Map<string, number>();
    let length = 0;
    const add = (word: string, count: number): void => {
      length += count;
      if (words.has(word)) counts.set(word, (counts.get(word) ?? 0) + count);
    };
    for (const [name, count] of names) for (const word of wordsOfName(name)) add(word, Math.log2(1 + count));
    for (const word of wordsOf(file)) add(word, PATH_WEIGHT);
    return { file, counts, length };
  });
  const average = documents.reduce((sum, { length }) => sum + length, 0) / Math.max(1, documents.length);
  const holding = new Map<string, number>();
  for (const { counts } of documents) for (const word of counts.keys()) holding.set(word, (holding.get(word) ?? 0) + 1);
  const scores = new Map<string, number>();
  for (const { file, counts, length } of documents) {
    let score = 0;
    for (const [word, count] of counts) {
      const seen = holding.get(word) ?? 0;
      const rarity = Math.log(1 + (documents.length - seen + 0.5) / (seen + 0.5));
      score += (words.get(word) ?? 0) * rarity * ((count * (K1 + 1)) / (count + K1 * (1 - B + (B * length) / average)));
    }
    if (score > 0) scores.set(file, score);
  }
  return scores;
}

/** The same name elsewhere (`cart.ts`, `test/cart.test.ts`) is nearest, then the same folder, then folders above. */
function folderScores(files: readonly FileFacts[], seeds: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const given = [...seeds].map(([file, weight]) => ({
    weight,
    stem: stemOf(file),
    folders: posix.dirname(file).split('/'),
  }));
  const scores = new Map<string, number>();
  for (const { file } of files) {
    const stem = stemOf(file);
    const folders = posix.dirname(file).split('/');
    let score = 0;
    for (const seed of given) {
      const shared = folders.findIndex((folder, index) => folder !== seed.folders[index]);
      const common = shared < 0 ? folders.length : shared;
      const near = common / Math.max(folders.length, seed.folders.length);
      score = Math.max(score, seed.weight * (stem === seed.stem && stem !== 'index' ? 1 : 0.5 * near));
    }
    if (score > 0) scores.set(file, score);
  }
  return scores;
}

function stemOf(file: string): string {
  return posix
    .basename(file)
    .replace(/(?:[._-](?:test|spec|bench|stories|d|test-d))*\.[^.]+$/, '')
    .replace(/^test_|_test$/g, '');
}

/** What the seeds use and what uses them: files nearer to several of them count more, those near to everything less. */
function importScores(imports: Corpus['imports'], seeds: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const scores = new Map<string, number>();
  for (const [seed, weight] of seeds) {
    for (const [edges, back] of [
      [imports.uses(seed), imports.usedBy],
      [imports.usedBy(seed), imports.uses],
    ] as const) {
      for (const { file } of edges) {
        scores.set(
          file,
          (scores.get(file) ?? 0) + weight / Math.sqrt(1 + edges.length * 0.2 + back(file).length * 0.2),
        );
      }
    }
  }
  return scores;
}

function normalised(scores: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const most = Math.max(0, ...scores.values());
  return most === 0 ? scores : new Map([...scores].map(([file, score]) => [file, score / most]));
}

function without(scores: ReadonlyMap<string, number>, seeds: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...scores].filter(([file]) => !seeds.has(file)));
}

function best(scores: ReadonlyMap<string, number>, count: number): ReadonlyMap<string, number> {
  const top = [...scores].toSorted((a, b) => b[1] - a[1]).slice(0, count);
  return normalised(new Map(top));
}
