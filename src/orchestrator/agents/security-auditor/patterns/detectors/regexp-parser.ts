/** A regular expression as a small nondeterministic automaton over 16-bit units; enough to ask where it is ambiguous. */
export interface Automaton {
  readonly start: number;
  readonly accept: number;
  /** Per state: ways that read one unit of a set, and ways that read nothing. */
  readonly reads: readonly (readonly Way[])[];
  readonly skips: readonly (readonly number[])[];
}

interface Way {
  readonly set: CharSet;
  readonly to: number;
}

/** Sorted disjoint inclusive ranges. */
export type CharSet = readonly (readonly [from: number, to: number])[];

const MAX_UNIT = 0xffff;
const MAX_STATES = 180;
const ANY: CharSet = [[0, MAX_UNIT]];
const LINE: CharSet = [
  [0, 9],
  [11, 12],
  [14, MAX_UNIT],
];
const CLASSES: Readonly<Record<string, CharSet>> = {
  d: [[48, 57]],
  w: [
    [48, 57],
    [65, 90],
    [95, 95],
    [97, 122],
  ],
  s: [
    [9, 13],
    [32, 32],
    [160, 160],
  ],
};
const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, v: 11, f: 12, '0': 0 };

export function union(sets: readonly CharSet[]): CharSet {
  const sorted = sets.flat().toSorted((a, b) => a[0] - b[0]);
  const merged: (readonly [number, number])[] = [];
  for (const [from, to] of sorted) {
    const last = merged.at(-1);
    if (last && from <= last[1] + 1) merged[merged.length - 1] = [last[0], Math.max(last[1], to)];
    else merged.push([from, to]);
  }
  return merged;
}

function complement(set: CharSet): CharSet {
  const out: (readonly [number, number])[] = [];
  let next = 0;
  for (const [from, to] of set) {
    if (from > next) out.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= MAX_UNIT) out.push([next, MAX_UNIT]);
  return out;
}

export function overlaps(a: CharSet, b: CharSet): boolean {
  return a.some(([from, to]) => b.some(([otherFrom, otherTo]) => from <= otherTo && otherFrom <= to));
}

/** Thrown inside only: the pattern has something this parser leaves alone (look-around, back references, too many states). */
class Unsupported extends Error {}

/** Null when the pattern has parts that an automaton cannot show, or is too large. */
export function automatonOf(pattern: string, flags: string): Automaton | null {
  try {
    return build(pattern, flags);
  } catch (error) {
    if (error instanceof Unsupported) return null;
    throw error;
  }
}

type Fragment = readonly [start: number, end: number];

function build(pattern: string, flags: string): Automaton {
  const reads: Way[][] = [];
  const skips: number[][] = [];
  let at = 0;
  const state = (): number => {
    if (reads.length >= MAX_STATES) throw new Unsupported();
    reads.push([]);
    skips.push([]);
    return reads.length - 1;
  };
  const skip = (from: number, to: number): void => void skips[from]?.push(to);
  const reading = (set: CharSet): Fragment => {
    const [from, to] = [state(), state()];
    reads[from]?.push({ set: flags.includes('i') ? bothCases(set) : set, to });
    return [from, to];
  };
  const empty = (): Fragment => {
    const from = state();
    return [from, from];
  };

  function alternatives(): Fragment {
    const [start, end] = [state(), state()];
    for (;;) {
      const [from, to] = sequence();
      skip(start, from);
      skip(to, end);
      if (pattern[at] !== '|') return [start, end];
      at += 1;
    }
  }

  function sequence(): Fragment {
    const first = empty();
    let end = first[1];
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') {
      const begin = at;
      const item = quantified(begin);
      skip(end, item[0]);
      end = item[1];
    }
    return [first[0], end];
  }

  function quantified(begin: number): Fragment {
    const one = atom();
    const [text, least, most] = quantifier();
    if (text === '') return one;
    const after = at;
    const copies: Fragment[] = [one];
    for (let copy = 1; copy < Math.max(least, most === Infinity ? 1 : Math.min(most, 3)); copy += 1) {
      at = begin;
      copies.push(atom());
    }
    at = after;
    return repeated(copies, least, most);
  }

  function repeated(copies: readonly Fragment[], least: number, most: number): Fragment {
    const [start, end] = [state(), state()];
    let last = start;
    copies.forEach(([from, to], index) => {
      if (index >= least) skip(last, end);
      skip(last, from);
      last = to;
    });
    const final = copies.at(-1);
    if (most === Infinity && final) skip(final[1], final[0]);
    skip(last, end);
    return [start, end];
  }

  function quantifier(): readonly [text: string, least: number, most: number] {
    const match = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(pattern.slice(at));
    if (!match) return ['', 1, 1];
    at += match[0].length;
    const [text, sign, least = '', comma, most] = match;
    if (sign) return [text, sign === '+' ? 1 : 0, sign === '?' ? 1 : Infinity];
    if (Number(least) > 12) throw new Unsupported();
    return [text, Number(least), comma ? (most ? Number(most) : Infinity) : Number(least)];
  }

  function atom(): Fragment {
    const char = pattern[at] ?? '';
    at += 1;
    if (char === '(') return group();
    if (char === '[') return reading(charClass());
    if (char === '.') return reading(flags.includes('s') ? ANY : LINE);
    if ((char === '^' && at === 1) || (char === '$' && at === pattern.length)) return empty();
    if (char === '^' || char === '$') throw new Unsupported();
    if (char === '\\') return escape();
    return reading([[char.charCodeAt(0), char.charCodeAt(0)]]);
  }

  function group(): Fragment {
    const opening = /^\?(?::|<[A-Za-z_$][\w$]*>)/.exec(pattern.slice(at));
    if (opening) at += opening[0].length;
    else if (pattern[at] === '?') throw new Unsupported();
    const inner = alternatives();
    if (pattern[at] !== ')') throw new Unsupported();
    at += 1;
    return inner;
  }

  function escape(): Fragment {
    const char = pattern[at] ?? '';
    if (char === 'b' || char === 'B') {
      at += 1;
      return empty();
    }
    if (/[1-9k]/.test(char)) throw new Unsupported();
    return reading(escaped());
  }

  function escaped(): CharSet {
    const char = pattern[at] ?? '';
    at += 1;
    const known = CLASSES[char.toLowerCase()];
    if (known) return char === char.toLowerCase() ? known : complement(known);
    if (char === 'p' || char === 'P' || char === 'c') throw new Unsupported();
    const hex = (char === 'x' ? /^[0-9a-fA-F]{2}/ : char === 'u' ? /^[0-9a-fA-F]{4}/ : null)?.exec(pattern.slice(at));
    if (hex) at += hex[0].length;
    else if (char === 'u' && pattern[at] === '{') throw new Unsupported();
    const unit = hex ? Number.parseInt(hex[0], 16) : (ESCAPES[char] ?? char.charCodeAt(0));
    return [[unit, unit]];
  }

  function charClass(): CharSet {
    const isNegated = pattern[at] === '^';
    if (isNegated) at += 1;
    const sets: CharSet[] = [];
    while (at < pattern.length && pattern[at] !== ']') {
      const from = classItem();
      const isRange = pattern[at] === '-' && pattern[at + 1] !== ']' && from.length === 1;
      if (!isRange) {
        sets.push(from);
        continue;
      }
      at += 1;
      const to = classItem();
      const [low, high] = [from[0]?.[0] ?? 0, to[0]?.[1] ?? 0];
      if (low <= high) sets.push([[low, high]]);
    }
    at += 1;
    const whole = union(sets);
    return isNegated ? complement(whole) : whole;
  }

  function classItem(): CharSet {
    const char = pattern[at] ?? '';
    at += 1;
    if (char !== '\\') return [[char.charCodeAt(0), char.charCodeAt(0)]];
    if (pattern[at] === 'b') {
      at += 1;
      return [[8, 8]];
    }
    return escaped();
  }

  const [start, accept] = alternatives();
  if (at < pattern.length) throw new Unsupported();
  return { start, accept, reads, skips };
}

function bothCases(set: CharSet): CharSet {
  const shifted = set.flatMap(([from, to]): CharSet => {
    const lower: CharSet = from <= 90 && to >= 65 ? [[Math.max(from, 65) + 32, Math.min(to, 90) + 32]] : [];
    const upper: CharSet = from <= 122 && to >= 97 ? [[Math.max(from, 97) - 32, Math.min(to, 122) - 32]] : [];
    return [...lower, ...upper];
  });
  return union([set, shifted]);
}
