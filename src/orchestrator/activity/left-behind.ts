import type { StoredEvent } from '../../contract/events.ts';
import type { Clock } from '../env.ts';
import type { JournalReader } from '../journal/journal.ts';
import { readPast } from './read-past.ts';
import {
  createSemanticAggregation,
  semanticTypes,
  type Burst,
  type SemanticMemory,
  type SemanticRule,
} from './semantic.ts';
import { AGGREGATED_TYPES, coversOf, createTemporalWindows, WINDOW_TYPES, type Window } from './temporal.ts';

/** What a dead session stored and nobody has reported; times are on the clock of the events (milliseconds since 1970). */
export interface LeftBehind {
  readonly ended: readonly Window[];
  /** Still open by the clock now. */
  readonly open: readonly Window[];
  readonly bursts: readonly Burst[];
  readonly memory: SemanticMemory;
}

/** What is older was reported, or interests nobody any more: over a weekend, and no scan of the whole history. */
const LOOK_BACK_MS = 3 * 24 * 60 * 60_000;

export interface LeftBehindReader {
  /** Of each session that died since the last look, oldest first. Reads in small pieces. */
  look(): Promise<readonly LeftBehind[]>;
}

/**
 * Reads what sessions left that ended in the middle of a window. Windows are found again by the events' own times; where the clock
 * went back between two events, they count as written at once.
 */
export function createLeftBehindReader(deps: {
  readonly reader: Pick<JournalReader, 'sessions' | 'events'>;
  readonly clock: Clock;
  readonly rules: readonly SemanticRule[];
}): LeftBehindReader {
  const { reader, clock, rules } = deps;
  const counted = new Set([...WINDOW_TYPES, ...semanticTypes(rules)]);
  const reports = new Set([...AGGREGATED_TYPES, ...rules.map(({ type }) => type)]);
  const looked = new Set<string>();
  const reported = createReported();
  let isFirst = true;

  async function look(): Promise<readonly LeftBehind[]> {
    const since = new Date(clock.now() - LOOK_BACK_MS).toISOString();
    const dead = reader
      .sessions()
      .filter(({ session, live, endedAt }) => !live && !looked.has(session) && (endedAt ?? since) >= since);
    if (dead.length === 0) return [];
    // A leader before may have reported in its own session what one before it had left; later only this process does.
    const sessions = isFirst ? {} : { sessions: dead.map(({ session }) => session) };
    for await (const event of readPast(deps, { since, ...sessions })) if (reports.has(event.type)) reported.add(event);
    isFirst = false;
    const found: LeftBehind[] = [];
    for (const { session } of dead) found.push(await read(session, since));
    return found;
  }

  async function read(session: string, since: string): Promise<LeftBehind> {
    const windows = createTemporalWindows();
    const semantic = createSemanticAggregation(rules);
    const ended: Window[] = [];
    const bursts: Burst[] = [];
    let at = -Infinity;
    for await (const event of readPast(deps, { since, sessions: [session] })) {
      if (!counted.has(event.type)) continue;
      at = Math.max(at, Date.parse(event.time));
      if (!reported.covers(event)) ended.push(...windows.add(event, at));
      for (const rule of rules) if (reported.isIn(rule, event.id)) semantic.reported(rule, at);
      bursts.push(...semantic.add(event, at).filter((burst) => !reported.has(burst)));
    }
    looked.add(session);
    ended.push(...windows.tick(clock.now()));
    return { ended, open: windows.open(), bursts, memory: semantic.memory() };
  }

  return { look };
}

/** What stored reports say is reported. */
function createReported(): {
  add(report: StoredEvent): void;
  covers(event: StoredEvent): boolean;
  has(burst: Burst): boolean;
  isIn(rule: SemanticRule, event: string): boolean;
} {
  /** Session and type → last sequence number. */
  const covered = new Map<string, number>();
  /** Rule → ids of events. */
  const inBursts = new Map<string, Set<string>>();

  const isIn = ({ type }: SemanticRule, event: string): boolean => inBursts.get(type)?.has(event) ?? false;

  return {
    isIn,
    add({ type, data }) {
      for (const { session, last } of coversOf(data)) {
        const key = `${session} ${JSON.stringify(data['type'])}`;
        covered.set(key, Math.max(last, covered.get(key) ?? 0));
      }
      if (AGGREGATED_TYPES.includes(type) || !Array.isArray(data['events'])) return;
      const ids = inBursts.get(type) ?? new Set<string>();
      inBursts.set(type, ids);
      for (const id of data['events']) ids.add(String(id));
    },
    covers: ({ sessionid, type, sequence }) => sequence <= (covered.get(`${sessionid} ${JSON.stringify(type)}`) ?? 0),
    has: ({ rule, events }) => events.some(({ id }) => isIn(rule, id)),
  };
}
