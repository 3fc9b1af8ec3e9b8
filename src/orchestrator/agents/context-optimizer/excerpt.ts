import type { Definition } from './definitions.ts';
import { identifiersOf, wordsOf } from './words.ts';

/** 0-based, end exclusive. */
export type Lines = readonly [start: number, end: number];

/** A longer stretch is taken in parts. */
const LONGEST = 40;
/** Lines around a changed line that one wants to see. */
const AROUND = 6;

export interface ExcerptRequest {
  readonly lines: readonly string[];
  readonly definitions: readonly Definition[];
  /** What is looked for. */
  readonly words: ReadonlyMap<string, number>;
  /** Lines that must be in it before anything else. */
  readonly changed: readonly Lines[];
  /** Characters. */
  readonly room: number;
}

/** The parts of a file that say most about what is asked, in order, neighbours joined. Whole definitions where they are short. */
export function excerpt(request: ExcerptRequest): readonly Lines[] {
  const { lines, words, changed } = request;
  const size = ([start, end]: Lines): number => lines.slice(start, end).reduce((sum, line) => sum + line.length + 1, 0);
  const wanted = changed.map(([start, end]): Lines => [
    Math.max(0, start - AROUND),
    Math.min(lines.length, end + AROUND),
  ]);
  const others = segments(request.definitions, lines.length)
    .map((segment) => ({ segment, value: valueOf(lines.slice(...segment), words) / Math.sqrt(200 + size(segment)) }))
    .filter(({ value }) => value > 0)
    .toSorted((a, b) => b.value - a.value || a.segment[0] - b.segment[0])
    .map(({ segment }) => segment);
  const taken: Lines[] = [];
  let room = request.room;
  for (const segment of [...wanted, ...others]) {
    const cost = size(segment);
    if (cost > room) continue;
    taken.push(segment);
    room -= cost;
  }
  return joined(taken);
}

/** The innermost definitions, and what lies between them, none longer than `LONGEST`. */
function segments(definitions: readonly Definition[], count: number): readonly Lines[] {
  const borders = new Set([0, count]);
  for (const { line, endLine } of definitions) borders.add(line).add(Math.min(count, endLine + 1));
  const sorted = [...borders].filter((border) => border <= count).toSorted((a, b) => a - b);
  return sorted.slice(1).flatMap((end, index) => {
    const start = sorted[index] ?? 0;
    const parts = Math.ceil((end - start) / LONGEST);
    return Array.from({ length: parts }, (_, part): Lines => [
      start + Math.floor(((end - start) * part) / parts),
      start + Math.floor(((end - start) * (part + 1)) / parts),
    ]);
  });
}

function valueOf(lines: readonly string[], words: ReadonlyMap<string, number>): number {
  const found = new Set<string>();
  for (const name of identifiersOf(lines.join('\n')).keys()) for (const word of wordsOf(name)) found.add(word);
  return [...found].reduce((sum, word) => sum + (words.get(word) ?? 0), 0);
}

/** Sorted, those that touch or leave a single line between them made one. */
export function joined(all: readonly Lines[]): readonly Lines[] {
  const result: [number, number][] = [];
  for (const [start, end] of all.toSorted((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && start <= last[1] + 1) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}
