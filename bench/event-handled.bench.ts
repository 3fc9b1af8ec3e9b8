import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NewEvent } from '../src/contract/events.ts';
import { createAggregators } from '../src/orchestrator/activity/aggregators.ts';
import { createBus } from '../src/orchestrator/bus/create-bus.ts';
import { createMachineLoad } from '../src/orchestrator/bus/machine-load.ts';
import { createNodeEnv } from '../src/orchestrator/host/node-env.ts';
import { openJournal } from '../src/orchestrator/journal/open-journal.ts';
import { createJournalReader } from '../src/orchestrator/journal/reader.ts';
import type { Bench } from './lib/bench.ts';

const env = createNodeEnv({ version: 'bench' });
const { clock } = env;
const QUIET_EVENTS = 2000;
const STORM_EVENTS = 5000;
/** As many as arrive together; one in fifty is a commit, which somebody waits for. */
const AT_ONCE = 250;
const ONE_IN = 50;

const quiet = once(measureQuiet);
const storm = once(measureStorm);

export const benches: readonly Bench[] = [50, 95, 99].flatMap((percent) => [
  {
    name: `event-handled-p${percent}`,
    about:
      'from append to handled, immediate mode, one event after the other; floor: append to acknowledged; D12: < 100 ms',
    goal: null,
    run: async () => figure(await quiet(), percent),
  },
  {
    name: `event-handled-storm-p${percent}`,
    about: 'the same for commits in a storm of 5,000 writes with aggregators at work',
    goal: null,
    run: async () => figure(await storm(), percent),
  },
]);

/** Milliseconds each. */
interface Latencies {
  readonly handled: readonly number[];
  readonly acknowledged: readonly number[];
}

function figure({ handled, acknowledged }: Latencies, percent: number): Awaited<ReturnType<Bench['run']>> {
  const value = percentile(handled, percent);
  const floor = percentile(acknowledged, percent);
  return { value, unit: 'ms', floor, ratio: value / floor };
}

async function measureQuiet(): Promise<Latencies> {
  return withBus(async (append) => {
    for (let index = 0; index < QUIET_EVENTS; index++) {
      await append('git.commit');
      await nextTurn();
    }
  });
}

async function measureStorm(): Promise<Latencies> {
  return withBus(async (append) => {
    for (let sent = 0; sent < STORM_EVENTS; sent += AT_ONCE) {
      for (let index = 0; index < AT_ONCE; index++) void append(index % ONE_IN === 0 ? 'git.commit' : 'file.modified');
      await nextTurn();
    }
  });
}

async function withBus(work: (append: (type: string) => Promise<void>) => Promise<void>): Promise<Latencies> {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'savepoint-bench-'));
  const opened = openJournal({ env, stateDir });
  if (!opened.ok) throw new Error(opened.failure.message);
  const journal = opened.value;
  const reader = createJournalReader({ env, stateDir });
  const deps = {
    journal,
    reader,
    clock,
    mask: (text: string) => text,
    warn: () => undefined,
    onUnhandled: () => undefined,
  };
  const bus = createBus({ ...deps, machineLoad: createMachineLoad({ clock }) });
  const aggregators = createAggregators({ ...deps, bus });
  const began = new Map<string, number>();
  const handled: number[] = [];
  const acknowledged: number[] = [];
  bus.subscribe({
    name: 'bench',
    types: ['*'],
    handle({ id }) {
      const at = began.get(id);
      if (at !== undefined) handled.push(performance.now() - at);
    },
  });
  let count = 0;
  const append = async (type: string): Promise<void> => {
    const id = `event-${count++}`;
    const event: NewEvent = { id, source: 'bench', type, data: { path: `src/file-${count % 40}.ts` } };
    const at = performance.now();
    if (type === 'git.commit') began.set(id, at);
    await journal.append([event]);
    if (type === 'git.commit') acknowledged.push(performance.now() - at);
  };
  await work(append);
  await bus.close();
  await aggregators.close();
  await journal.close();
  rmSync(stateDir, { recursive: true });
  return { handled, acknowledged };
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? NaN;
}

/** Three figures of one measurement. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | null = null;
  return () => (result ??= work());
}
