import { extname } from 'node:path';
import type { Definition } from './definitions.ts';
import { excerpt, type Lines } from './excerpt.ts';

/** A file that may go into the bundle, best first. */
export interface Candidate {
  readonly file: string;
  readonly why: string;
  readonly text: string;
  readonly definitions: readonly Definition[];
  /** Changed lines, shown first where the file is too long to be shown whole. */
  readonly changed: readonly Lines[];
  /** Part of the budget that it may take at most, in (0, 1]. */
  readonly most: number;
}

export interface BundleRequest {
  readonly title: string;
  /** Lines above the files: the task, findings. */
  readonly preface: readonly string[];
  readonly candidates: readonly Candidate[];
  readonly words: ReadonlyMap<string, number>;
  /** Tokens. */
  readonly budget: number;
  readonly countTokens: (text: string) => number;
}

export interface BundleFile {
  readonly file: string;
  readonly why: string;
  /** Lines in the bundle, 1-based, both ends in it. */
  readonly lines: readonly (readonly [first: number, last: number])[];
}

export interface Bundle {
  readonly budget: number;
  readonly tokens: number;
  readonly files: readonly BundleFile[];
  /** Markdown. */
  readonly text: string;
}

/** Part of the budget for the outlines of files that are not shown themselves. */
const OUTLINES = 0.2;
const MOST_SIGNATURES = 12;
/** A part smaller than this is not worth its heading. */
const LEAST_TOKENS = 60;
/** Characters a token has at most over a whole file, and usually in code. */
const MOST_CHARACTERS = 6;
const USUAL_CHARACTERS = 4;

interface Part {
  readonly file: BundleFile;
  readonly text: string;
  readonly tokens: number;
}

/** Whole files from the best down, parts of those that are too long, and outlines of the next; never above the budget. */
export function makeBundle(request: BundleRequest): Bundle {
  const { budget, countTokens, candidates } = request;
  const head = [`# ${request.title}`, '', ...request.preface].join('\n');
  let left = budget - countTokens(head) - LEAST_TOKENS;
  const forOutlines = Math.min(left, budget * OUTLINES);
  let leftForFiles = left - forOutlines;
  const shown: Part[] = [];
  const rest: Candidate[] = [];
  for (const candidate of candidates) {
    const part =
      leftForFiles < LEAST_TOKENS
        ? null
        : filePart(candidate, request, Math.min(leftForFiles, budget * candidate.most));
    if (part === null) rest.push(candidate);
    else {
      shown.push(part);
      leftForFiles -= part.tokens;
      left -= part.tokens;
    }
  }
  const outlines: Part[] = [];
  for (const candidate of rest) {
    const part = outlinePart(candidate, countTokens);
    if (part.tokens > left) break;
    outlines.push(part);
    left -= part.tokens;
  }
  return assemble(request, { head, shown, outlines });
}

function assemble(
  request: BundleRequest,
  {
    head,
    shown,
    outlines,
  }: { readonly head: string; readonly shown: readonly Part[]; readonly outlines: readonly Part[] },
): Bundle {
  const joinedText = (files: readonly Part[], outlined: readonly Part[]): string =>
    [
      head,
      ...(files.length === 0 ? [] : ['## Files', ...files.map(({ text }) => text)]),
      ...(outlined.length === 0 ? [] : ['## Outlines of what is near', ...outlined.map(({ text }) => text)]),
    ].join('\n\n') + '\n';
  // Parts were counted one by one; joined they can come out a few tokens apart.
  let kept = [shown, outlines] as const;
  for (;;) {
    const text = joinedText(...kept);
    const tokens = request.countTokens(text);
    if (tokens <= request.budget || kept[0].length + kept[1].length === 0) {
      return { budget: request.budget, tokens, files: kept.flat().map(({ file }) => file), text };
    }
    kept = kept[1].length > 0 ? [kept[0], kept[1].slice(0, -1)] : [kept[0].slice(0, -1), kept[1]];
  }
}

/** The whole file if it fits, else what says most; null when not even that. */
function filePart(candidate: Candidate, request: BundleRequest, room: number): Part | null {
  const lines = candidate.text.replace(/\n$/, '').split('\n');
  const whole: readonly Lines[] = [[0, lines.length]];
  // Counting costs more than all else here, and a file of so many characters cannot fit.
  if (candidate.text.length < room * MOST_CHARACTERS) {
    const part = render(candidate, { lines, ranges: whole }, request.countTokens);
    if (part.tokens <= room) return part;
  }
  const { definitions, changed } = candidate;
  for (const share of [0.9, 0.7, 0.5]) {
    const ranges = excerpt({
      lines,
      definitions,
      words: request.words,
      changed,
      room: room * share * USUAL_CHARACTERS,
    });
    if (ranges.length === 0) return null;
    const some = render(candidate, { lines, ranges }, request.countTokens);
    if (some.tokens <= room) return some;
  }
  return null;
}

function render(
  { file, why }: Candidate,
  { lines, ranges }: { readonly lines: readonly string[]; readonly ranges: readonly Lines[] },
  countTokens: (text: string) => number,
): Part {
  const shown = ranges.map(([start, end]) => [start + 1, end] as const);
  const span = shown.map(([first, last]) => `${String(first)}–${String(last)}`).join(', ');
  const body = ranges.map(([start, end]) => lines.slice(start, end).join('\n')).join('\n⋮\n');
  const fence = body.includes('```') ? '~~~~' : '```';
  const of =
    ranges.length === 1 && ranges[0]?.[1] === lines.length && ranges[0][0] === 0 ? '' : ` of ${String(lines.length)}`;
  const text = [`### ${file}`, `${why}. Lines ${span}${of}.`, `${fence}${extname(file).slice(1)}`, body, fence].join(
    '\n',
  );
  return { file: { file, why, lines: shown }, text, tokens: countTokens(text) + 1 };
}

function outlinePart({ file, why, definitions }: Candidate, countTokens: (text: string) => number): Part {
  const named = definitions.slice(0, MOST_SIGNATURES);
  const more = definitions.length - named.length;
  const text = [
    `- ${file} (${why})`,
    ...named.map(({ line, signature }) => `  - ${String(line + 1)}: ${signature}`),
    ...(more > 0 ? [`  - and ${String(more)} more`] : []),
  ].join('\n');
  return {
    file: { file, why, lines: named.map(({ line }) => [line + 1, line + 1] as const) },
    text,
    tokens: countTokens(text) + 1,
  };
}
