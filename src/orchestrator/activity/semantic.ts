import { PRIORITIES, type NewEvent, type Priority, type StoredEvent } from '../../contract/events.ts';

/** What work looks like from its events: enough of each kind within a time (SYSTEMS D5). Rules can be added. */
export interface SemanticRule {
  /** Type of the event that reports it. */
  readonly type: string;
  readonly withinMs: number;
  readonly needs: readonly { readonly types: readonly string[]; readonly atLeast: number }[];
  /** How sure the rule is, 0 to 1. */
  readonly confidence: number;
}

/** The mission's two. It gives no confidence for the second: the first's. */
export const SEMANTIC_RULES: readonly SemanticRule[] = [
  {
    type: 'feature-development',
    withinMs: 5 * 60_000,
    needs: [
      { types: ['file.created', 'file.modified'], atLeast: 3 },
      { types: ['tool.used'], atLeast: 2 },
    ],
    confidence: 0.8,
  },
  {
    type: 'bug-fix',
    withinMs: 3 * 60_000,
    needs: [
      { types: ['file.modified'], atLeast: 1 },
      { types: ['git.commit'], atLeast: 1 },
      { types: ['agent.completed'], atLeast: 1 },
    ],
    confidence: 0.8,
  },
];

/** Older ones do not count (SYSTEMS D5). */
const REMEMBERED = 1000;
const MAX_FILES = 200;

/** Events that a rule recognised. */
export interface Burst {
  readonly rule: SemanticRule;
  readonly events: readonly Seen[];
}

/** An event as the rules need it. `at`: milliseconds on one clock that does not go back. */
export interface Seen {
  readonly id: string;
  readonly type: string;
  readonly at: number;
  readonly time: string;
  readonly priority: Priority;
  /** Of a file event. */
  readonly path: string | null;
}

/** What is remembered, to go on with elsewhere. */
export interface SemanticMemory {
  readonly seen: readonly Seen[];
  /** Rule → end of the burst that it reported last. */
  readonly reportedUntil: ReadonlyMap<string, number>;
}

export interface SemanticAggregation {
  /** What the event completes. Times must not go back. */
  add(event: StoredEvent, at: number): readonly Burst[];
  /** A burst of the rule that was reported elsewhere began with, or holds, an event of this time. */
  reported(rule: SemanticRule, at: number): void;
  memory(): SemanticMemory;
  /** Remembers what was seen before, elsewhere. */
  restore(memory: SemanticMemory): void;
}

/**
 * Looks at the newest events for what the rules describe. A burst is everything within a rule's time from its first event: it is
 * reported once, when it is complete, and what follows in that time belongs to it.
 */
export function createSemanticAggregation(rules: readonly SemanticRule[] = SEMANTIC_RULES): SemanticAggregation {
  const typesOf = new Map(rules.map((rule) => [rule, new Set(rule.needs.flatMap(({ types }) => types))]));
  const reportedUntil = new Map<string, number>();
  let seen: Seen[] = [];
  /** Type → how many of `seen`: most rules lack something that is not there at all, which is told without going through them. */
  let tally = tallyOf(seen);

  function look(rule: SemanticRule, at: number): readonly Burst[] {
    const counted = ({ types }: SemanticRule['needs'][number]): number =>
      types.reduce((sum, type) => sum + (tally.get(type) ?? 0), 0);
    if (rule.needs.some((need) => counted(need) < need.atLeast)) return [];
    const since = Math.max(at - rule.withinMs, reportedUntil.get(rule.type) ?? -Infinity);
    const events = seen.filter((one) => one.at >= since && typesOf.get(rule)?.has(one.type));
    const [first] = events;
    if (!first || !rule.needs.every((need) => isMet(need, events))) return [];
    // The time from the first event on, its last moment included.
    reportedUntil.set(rule.type, first.at + rule.withinMs + 1);
    return [{ rule, events }];
  }

  return {
    add(event, at) {
      if (!counts(event)) return [];
      const concerned = rules.filter((rule) => typesOf.get(rule)?.has(event.type));
      if (concerned.length === 0) return [];
      seen.push(seenOf(event, at));
      count(tally, event.type, 1);
      const oldest = seen.length > REMEMBERED ? seen.shift() : undefined;
      if (oldest !== undefined) count(tally, oldest.type, -1);
      return concerned
        .filter(({ type }) => at >= (reportedUntil.get(type) ?? -Infinity))
        .flatMap((rule) => look(rule, at));
    },
    reported({ type, withinMs }, at) {
      if (at >= (reportedUntil.get(type) ?? -Infinity)) reportedUntil.set(type, at + withinMs + 1);
    },
    memory: () => ({ seen: [...seen], reportedUntil }),
    restore(memory) {
      seen = [...memory.seen, ...seen].sort((a, b) => a.at - b.at).slice(-REMEMBERED);
      tally = tallyOf(seen);
      for (const [rule, until] of memory.reportedUntil)
        reportedUntil.set(rule, Math.max(until, reportedUntil.get(rule) ?? -Infinity));
    },
  };
}

/** Types that any rule counts. */
export function semanticTypes(rules: readonly SemanticRule[]): readonly string[] {
  return [...new Set(rules.flatMap(({ needs }) => needs.flatMap(({ types }) => types)))];
}

export function burstEvent({ rule, events }: Burst): NewEvent {
  const files = [...new Set(events.flatMap(({ path }) => (path === null ? [] : [path])))];
  const priority = events.reduce<Priority>(
    (highest, one) => (PRIORITIES.indexOf(one.priority) > PRIORITIES.indexOf(highest) ? one.priority : highest),
    'low',
  );
  const first = events[0];
  const last = events.at(-1);
  return {
    source: 'savepoint/activity',
    type: rule.type,
    priority,
    data: {
      confidence: rule.confidence,
      withinMs: rule.withinMs,
      count: events.length,
      from: first?.time ?? null,
      to: last?.time ?? null,
      files: files.slice(0, MAX_FILES),
      filesTotal: files.length,
      events: events.map(({ id }) => id),
    },
  };
}

/** A run's own steps end with `agent.completed` too: only a coding agent's count (CONTRACT, Events). */
function counts({ type, origin }: StoredEvent): boolean {
  return type !== 'agent.completed' || origin.startsWith('agent:');
}

function tallyOf(seen: readonly Seen[]): Map<string, number> {
  const tally = new Map<string, number>();
  for (const { type } of seen) count(tally, type, 1);
  return tally;
}

function count(tally: Map<string, number>, type: string, by: number): void {
  tally.set(type, (tally.get(type) ?? 0) + by);
}

function isMet(need: SemanticRule['needs'][number], events: readonly Seen[]): boolean {
  return events.filter(({ type }) => need.types.includes(type)).length >= need.atLeast;
}

function seenOf(event: StoredEvent, at: number): Seen {
  const { id, type, time, priority, data, subject } = event;
  const path = type.startsWith('file.') ? data['path'] : null;
  return { id, type, at, time, priority, path: typeof path === 'string' ? path : fileSubject(type, subject) };
}

function fileSubject(type: string, subject: string | undefined): string | null {
  return type.startsWith('file.') ? (subject ?? null) : null;
}
