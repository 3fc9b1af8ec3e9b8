import type { Draft } from '../report.ts';
import { positionsIn } from './positions.ts';

/** Lines of a text in place of which others stand: `[start, end)`, 0-based, each with its line break. */
export interface Hunk {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/** Lines that a fix may add and take away together; a tool that writes more does something else than to fix a line. */
const FAR = 60;

/**
 * Gives findings what a tool's fixing run did about them. Some linters tell no edits but write fixed text: what changed is a
 * finding's where its lines are those of this finding alone. A change on no finding's lines may belong to any: then nobody gets one.
 */
export function withEdits(drafts: readonly Draft[], text: string, fixed: string): readonly Draft[] {
  const before = linesOf(text);
  const hunks = text === fixed ? [] : hunksBetween(before, linesOf(fixed));
  if (hunks === null || hunks.length === 0) return drafts;
  const found = hunks.map((hunk) => ({ hunk, owners: drafts.filter((draft) => touches(draft, hunk)) }));
  if (found.some(({ owners }) => owners.length === 0)) return drafts;
  const shared = new Set(found.flatMap(({ owners }) => (owners.length > 1 ? owners : [])));
  const positions = positionsIn(text);
  const starts = before.reduce<number[]>((all, line) => [...all, (all.at(-1) ?? 0) + line.length], [0]);
  return drafts.map((draft) => {
    if (shared.has(draft)) return draft;
    const edit = found.flatMap(({ hunk, owners }) => {
      if (!owners.includes(draft)) return [];
      const old = before.slice(hunk.start, hunk.end).join('');
      const made = hunk.lines.join('');
      const [head, tail] = alike(old, made);
      const from = starts[hunk.start] ?? text.length;
      return [
        {
          range: positions.ofUnits(from + head, from + old.length - tail),
          newText: made.slice(head, made.length - tail),
        },
      ];
    });
    return edit.length === 0 ? draft : { ...draft, edit };
  });
}

const linesOf = (text: string): readonly string[] => text.split(/(?<=\n)/);

function touches({ range }: Draft, { start, end }: Hunk): boolean {
  return range.start.line < Math.max(end, start + 1) && range.end.line >= start;
}

/** What turns the lines into the others; null where they are too different. Changed lines of equal number are told one by one. */
export function hunksBetween(before: readonly string[], after: readonly string[]): readonly Hunk[] | null {
  const hunks: Hunk[] = [];
  let [x, y] = [0, 0];
  while (x < before.length || y < after.length) {
    if (before[x] === after[y]) {
      x += 1;
      y += 1;
      continue;
    }
    const step = stepOver({ before, after, x, y });
    if (step === null) return null;
    const [gone, come] = step;
    if (gone === come) {
      for (let line = 0; line < gone; line++)
        hunks.push({ start: x + line, end: x + line + 1, lines: after.slice(y + line, y + line + 1) });
    } else hunks.push({ start: x, end: x + gone, lines: after.slice(y, y + come) });
    x += gone;
    y += come;
  }
  return hunks;
}

/** How many lines on both sides until two are alike again, or both end; the fewest. */
function stepOver(at: {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly x: number;
  readonly y: number;
}): readonly [gone: number, come: number] | null {
  const { before, after, x, y } = at;
  const isSame = (a: number, b: number): boolean =>
    (a === before.length && b === after.length) || (a < before.length && before[a] === after[b]);
  for (let far = 1; far <= FAR; far++) {
    for (let gone = far; gone >= 0; gone--) {
      const [a, b] = [x + gone, y + far - gone];
      if (a > before.length || b > after.length) continue;
      const isEnd = a === before.length && b === after.length;
      if (isEnd || (isSame(a, b) && isSame(a + 1, b + 1))) return [gone, far - gone];
    }
  }
  return null;
}

/** UTF-16 units that both begin and end with, without counting any twice. */
function alike(a: string, b: string): readonly [head: number, tail: number] {
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  return [head, tail];
}
