import { posix } from 'node:path';
import type { ImportGraph } from '../../workspace/import-graph.ts';
import { changeRates, coChange, type CommitFiles } from './co-change.ts';
import type { FileFacts, FileIndex } from './file-index.ts';
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
 * What each signal counts. Tuned on the commits of two repositories and measured on others
 * (docs/agents/context-optimizer.md has both).
 */
export const WEIGHTS: Weights = { words: 1, folder: 0.25, imports: 0.1, history: 0.6, references: 0.2 };

export interface Ranked {
  readonly file: string;
  readonly score: number;
  /** Each signal's part, in [0, 1] before weighing. */
  readonly signals: Readonly<Record<Signal, number>>;
}

export interface Corpus {
  readonly index: FileIndex;
  readonly imports: Pick<ImportGraph, 'uses' | 'usedBy'>;
  readonly commits: readonly CommitFiles[];
}

/** Every file but the seeds, best first. */
export function rank(corpus: Corpus, query: Query, weights: Weights = WEIGHTS): readonly Ranked[] {
  const { files } = corpus.index;
  const words = wordScores(corpus.index, query.words);
  // A task names no file: the best by words stand for it, so that the other signals have something to start from.
  const seeds = query.seeds.size > 0 ? query.seeds : best(words, SEEDS_OF_A_TASK);
  const scores: Readonly<Record<Signal, ReadonlyMap<string, number>>> = {
    words: flattened(normalised(words)),
    folder: normalised(folderScores(files, seeds)),
    imports: normalised(importScores(corpus.imports, seeds)),
    history: historyScores(corpus.commits, seeds),
    references: flattened(normalised(pageRank(referenceGraph(corpus.index), seeds))),
  };
  const fromTests = query.seeds.size > 0 && [...query.seeds.keys()].every((file) => TEST.test(file));
  return files
    .filter(({ file }) => !query.seeds.has(file))
    .map(({ file }): Ranked => {
      const signals = {
        words: scores.words.get(file) ?? 0,
        folder: scores.folder.get(file) ?? 0,
        imports: scores.imports.get(file) ?? 0,
        history: scores.history.get(file) ?? 0,
        references: scores.references.get(file) ?? 0,
      };
      const sum = SIGNALS.reduce((total, signal) => total + weights[signal] * signals[signal], 0);
      const isOtherTest = fromTests && TEST.test(file) && signals.folder < 1;
      return { file, signals, score: isOtherTest ? OTHER_TEST * sum : sum };
    })
    .toSorted((a, b) => b.score - a.score || (a.file < b.file ? -1 : 1));
}

/** What a reader of the whole repository comes across most: for a question that names nothing. */
export function overview(index: FileIndex): readonly { readonly file: string; readonly isReferredTo: boolean }[] {
  const everywhere = new Map(index.files.map(({ file }) => [file, 1]));
  const ranks = pageRank(referenceGraph(index), everywhere);
  return [...everywhere.keys()]
    .toSorted((a, b) => (ranks.get(b) ?? 0) - (ranks.get(a) ?? 0))
    .map((file) => ({ file, isReferredTo: (ranks.get(file) ?? 0) > 0 }));
}

const SEEDS_OF_A_TASK = 4;
/** BM25's usual constants, and how much more a word of the path says than one of the text. */
const K1 = 1.2;
const B = 0.75;
const PATH_WEIGHT = 4;
/** Part of the history signal that is how often a file changes at all. */
const OFTEN = 0.15;
/** Another test is seldom what a changed test needs. */
const OTHER_TEST = 0.8;
const TEST = /(?:^|\/)(?:tests?|__tests__|spec|specs|e2e)\/|[._-](?:test|spec)\.[^/]+$|(?:^|\/)test_[^/]+$/;

/** BM25 over the words of a file's path and of the names in it. */
function wordScores(index: FileIndex, words: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  if (words.size === 0) return new Map();
  const asked = index.words.map((word) => words.has(word));
  const documents = index.files.map(({ file, names }) => {
    const counts = new Map<string, number>();
    let length = 0;
    const add = (word: string, count: number): void => {
      if (words.has(word)) counts.set(word, (counts.get(word) ?? 0) + count);
    };
    for (let at = 0; at < names.length; at += 2) {
      const parts = index.nameWords[names[at] ?? -1] ?? [];
      const count = Math.log2(1 + (names[at + 1] ?? 0));
      length += parts.length * count;
      for (const part of parts) if (asked[part] === true) add(index.words[part] ?? '', count);
    }
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
  const sizes = new Map<string, number>();
  for (const { file } of files) sizes.set(posix.dirname(file), (sizes.get(posix.dirname(file)) ?? 0) + 1);
  const given = [...seeds].map(([file, weight]) => ({
    file,
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
      if (seed.file === file) continue;
      const shared = folders.findIndex((folder, index) => folder !== seed.folders[index]);
      const common = shared < 0 ? folders.length : shared;
      const near = common / Math.max(folders.length, seed.folders.length);
      // In a folder of two files the other is near; in one of a hundred that says little.
      const rare = Math.min(1, 4 / (sizes.get(posix.dirname(file)) ?? 1));
      score = Math.max(score, seed.weight * (stem === seed.stem && stem !== 'index' ? 1 : 0.5 * near * rare));
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

/** Mostly what changed together; a little what changes often, for there is where the work is. */
function historyScores(commits: Corpus['commits'], seeds: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const together = normalised(coChange(commits, seeds));
  const often = flattened(normalised(changeRates(commits)));
  return new Map(
    [...often].map(([file, rate]) => [file, (1 - OFTEN) * (together.get(file) ?? 0) + OFTEN * rate] as const),
  );
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

/** Square roots: the second and tenth best are nearer to the best than their scores. */
function flattened(scores: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...scores].map(([file, score]) => [file, Math.sqrt(score)]));
}

function best(scores: ReadonlyMap<string, number>, count: number): ReadonlyMap<string, number> {
  const top = [...scores].toSorted((a, b) => b[1] - a[1]).slice(0, count);
  return normalised(new Map(top));
}
