import type { Json, JsonObject } from '../../contract/json.ts';

/** The types that are summed up over time (SYSTEMS D4). */
export type AggregatedType = 'file.modified' | 'tool.used' | 'performance.metric';

/** What the events of a window say in sum. Bounded: names beyond a number are counted and not listed. */
export interface Digest {
  add(event: { readonly subject?: string; readonly data: JsonObject }): void;
  result(): JsonObject;
}

const LISTED = 200;
const MAX_NAME = 1000;

export function createDigest(type: AggregatedType): Digest {
  switch (type) {
    case 'file.modified':
      return fileDigest();
    case 'tool.used':
      return toolDigest();
    case 'performance.metric':
      return metricDigest();
  }
}

/** Paths with how often each was written, and extensions with how many files. */
function fileDigest(): Digest {
  const writes = new Map<string, number>();
  return {
    add({ subject, data }) {
      const path = nameIn(data, ['path'], subject);
      writes.set(path, (writes.get(path) ?? 0) + 1);
    },
    result() {
      const extensions = new Map<string, number>();
      for (const path of writes.keys()) countUp(extensions, extensionOf(path));
      return { files: writes.size, paths: listed(writes), extensions: listed(extensions) };
    },
  };
}

/** By name: how often, and how it ended. */
function toolDigest(): Digest {
  const tools = new Map<string, Map<string, number>>();
  return {
    add({ subject, data }) {
      const tool = nameIn(data, ['tool', 'name'], subject);
      const outcomes = tools.get(tool) ?? new Map<string, number>();
      tools.set(tool, outcomes);
      countUp(outcomes, outcomeOf(data));
    },
    result() {
      const outcomes = new Map<string, number>();
      const byName: Record<string, JsonObject> = {};
      for (const [tool, counts] of tools) {
        for (const [outcome, count] of counts) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
        const count = [...counts.values()].reduce((sum, one) => sum + one, 0);
        if (Object.keys(byName).length < LISTED) set(byName, tool, { count, outcomes: listed(counts) });
      }
      return { tools: tools.size, byName, outcomes: listed(outcomes) };
    },
  };
}

/** By name: the values' smallest, mean, largest and 95th percentile. */
function metricDigest(): Digest {
  const metrics = new Map<string, number[]>();
  return {
    add({ subject, data }) {
      const value = data['value'];
      if (typeof value !== 'number') return;
      const name = nameIn(data, ['metric', 'name'], subject);
      const values = metrics.get(name) ?? [];
      metrics.set(name, values);
      values.push(value);
    },
    result() {
      const byName: Record<string, JsonObject> = {};
      for (const [name, values] of [...metrics].slice(0, LISTED)) set(byName, name, statisticsOf(values));
      return { metrics: metrics.size, byName };
    },
  };
}

function statisticsOf(values: readonly number[]): JsonObject {
  const sorted = values.toSorted((a, b) => a - b);
  const count = sorted.length;
  return {
    count,
    min: sorted[0] ?? null,
    mean: sorted.reduce((sum, one) => sum + one, 0) / count,
    max: sorted[count - 1] ?? null,
    p95: sorted[Math.ceil(count * 0.95) - 1] ?? null,
  };
}

function outcomeOf(data: JsonObject): string {
  if (typeof data['outcome'] === 'string') return data['outcome'].slice(0, MAX_NAME);
  if (typeof data['success'] === 'boolean') return data['success'] ? 'succeeded' : 'failed';
  return 'unknown';
}

function nameIn(data: JsonObject, keys: readonly string[], subject: string | undefined): string {
  const found: Json | undefined = keys.map((key) => data[key]).find((value) => typeof value === 'string');
  return (typeof found === 'string' ? found : (subject ?? 'unknown')).slice(0, MAX_NAME);
}

/** `.ts`; empty for a name without one, such as Makefile or .gitignore. */
function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot) : '';
}

function countUp(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** The most frequent ones. */
function listed(counts: ReadonlyMap<string, number>): JsonObject {
  const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, LISTED);
  const list: Record<string, number> = {};
  for (const [name, count] of most) set(list, name, count);
  return list;
}

/** Names come from outside: `__proto__` must be one like any other. */
function set<T>(target: Record<string, T>, name: string, value: T): void {
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
}
