import { join, posix } from 'node:path';
import type { AgentOutcome, AgentRequest } from '../../../contract/agents.ts';
import { loadImportGraph } from '../../workspace/import-graph.ts';
import { NO_NATIVE_PARTS, oxcParser } from '../../workspace/native-parts.ts';
import type { Agent, AgentContext } from '../agent.ts';
import { makeBundle, type Bundle, type Candidate } from './bundle.ts';
import { readCommits } from './co-change.ts';
import { loadFileIndex, mayBeShown, type FileFacts, type FileIndex } from './file-index.ts';
import { createOtherLanguages, type OtherLanguages } from './other-languages.ts';
import { readQuestion, type Question } from './question.ts';
import { overview, rank, SIGNALS, WEIGHTS, type Corpus, type Ranked, type Signal } from './ranking.ts';
import { loadTokenCounter } from './tokens.ts';
import { wordsOf } from './words.ts';

const DEFAULT_BUDGET = 8000;
const LEAST_BUDGET = 500;
const MOST_BUDGET = 1_000_000;
/** Files that are read for the bundle, and files that a task's analysis names. */
const MOST_CANDIDATES = 40;
const MOST_FILES_OF_A_TASK = 15;
const MOST_SYMBOLS = 20;
/** All changed files together take at most this part of the budget; one other file at most `LARGEST`. */
const CHANGED = 0.25;
const LARGEST = 0.3;

export function createAgent(): Agent {
  const languages = createOtherLanguages();
  return {
    id: 'context-optimizer',
    operations: {
      optimize: (request, context) => optimize(request, context, languages),
      'analyze-task': (request, context) => analyzeTask(request, context, languages),
    },
  };
}

/** Everything one answer is made from. */
interface Look {
  readonly question: Question;
  readonly corpus: Corpus;
  readonly ranked: readonly Ranked[];
  /** Monotonic milliseconds. */
  readonly began: number;
}

async function optimize(
  request: AgentRequest,
  context: AgentContext,
  languages: OtherLanguages,
): Promise<AgentOutcome> {
  const counting = loadTokenCounter();
  const look = await lookAround(request, context, languages);
  if (look === null) return nothingThere(context);
  const candidates = await readCandidates(look, context);
  const bundle = makeBundle({
    title: look.question.task === null ? 'Context for the change' : 'Context for the task',
    preface: prefaceOf(look.question, candidates.length > 0),
    candidates,
    words: look.question.query.words,
    budget: budgetOf(request),
    countTokens: await counting,
  });
  emitEvidence(context, look);
  return {
    ok: true,
    data: dataOf({ ...bundle, text: context.mask(bundle.text) }),
    summary: `${String(bundle.files.length)} files, ${String(bundle.tokens)} tokens`,
  };
}

async function analyzeTask(
  request: AgentRequest,
  context: AgentContext,
  languages: OtherLanguages,
): Promise<AgentOutcome> {
  const look = await lookAround(request, context, languages);
  if (look === null) return nothingThere(context);
  const { question, ranked } = look;
  const near = ranked.slice(0, MOST_FILES_OF_A_TASK).map(({ file }) => file);
  const files = [...question.query.seeds.keys(), ...near].slice(
    0,
    Math.max(MOST_FILES_OF_A_TASK, question.query.seeds.size),
  );
  const symbols = symbolsOf(look, files);
  context.emit({ kind: 'log', stream: 'note', text: `The task is ${question.from}.` });
  for (const { file, signals } of ranked.slice(0, MOST_FILES_OF_A_TASK)) {
    context.emit({ kind: 'log', stream: 'note', text: `${file}: ${whyOf(signals, question)}` });
  }
  emitEvidence(context, look);
  return {
    ok: true,
    data: { task: question.task ?? question.from, from: question.from, files: [...files], symbols },
    summary: `${question.task === null ? 'changed files as the task, ' : ''}${String(files.length)} files`,
  };
}

async function lookAround(
  request: AgentRequest,
  context: AgentContext,
  languages: OtherLanguages,
): Promise<Look | null> {
  const { workspace } = context;
  const began = context.clock.monotonic();
  const folder = join(request.stateDir, 'agents', request.agent);
  const files = await workspace.files();
  if (files.length === 0) return null;
  if (oxcParser === null)
    context.emit({ kind: 'not-checked', what: 'definitions in JavaScript and TypeScript', why: NO_NATIVE_PARTS });
  context.emit({ kind: 'progress', message: `reading ${String(files.length)} files` });
  const [imports, index, commits, question] = await Promise.all([
    loadImportGraph({ workspace, cacheFile: join(folder, 'import-graph.json') }),
    loadFileIndex({ workspace, cacheFile: join(folder, 'files.json'), languages, mask: context.mask }),
    readCommits({ ...context, cacheFile: join(folder, 'commits.json') }),
    readQuestion(request, workspace, files),
  ]);
  const corpus: Corpus = { index, imports, commits };
  const asksNothing = question.query.words.size + question.query.seeds.size === 0;
  const ranked = asksNothing ? overviewOf(index) : rank(corpus, question.query).filter(({ score }) => score > 0);
  // How often a file changes is no answer by itself to a task that has nothing to do with any.
  const hasMatch = asksNothing || question.query.seeds.size > 0 || ranked.some(({ signals }) => signals.words > 0);
  return { question, corpus, ranked: hasMatch ? ranked : [], began };
}

function overviewOf(index: FileIndex): readonly Ranked[] {
  const none = { words: 0, folder: 0, imports: 0, history: 0 };
  return overview(index).map(({ file, isReferredTo }) => ({
    file,
    score: 1,
    signals: { ...none, references: isReferredTo ? 1 : 0 },
  }));
}

async function readCandidates(
  { question, corpus, ranked }: Look,
  { workspace }: AgentContext,
): Promise<readonly Candidate[]> {
  const facts = new Map(corpus.index.files.map((one) => [one.file, one]));
  const seeds = [...question.query.seeds.keys()];
  const chosen = [
    ...seeds.map((file) => ({ file, why: seedWhy(file, question), most: Math.min(LARGEST, CHANGED / seeds.length) })),
    ...ranked
      .slice(0, MOST_CANDIDATES)
      .map(({ file, signals }) => ({ file, why: whyOf(signals, question), most: LARGEST })),
  ];
  const candidates: Candidate[] = [];
  const shown: FileFacts[] = [];
  for (const { file, why, most } of chosen) {
    const text = mayBeShown(file) ? await workspace.read(file) : null;
    const fact = facts.get(file);
    // Binary and unreadable files have nothing to show; an empty one neither, nor a second copy.
    if (text === null || text.trim() === '' || (fact !== undefined && shown.some((one) => isCopy(one, fact)))) continue;
    if (fact !== undefined) shown.push(fact);
    candidates.push({
      file,
      why,
      text,
      most,
      definitions: fact?.definitions ?? [],
      changed: question.changed.get(file) ?? [],
    });
  }
  return candidates;
}

/** Generated twins (a build for another platform, a vendored copy): of the same name and, but for one name in ten, the same words. */
function isCopy(a: FileFacts, b: FileFacts): boolean {
  if (posix.basename(a.file) !== posix.basename(b.file) || a.names.length < 20) return false;
  const isName = (_: number, at: number): boolean => at % 2 === 0;
  const names = new Set(a.names.filter(isName));
  const others = b.names.filter(isName);
  return others.filter((name) => names.has(name)).length > 0.9 * Math.max(names.size, others.length);
}

function seedWhy(file: string, question: Question): string {
  if (question.changed.has(file)) return 'Changed';
  return question.findings.some((line) => line.startsWith(`- ${file}:`))
    ? 'An earlier step found something in it'
    : 'Named in the task';
}

/** The signals that brought a file in, at most two. */
function whyOf(signals: Ranked['signals'], question: Question): string {
  const of = question.task === null ? 'the change' : 'the task';
  const words: Readonly<Record<Signal, string>> = {
    words: `shares words with ${of}`,
    folder: `lies beside ${of} or has its name`,
    imports: `imports ${of} or is imported by it`,
    history: `was often changed together with ${of}`,
    references: question.query.words.size === 0 ? 'many files refer to it' : `refers to ${of} or is referred to by it`,
  };
  const parts = SIGNALS.map((signal) => ({ signal, part: WEIGHTS[signal] * signals[signal] }))
    .toSorted((a, b) => b.part - a.part)
    .filter(({ part }, index, all) => part > 0 && index < 2 && part > 0.3 * (all[0]?.part ?? 0))
    .map(({ signal }) => words[signal]);
  const text = parts.length === 0 ? 'part of the workspace' : parts.join('; ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Definitions of these files whose names hold a word of the question, best first. */
function symbolsOf(
  { question, corpus }: Look,
  files: readonly string[],
): { name: string; file: string; line: number }[] {
  const places = new Map(files.map((file, index) => [file, index]));
  return corpus.index.files
    .flatMap(({ file, definitions }) => {
      const place = places.get(file);
      if (place === undefined) return [];
      return definitions.map(({ name, line }) => {
        const weight = wordsOf(name).reduce((sum, word) => sum + (question.query.words.get(word) ?? 0), 0);
        return { name, file, line, weight: weight / Math.sqrt(1 + place) };
      });
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight || (a.file < b.file ? -1 : 1) || a.line - b.line)
    .slice(0, MOST_SYMBOLS)
    .map(({ name, file, line }) => ({ name, file, line: line + 1 }));
}

function prefaceOf({ task, from, findings }: Question, hasMatch: boolean): readonly string[] {
  return [
    ...(task === null
      ? [`What one must read to deal with ${from}.`]
      : ['Task:', ...task.split('\n').map((line) => `> ${line}`)]),
    ...(findings.length === 0 ? [] : ['', 'Found by earlier steps:', ...findings]),
    ...(hasMatch
      ? []
      : ['', task === null ? 'No file here can be shown for it.' : 'Nothing here matches the words of the task.']),
  ];
}

function budgetOf({ with: { budget } }: AgentRequest): number {
  return typeof budget === 'number'
    ? Math.min(MOST_BUDGET, Math.max(LEAST_BUDGET, Math.floor(budget)))
    : DEFAULT_BUDGET;
}

function dataOf({ budget, tokens, files, text }: Bundle): {
  budget: number;
  tokens: number;
  files: { file: string; why: string; lines: number[][] }[];
  text: string;
} {
  return {
    budget,
    tokens,
    text,
    files: files.map(({ file, why, lines }) => ({ file, why, lines: lines.map((range) => [...range]) })),
  };
}

function emitEvidence(context: AgentContext, { corpus, began }: Look): void {
  context.emit({
    kind: 'evidence',
    evidence: {
      tool: `built in: ranking of ${String(corpus.index.files.length)} files`,
      version: null,
      command: [],
      cwd: context.workspace.root,
      exitCode: null,
      durationMs: Math.round(context.clock.monotonic() - began),
    },
  });
}

function nothingThere(context: AgentContext): AgentOutcome {
  context.emit({ kind: 'not-checked', what: 'context', why: 'the workspace has no files' });
  return { ok: true, data: { files: [], text: '', tokens: 0, budget: 0 }, summary: 'no files', nothingChecked: true };
}
