import { automatonOf, overlaps, type Automaton } from './regexp-parser.ts';

/** Pairs of states looked at before giving up. */
const MAX_PAIRS = 20_000;

/**
 * Whether a backtracking engine may try exponentially many ways: some state can be left and reached again over the same text
 * in two ways, and what follows the loop can fail. Expressions with look-around or back references are not judged.
 */
export function isCatastrophic(pattern: string, flags: string): boolean {
  if (!/\([^]*\)(?:[*+]|\{\d+,)/.test(pattern)) return false;
  const automaton = automatonOf(pattern, flags);
  if (!automaton) return false;
  const closed = closures(automaton);
  // Without `$` a way through a place where the expression may end never fails, so it is never tried again.
  const mayEnd = (state: number): boolean => !pattern.endsWith('$') && (closed[state] ?? []).includes(automaton.accept);
  const steps = stepsOf(automaton).map((of) => of.filter(({ to }) => !mayEnd(to)));
  return loopStates(automaton, closed).some((state) => !mayEnd(state) && returnsTwoWays(steps, state));
}

interface Step {
  readonly set: Automaton['reads'][number][number]['set'];
  readonly to: number;
  /** Which of the ways that read nothing led there: two ways to the same place are two ways. */
  readonly path: string;
}

/** From each reading place to the next reading places. Places are the `to` of a read. */
function stepsOf(automaton: Automaton): readonly (readonly Step[])[] {
  return automaton.reads.map((_, state) => {
    const steps: Step[] = [];
    walk(automaton, state, {
      path: [state],
      visit: (at, path) => {
        for (const way of automaton.reads[at] ?? []) steps.push({ set: way.set, to: way.to, path });
      },
    });
    return steps;
  });
}

interface Walk {
  readonly path: readonly number[];
  readonly visit: (state: number, path: string) => void;
}

function walk(automaton: Automaton, state: number, { path, visit }: Walk): void {
  visit(state, path.join('.'));
  for (const next of automaton.skips[state] ?? [])
    if (!path.includes(next)) walk(automaton, next, { path: [...path, next], visit });
}

function closures({ skips }: Automaton): readonly (readonly number[])[] {
  return skips.map((_, state) => {
    const seen = new Set([state]);
    for (const at of seen) for (const next of skips[at] ?? []) seen.add(next);
    return [...seen];
  });
}

/** States just after a read from which the same read can happen again. */
function loopStates({ reads }: Automaton, closed: readonly (readonly number[])[]): readonly number[] {
  const targets = [...new Set(reads.flat().map((way) => way.to))];
  return targets.filter((target) => {
    const seen = new Set<number>();
    const queue = [...(closed[target] ?? [])];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      for (const { to } of reads[at] ?? []) {
        if (to === target) return true;
        if (seen.has(to)) continue;
        seen.add(to);
        queue.push(...(closed[to] ?? []));
      }
    }
    return false;
  });
}

/** Two different ways from a state back to it over one text: pairs of states walked together from (s,s) to (s,s). */
function returnsTwoWays(steps: readonly (readonly Step[])[], start: number): boolean {
  const seen = new Set<number>();
  const width = steps.length;
  const queue: (readonly [number, number, boolean])[] = [[start, start, false]];
  let budget = MAX_PAIRS;
  for (let pair = queue.pop(); pair; pair = queue.pop()) {
    const [left, right, parted] = pair;
    for (const one of steps[left] ?? []) {
      for (const other of steps[right] ?? []) {
        if ((budget -= 1) < 0) return false;
        if (!overlaps(one.set, other.set)) continue;
        const apart = parted || one.to !== other.to || one.path !== other.path;
        if (apart && one.to === start && other.to === start) return true;
        const key = ((apart ? 1 : 0) * width + one.to) * width + other.to;
        if (seen.has(key)) continue;
        seen.add(key);
        queue.push([one.to, other.to, apart]);
      }
    }
  }
  return false;
}
