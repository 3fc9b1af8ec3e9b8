import type { StoredEvent } from '../../src/contract/events.ts';
import type { Env, Random } from '../../src/orchestrator/env.ts';
import type { Journal } from '../../src/orchestrator/journal/journal.ts';
import type { openJournal } from '../../src/orchestrator/journal/open-journal.ts';
import type { createJournalReader } from '../../src/orchestrator/journal/reader.ts';
import type { SimulatedDisk } from '../support/simulated-disk.ts';
import {
  createSeededRandom,
  createSimulatedClock,
  createSimulatedMachine,
  type SimulatedClock,
  type SimulatedMachine,
} from '../support/simulated-env.ts';
import { survivals } from './survivals.ts';

/** The journal being checked: the real one, or one with a planted bug. */
export interface Implementation {
  readonly openJournal: typeof openJournal;
  readonly createJournalReader: typeof createJournalReader;
}

export interface CheckResult {
  readonly states: number;
  /** What was wrong with the first bad state, with the seed that makes it again; null when all were good. */
  readonly problem: string | null;
}

const STATE_DIR = '/state';
/** A short fill, so that a state is judged quickly. */
const SMALL = { firstFillBytes: 512 };

/** What one session was asked to store and what it promised, at a moment. */
interface Expectation {
  /** Ids of the groups handed over, in order. */
  readonly groups: readonly (readonly string[])[];
  /** Events acknowledged, or seen by a reader after an earlier crash. */
  readonly promised: number;
}

interface CrashState {
  readonly disk: SimulatedDisk;
  readonly expected: ReadonlyMap<string, Expectation>;
}

/**
 * Drives sessions on a simulated machine, stops the disk at every change in many possible ways, and asks of each state what the
 * journal promises (README of the journal).
 */
export async function checkCrashStates(options: {
  readonly implementation: Implementation;
  readonly states: number;
  readonly seed: number;
}): Promise<CheckResult> {
  let states = 0;
  for (let seed = options.seed; states < options.states; seed++) {
    const found: CrashState[] = [];
    const failed = await driveWorkload({ ...options, seed, found }).catch(thrown);
    if (failed !== null) return { states, problem: `seed ${seed}: ${failed}` };
    for (const state of found) {
      states++;
      const problem = await judge(options.implementation, state, seed).catch(thrown);
      if (problem !== null) return { states, problem: `seed ${seed}: ${problem}` };
      if (states >= options.states) break;
    }
  }
  return { states, problem: null };
}

function thrown(error: unknown): string {
  return `threw ${String(error)}`;
}

/** Two or three sessions after each other; each ends in order, by a kill, or with the machine. */
async function driveWorkload(options: {
  readonly implementation: Implementation;
  readonly seed: number;
  readonly found: CrashState[];
}): Promise<string | null> {
  const random = createSeededRandom(options.seed);
  const clock = createSimulatedClock();
  const expected = new Map<string, Expectation>();
  let machine = createSimulatedMachine({ seed: options.seed, clock });
  const sessions = 2 + pick(random, 2);
  for (let index = 0; index < sessions; index++) {
    watchDisk(machine, { ...options, random, expected });
    const running = machine.start();
    const faulty = plantFaults(machine.disk, random);
    const opened = options.implementation.openJournal({
      env: running.env,
      stateDir: STATE_DIR,
      limits: limitsOf(random),
    });
    if (!opened.ok) return faulty ? null : `a session cannot be opened: ${opened.failure.message}`;
    await produce({ journal: opened.value, random, expected, clock, name: `s${index}` });
    Object.assign(machine.disk.faults, { capacity: Infinity, failingSyncs: 0 });
    if (random.float() < 0.4) await opened.value.close();
    running.kill();
    promiseWhatIsSeen(options.implementation, { machine, expected });
    if (random.float() < 0.4) {
      machine = createSimulatedMachine({
        seed: options.seed + 1_000_003 * (index + 1),
        clock,
        disk: machine.disk.crash(() => random.float() < 0.5),
      });
    }
  }
  return null;
}

function limitsOf(random: Random): Parameters<typeof openJournal>[0]['limits'] & object {
  return {
    batchEvents: 3 + pick(random, 12),
    batchBytes: 2048,
    segmentBytes: 1024 * (2 + pick(random, 12)),
    firstFillBytes: 512 * pick(random, 4),
    maxFillBytes: 2048,
  };
}

/** A disk that fills up, or one that fails once or twice; false when it stays in order. */
function plantFaults(disk: SimulatedDisk, random: Random): boolean {
  const kind = random.float();
  if (kind < 0.15) disk.faults.capacity = 2000 + pick(random, 12_000);
  if (kind < 0.15 || kind > 0.4) return kind < 0.15;
  disk.faults.syncsUntilFailure = pick(random, 10);
  disk.faults.failingSyncs = 1 + pick(random, 2);
  return true;
}

/** Producers that each wait for their own groups, side by side. */
async function produce(options: {
  readonly journal: Journal;
  readonly random: Random;
  readonly expected: Map<string, Expectation>;
  readonly clock: SimulatedClock;
  readonly name: string;
}): Promise<void> {
  const { journal, random, expected } = options;
  const groups: string[][] = [];
  let acknowledged = 0;
  const note = (): void => {
    const promised = Math.max(acknowledged, expected.get(journal.session)?.promised ?? 0);
    expected.set(journal.session, { groups: [...groups], promised });
  };
  const producer = async (name: string): Promise<void> => {
    for (let index = 0; index < 3 + pick(random, 5); index++) {
      const ids = Array.from({ length: 1 + pick(random, 3) }, (_, place) => `${name}.${index}.${place}`);
      groups.push(ids);
      note();
      options.clock.advance(1);
      const size = random.float() < 0.2 ? 900 : 40;
      const stored = await journal.append(
        ids.map((id) => ({ id, source: 'check', type: 'check.event', data: { text: 'x'.repeat(pick(random, size)) } })),
      );
      if (!stored.ok) return;
      acknowledged += ids.length;
      note();
    }
  };
  await Promise.all(Array.from({ length: 1 + pick(random, 4) }, (_, index) => producer(`${options.name}.p${index}`)));
}

/** At changes of the disk, takes crash states, and lets another process read beside the one that writes. */
function watchDisk(
  machine: SimulatedMachine,
  to: {
    readonly expected: Map<string, Expectation>;
    readonly implementation: Implementation;
    readonly random: Random;
    readonly found: CrashState[];
  },
): void {
  const { disk } = machine;
  let reading = false;
  disk.onChange = () => {
    if (reading || to.random.float() < 0.5) return;
    reading = true;
    if (to.random.float() < 0.1) promiseWhatIsSeen(to.implementation, { ...to, machine });
    reading = false;
    const expected = new Map(to.expected);
    for (const survives of survivals(disk.unsynced(), to.random))
      to.found.push({ disk: disk.crash(survives), expected });
  };
}

/** What a reader shows has to stay: from now on it counts as promised. */
function promiseWhatIsSeen(
  implementation: Implementation,
  on: { readonly machine: SimulatedMachine; readonly expected: Map<string, Expectation> },
): void {
  const { env } = on.machine.start();
  const seen = eventsBySession(whatIsSeen(implementation, env));
  for (const [session, { groups, promised }] of on.expected) {
    const count = seen.get(session)?.filter(isOurs).length ?? 0;
    on.expected.set(session, { groups, promised: Math.max(promised, count) });
  }
}

/** Nothing, where the disk fails just then. */
function whatIsSeen(implementation: Implementation, env: Env): readonly StoredEvent[] {
  try {
    return [...implementation.createJournalReader({ env, stateDir: STATE_DIR }).events({})];
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('EIO')) return [];
    throw error;
  }
}

function groupsOfFirst(groups: Expectation['groups'], events: number): Expectation['groups'] {
  const kept: (readonly string[])[] = [];
  let count = 0;
  for (const group of groups) {
    if (count >= events) break;
    kept.push(group);
    count += group.length;
  }
  return kept;
}

/** Null when the state is good. */
async function judge(implementation: Implementation, state: CrashState, seed: number): Promise<string | null> {
  const { env } = createSimulatedMachine({ seed: seed + 500_009, disk: state.disk }).start();
  const before = implementation.createJournalReader({ env, stateDir: STATE_DIR });
  const seen = [...before.events({})];
  const first = judgeSeen(seen, state.expected) ?? judgeRepairs(before.repairs());
  if (first !== null) return first;
  const reopened = implementation.openJournal({ env, stateDir: STATE_DIR, limits: SMALL });
  if (!reopened.ok) return `the next session cannot be opened: ${reopened.failure.message}`;
  const stored = await reopened.value.append([{ id: 'after', source: 'check', type: 'check.event', data: {} }]);
  if (!stored.ok) return `the next session cannot store: ${stored.failure.message}`;
  const after = implementation.createJournalReader({ env, stateDir: STATE_DIR });
  return judgeReopened({ seen, now: [...after.events({})], session: reopened.value }) ?? judgeRepairs(after.repairs());
}

function judgeSeen(seen: readonly StoredEvent[], expected: CrashState['expected']): string | null {
  const bySession = eventsBySession(seen);
  for (const [session, { groups, promised }] of expected) {
    const all = bySession.get(session) ?? [];
    const gap = all.findIndex(({ sequence }, index) => sequence !== index + 1);
    if (gap >= 0) return `event ${gap + 1} of a session has sequence ${all[gap]?.sequence}`;
    const events = all.filter(isOurs);
    if (events.length < promised)
      return `${promised} events of a session were acknowledged, ${events.length} are there`;
    const ids = groups.flat();
    const wrong = events.findIndex(({ id }, index) => id !== ids[index]);
    if (wrong >= 0) return `event ${wrong + 1} of a session is ${events[wrong]?.id}, not ${ids[wrong]}`;
    if (groupsOfFirst(groups, events.length).flat().length !== events.length) return 'a group is there in part';
  }
  const epochs = new Map(seen.map(({ sessionid, epoch }) => [epoch, sessionid]));
  if (epochs.size !== bySession.size) return 'two sessions have one number';
  return null;
}

function judgeReopened(what: {
  readonly seen: readonly StoredEvent[];
  readonly now: readonly StoredEvent[];
  readonly session: Journal;
}): string | null {
  const older = what.now.filter(({ sessionid }) => sessionid !== what.session.session).map(({ id }) => id);
  if (older.join() !== what.seen.map(({ id }) => id).join())
    return 'the next session changed what is read of the older ones';
  if (what.now.at(-1)?.id !== 'after') return 'the next session’s own event is missing, or not the last';
  if (what.seen.some(({ epoch }) => epoch >= what.session.epoch))
    return 'the next session has the number of an older one';
  return null;
}

/** A crash alone never costs an acknowledged event, so nothing may be called lost. */
function judgeRepairs(
  repairs: ReturnType<ReturnType<Implementation['createJournalReader']>['repairs']>,
): string | null {
  const lossy = repairs.find(({ lost }) => lost.length > 0);
  return lossy ? `${lossy.file} is said to have lost ${JSON.stringify(lossy.lost)}` : null;
}

/** Not the journal's own notes of what it repaired. */
function isOurs({ type }: StoredEvent): boolean {
  return type === 'check.event';
}

function eventsBySession(events: Iterable<StoredEvent>): ReadonlyMap<string, readonly StoredEvent[]> {
  return Map.groupBy(events, ({ sessionid }) => sessionid);
}

function pick(random: Random, below: number): number {
  return Math.floor(random.float() * below);
}
