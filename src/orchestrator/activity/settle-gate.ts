import type { Origin } from '../../contract/events.ts';

/** Milliseconds; the defaults are CONTRACT's, changed by the settings of the same names. */
export interface GateSettings {
  readonly quietMinMs: number;
  readonly quietMaxMs: number;
  readonly autoSaveQuietMs: number;
  readonly maxWaitMs: number;
}

/**
 * When a burst is over. Pure: times are milliseconds of a clock that never goes back, so that a wall clock that jumps neither
 * delays nor hastens anything.
 */
export interface Gate {
  readonly burst: Burst | null;
  /** Turns of coding agents that have begun and not ended. */
  readonly turns: readonly string[];
  /** Git is at work in this repository: its index is locked. */
  readonly gitBusy: boolean;
}

/** Writes that belong together: one activity for each writer, and all of them end together. */
export interface Burst {
  readonly startedAt: number;
  readonly lastAt: number;
  /** Between its newest writes, at most 20. */
  readonly gaps: readonly number[];
  /** When the editor last saved by itself while a person typed; null after a save by hand. */
  readonly autoSavedAt: number | null;
  /** Writer → id of its activity. */
  readonly activities: Readonly<Record<string, string>>;
}

export type GateInput =
  /** `fresh` becomes the activity's id where the writer has none in this burst. */
  | {
      readonly kind: 'write';
      readonly origin: Origin;
      readonly at: number;
      readonly save: 'auto' | 'hand' | null;
      readonly fresh: string;
    }
  | { readonly kind: 'turn'; readonly turn: string; readonly began: boolean }
  | { readonly kind: 'git'; readonly busy: boolean }
  /** Only time has passed. */
  | { readonly kind: 'time' };

export interface GateStep {
  readonly gate: Gate;
  /** Activities of the burst that is over now, each of them once; null while none is. */
  readonly settled: readonly string[] | null;
  /** The activity that a write belongs to; null for other inputs. */
  readonly activity: string | null;
}

/** How many gaps say how fast somebody writes, and how many times their median is a pause. */
const GAPS = 20;
const PAUSE = 2.5;

export const newGate = (): Gate => ({ burst: null, turns: [], gitBusy: false });

/** A write after the end of the burst before it opens the next one, even where nobody looked in between. */
export function stepGate(
  gate: Gate,
  input: GateInput,
  { now, settings }: { readonly now: number; readonly settings: GateSettings },
): GateStep {
  const due = dueAt(gate, settings);
  const over = due !== null && due <= (input.kind === 'write' ? Math.min(input.at, now) : now);
  const settled = over && gate.burst ? Object.values(gate.burst.activities) : null;
  const left = over ? { ...gate, burst: null } : gate;
  switch (input.kind) {
    case 'write': {
      const burst = written(left.burst, input);
      return { gate: { ...left, burst }, settled, activity: burst.activities[input.origin] ?? null };
    }
    case 'turn': {
      const others = left.turns.filter((turn) => turn !== input.turn);
      return { gate: { ...left, turns: input.began ? [...others, input.turn] : others }, settled, activity: null };
    }
    case 'git':
      return { gate: { ...left, gitBusy: input.busy }, settled, activity: null };
    case 'time':
      return { gate: left, settled, activity: null };
  }
}

/** When the burst is over if nothing more comes; null without one. Never later than the longest wait. */
export function dueAt({ burst, turns, gitBusy }: Gate, settings: GateSettings): number | null {
  if (burst === null) return null;
  const last = burst.startedAt + settings.maxWaitMs;
  if (turns.length > 0 || gitBusy) return last;
  const quiet = burst.lastAt + quietMs(burst.gaps, settings);
  const afterAutoSave = burst.autoSavedAt === null ? 0 : burst.autoSavedAt + settings.autoSaveQuietMs;
  return Math.min(last, Math.max(quiet, afterAutoSave));
}

/** The pause after which these gaps count as over. */
export function quietMs(gaps: readonly number[], settings: GateSettings): number {
  const sorted = gaps.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1] ?? 0, sorted[sorted.length >> 1] ?? 0];
  return Math.min(settings.quietMaxMs, Math.max(settings.quietMinMs, (PAUSE * (low + high)) / 2));
}

function written(burst: Burst | null, write: Extract<GateInput, { kind: 'write' }>): Burst {
  const { origin, at, fresh, save } = write;
  if (burst === null) {
    const autoSavedAt = save === 'auto' ? at : null;
    return { startedAt: at, lastAt: at, gaps: [], autoSavedAt, activities: { [origin]: fresh } };
  }
  return {
    startedAt: burst.startedAt,
    lastAt: Math.max(burst.lastAt, at),
    gaps: [...burst.gaps, Math.max(0, at - burst.lastAt)].slice(-GAPS),
    autoSavedAt: save === 'auto' ? at : save === 'hand' ? null : burst.autoSavedAt,
    activities: { ...burst.activities, [origin]: burst.activities[origin] ?? fresh },
  };
}
