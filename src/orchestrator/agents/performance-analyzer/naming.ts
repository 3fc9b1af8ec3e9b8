import type { ParsedSources } from '../../workspace/parsed-source.ts';
import { isScript } from '../../workspace/parsed-source.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { changedFunctions, functionsOf, type FunctionPlace } from './functions.ts';
import { timeSpent, type CpuProfile, type TimeSpent } from './profile.ts';

/** The functions that a change touches, and all others of the files it touches. */
export interface ChangedCode {
  readonly changed: readonly FunctionPlace[];
  readonly now: readonly FunctionPlace[];
  readonly before: readonly FunctionPlace[];
}

export async function readChangedCode(deps: {
  readonly workspace: Workspace;
  readonly sources: ParsedSources;
  readonly base: string;
  readonly files: readonly string[];
}): Promise<ChangedCode> {
  const changed: FunctionPlace[] = [];
  const now: FunctionPlace[] = [];
  const before: FunctionPlace[] = [];
  for (const file of deps.files.filter(isScript)) {
    const text = await deps.workspace.read(file);
    if (text === null) continue;
    const baseText = await deps.workspace.readBase(deps.base, file);
    const base = baseText === null ? null : deps.sources.parse(`base:${file}`, baseText);
    const parsed = deps.sources.parse(file, text);
    changed.push(...changedFunctions(parsed, base));
    now.push(...functionsOf(parsed));
    if (base !== null) before.push(...functionsOf({ ...base, file }));
  }
  return { changed, now, before };
}

/** One side's profile with the folder it ran in and the time of the benchmark there. */
export interface ProfiledSide {
  readonly profile: CpuProfile;
  readonly tree: string;
  /** change / base for the change, 1 for the base: turns shares into comparable times. */
  readonly time: number;
}

export interface Culprit {
  readonly place: FunctionPlace;
  /** Where the time of the change goes, hottest first, whichever file it is in. Lines are 1-based. */
  readonly hottest: TimeSpent['lines'];
}

/** Part of the added time that changed functions must explain; else a function beside them, which a changed value reaches, does. */
const EXPLAINED = 0.3;
const MOST_LINES = 3;
const LEAST_SHARE = 0.05;

/**
 * The function that the added time is in: each sample counts for the innermost function of the changed files that was running,
 * so time in a library belongs to who calls it. Changed functions go before their unchanged neighbours.
 */
export function findCulprit(code: ChangedCode, base: ProfiledSide, change: ProfiledSide): Culprit | null {
  const changedKeys = new Set(code.changed.map(keyOf));
  const addedTotal = change.time - base.time;
  const attempts = [
    { now: code.changed, before: code.before.filter((place) => changedKeys.has(keyOf(place))), least: EXPLAINED },
    { now: code.now, before: code.before, least: 0 },
  ];
  for (const { now, before, least } of attempts) {
    const spent = timeSpent(change.profile, change.tree, now);
    const added = addedTime(
      scaled(spent.shares, change.time),
      scaled(timeSpent(base.profile, base.tree, before).shares, base.time),
    );
    const [place, extra] = [...added].reduce<readonly [FunctionPlace | null, number]>(
      (best, [one, value]) => (value > best[1] ? [one, value] : best),
      [null, 0],
    );
    if (place === null || extra < least * addedTotal) continue;
    return { place, hottest: spent.lines.filter(({ share }) => share >= LEAST_SHARE).slice(0, MOST_LINES) };
  }
  return null;
}

function scaled(shares: ReadonlyMap<FunctionPlace, number>, time: number): ReadonlyMap<FunctionPlace, number> {
  return new Map([...shares].map(([place, share]) => [place, share * time]));
}

function addedTime(
  now: ReadonlyMap<FunctionPlace, number>,
  before: ReadonlyMap<FunctionPlace, number>,
): ReadonlyMap<FunctionPlace, number> {
  const earlier = new Map<string, number>();
  for (const [place, time] of before) earlier.set(keyOf(place), (earlier.get(keyOf(place)) ?? 0) + time);
  return new Map([...now].map(([place, time]) => [place, time - (earlier.get(keyOf(place)) ?? 0)]));
}

function keyOf({ file, name }: FunctionPlace): string {
  return `${file}\n${name}`;
}
