import { closeSync, fdatasyncSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { NewEvent, StoredEvent } from '../src/contract/events.ts';
import { createChannel } from '../src/orchestrator/channel/channel.ts';
import { createNodeEnv } from '../src/orchestrator/host/node-env.ts';
import { openJournal } from '../src/orchestrator/journal/open-journal.ts';
import { createJournalReader } from '../src/orchestrator/journal/reader.ts';
import { compare, type Bench } from './lib/bench.ts';
import type { JournalService } from './lib/journal-worker.ts';

const env = createNodeEnv({ version: 'bench' });
const REPLAY_EVENTS = 1_000_000;

export const benches: readonly Bench[] = [
  append({ producers: 1, events: 800, goal: 1 }, 'inside'),
  append({ producers: 16, events: 8_000, goal: 1 }, 'inside'),
  append({ producers: 256, events: 25_000, goal: 0.9 }, 'inside'),
  append({ producers: 1, events: 800, goal: 0.7 }, 'port'),
  append({ producers: 16, events: 8_000, goal: 0.7 }, 'port'),
  append({ producers: 256, events: 25_000, goal: 0.8 }, 'port'),
  {
    name: 'replay',
    about: '1,000,000 events read and checked; floor: chunked reading and JSON.parse',
    goal: { ratio: 0.85, kind: 'min' },
    run: () => inFolder(replay),
  },
];

/** `port`: the journal in a worker, the producers here. */
function append(load: Load & { readonly goal: number }, where: 'inside' | 'port'): Bench {
  const store = where === 'inside' ? appendToJournal : appendThroughPort;
  return {
    name: `append-${load.producers}-${where}`,
    about: `durable append, ${load.producers} at a time; floor: write + fdatasync of a growing file, grouped by turn`,
    goal: { ratio: load.goal, kind: 'min' },
    run: () =>
      compare({
        pairs: 15,
        unit: 'events/s',
        measured: () => inFolder((folder) => store(folder, load)),
        floor: () => inFolder((folder) => appendBare(folder, load)),
      }),
  };
}

interface Load {
  readonly producers: number;
  readonly events: number;
}

async function appendToJournal(folder: string, load: Load): Promise<number> {
  const opened = openJournal({ env, stateDir: folder });
  if (!opened.ok) throw new Error(opened.failure.message);
  const journal = opened.value;
  const rate = await produce(load, async (index) => {
    const stored = await journal.append([eventOf(index)]);
    if (!stored.ok) throw new Error(stored.failure.message);
  });
  await journal.close();
  return rate;
}

async function appendThroughPort(folder: string, load: Load): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL('lib/journal-worker.ts', import.meta.url), {
    workerData: { port: port2, stateDir: folder },
    transferList: [port2],
  });
  const channel = createChannel<Record<never, never>, JournalService, Record<never, never>, Record<never, never>>({
    port: port1,
    clock: env.clock,
    handlers: {},
  });
  await channel.request('append', [eventOf(0)]);
  const rate = await produce(load, async (index) => void (await channel.request('append', [eventOf(index)])));
  await channel.request('close', null);
  channel.dispose();
  await worker.terminate();
  return rate;
}

/** The smallest thing that promises the same: what a turn hands over is one write and one fdatasync. */
async function appendBare(folder: string, load: Load): Promise<number> {
  const fd = openSync(path.join(folder, 'bare.jsonl'), 'wx');
  let lines: string[] = [];
  let waiting: (() => void)[] = [];
  const flush = (): void => {
    const written = waiting;
    writeSync(fd, lines.join(''));
    lines = [];
    waiting = [];
    fdatasyncSync(fd);
    for (const acknowledge of written) acknowledge();
  };
  const rate = await produce(load, (index) => {
    lines.push(`${JSON.stringify(storedOf(index))}\n`);
    return new Promise((resolve) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push(resolve);
    });
  });
  closeSync(fd);
  return rate;
}

/** Each producer waits for its own event before the next. Events per second. */
async function produce(load: Load, store: (index: number) => Promise<void>): Promise<number> {
  let next = 0;
  const producer = async (): Promise<void> => {
    while (next < load.events) await store(next++);
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: load.producers }, producer));
  return load.events / ((performance.now() - started) / 1000);
}

/** Like an event of a step: some 400 bytes. */
function eventOf(index: number): NewEvent {
  return {
    source: 'workflow',
    type: 'workflow.step.completed',
    subject: `step-${index % 6}`,
    data: {
      run: '01900000-0000-7000-8000-000000000000',
      step: `step-${index % 6}`,
      attempt: 1,
      summary: 'nothing found',
    },
    correlationid: '01900000-0000-7000-8000-000000000000',
  };
}

function storedOf(index: number): StoredEvent {
  return {
    specversion: '1.0',
    id: env.random.uuid(),
    time: new Date(env.clock.now()).toISOString(),
    sequence: index + 1,
    sessionid: '01900000-0000-7000-8000-000000000001',
    epoch: 1,
    priority: 'normal',
    origin: 'unknown',
    ...eventOf(index),
  };
}

async function replay(folder: string): ReturnType<Bench['run']> {
  const opened = openJournal({ env, stateDir: folder });
  if (!opened.ok) throw new Error(opened.failure.message);
  for (let index = 0; index < REPLAY_EVENTS; index += 512) {
    const batch = Array.from({ length: Math.min(512, REPLAY_EVENTS - index) }, (_, at) =>
      opened.value.append([eventOf(index + at)]),
    );
    await Promise.all(batch);
  }
  await opened.value.close();
  const reader = createJournalReader({ env, stateDir: folder });
  reader.sessions();
  return compare({
    pairs: 3,
    unit: 'events/s',
    measured: () => Promise.resolve(rateOf(() => count(reader.events({})))),
    floor: () => Promise.resolve(rateOf(() => parseChunks(path.join(folder, 'sessions')))),
  });
}

function count(events: Iterable<StoredEvent>): number {
  let found = 0;
  for (const event of events) found += event.sequence > 0 ? 1 : 0;
  return found;
}

/** Reads the same files in chunks of the same size and parses each line; checks nothing. */
function parseChunks(dir: string): number {
  let found = 0;
  const chunk = Buffer.allocUnsafe(256 * 1024);
  for (const name of readdirSync(dir)) {
    const fd = openSync(path.join(dir, name), 'r');
    let rest = '';
    for (let read = readSync(fd, chunk); read > 0; read = readSync(fd, chunk)) {
      const lines = (rest + chunk.toString('utf8', 0, read)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) found += (JSON.parse(line) as StoredEvent).sequence > 0 ? 1 : 0;
    }
    closeSync(fd);
  }
  return found;
}

function rateOf(work: () => number): number {
  const started = performance.now();
  const events = work();
  return events / ((performance.now() - started) / 1000);
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'savepoint-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
