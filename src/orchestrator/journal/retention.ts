import path from 'node:path';
import { createBreath } from '../breath.ts';
import type { Env } from '../env.ts';
import { carriedFold, SNAPSHOT_TYPE, snapshotParts, type Carried } from './carried.ts';
import { createEventStamp } from './event-stamp.ts';
import { recordBytesAtMost, writeRecord } from './frame.ts';
import { listSessions, namesIn, segmentName, type Layout } from './layout.ts';
import { createProjection } from './projection.ts';
import { SESSION_INDEX } from './reader.ts';
import { sessionIndexFold, type SessionFacts } from './session-facts.ts';
import { createSessionScan } from './session-scan.ts';
import { removeFile, writeAll } from '../state-file.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

interface Deps {
  readonly env: Env;
  readonly layout: Layout;
  /** Days for which sessions are kept after their last event. */
  readonly keptDays: number;
}

/** `clearing` in one go, for a process that has nothing else to do yet. */
export function clearExpired(deps: Deps): void {
  const pieces = clearing(deps);
  while (pieces.next().done !== true);
}

/** The same for a thread that others wait for: they get their turns in between. Ends early, with nothing cleared, when it is aborted. */
export async function clearExpiredInPieces(deps: Deps, signal: AbortSignal): Promise<void> {
  const breathe = createBreath(deps.env.clock);
  const pieces = clearing(deps);
  while (pieces.next().done !== true) {
    const pause = breathe();
    if (pause) await pause;
    if (signal.aborted) return void pieces.return();
  }
}

/**
 * Once a day, by one process: sessions whose last event is older than they are kept go, oldest first, up to the first one that is kept;
 * those of runs that wait for a person stay. What outlives them becomes a snapshot, which stands in the place of the youngest that
 * goes. Yields after each event that it reads, when nothing has changed yet.
 */
function* clearing(deps: Deps): Generator<void, void, undefined> {
  const { env, layout } = deps;
  const last = env.files.stat(layout.cleared);
  if (last !== null && env.clock.now() - last.mtimeMs < DAY_MS) return;
  const lock = env.locks.acquire(layout.repairLock);
  if (lock === null) return;
  try {
    const expired = expiredSessions(deps);
    const youngest = expired.at(-1);
    if (youngest !== undefined && !(expired.length === 1 && isSnapshot(deps, youngest)))
      replace(deps, expired, { carried: yield* carriedBy(deps, expired), youngest });
    markCleared(deps);
  } finally {
    lock.release();
  }
}

function expiredSessions({ env, layout, keptDays }: Deps): readonly SessionFacts[] {
  // Damage is the reader's to report.
  const index = createProjection({
    env,
    layout,
    name: SESSION_INDEX,
    fold: sessionIndexFold,
    onDamage: () => undefined,
  });
  const oldestFirst = Object.values(index.refresh()).sort((a, b) => a.epoch - b.epoch);
  const limit = new Date(env.clock.now() - keptDays * DAY_MS).toISOString();
  const kept = oldestFirst.findIndex((facts) => facts.lastAt >= limit || index.writerState(facts.session) === 'live');
  const waiting = waitingRuns(oldestFirst);
  const old = kept < 0 ? oldestFirst : oldestFirst.slice(0, kept);
  return old.filter(({ runs }) => !runs.some(({ run }) => waiting.has(run)));
}

function waitingRuns(oldestFirst: readonly SessionFacts[]): ReadonlySet<string> {
  const waiting = new Set<string>();
  for (const { run, waits } of oldestFirst.flatMap(({ runs }) => runs)) {
    if (waits === true) waiting.add(run);
    else if (waits === false) waiting.delete(run);
  }
  return waiting;
}

function isSnapshot({ env, layout }: Deps, facts: SessionFacts): boolean {
  return listSessions(env, layout).get(facts.session)?.segments[0] === 0;
}

/** The snapshot appears whole by its rename, and from then on stands for all of them, so a crash in the middle loses nothing. */
function replace(
  deps: Deps,
  expired: readonly SessionFacts[],
  { carried, youngest }: { readonly carried: Carried; readonly youngest: SessionFacts },
): void {
  const { env, layout } = deps;
  const snapshot = segmentName(youngest.session, 0);
  const temporary = path.join(layout.sessions, `${snapshot}.tmp`);
  writeSnapshot(deps, { file: temporary, carried, of: youngest });
  env.files.rename(temporary, path.join(layout.sessions, snapshot));
  env.files.syncDir(layout.sessions);
  const gone = new Set(expired.map(({ session }) => session));
  for (const name of namesIn(env, layout.sessions)) {
    const session = name.split('.')[0] ?? '';
    if (gone.has(session) && name !== snapshot) removeFile(env.files, path.join(layout.sessions, name));
  }
  clearClaims(deps, expired);
  env.files.syncDir(layout.sessions);
}

function* carriedBy(deps: Deps, expired: readonly SessionFacts[]): Generator<void, Carried, undefined> {
  const carried = carriedFold.initial();
  const files = listSessions(deps.env, deps.layout);
  for (const { session } of expired) {
    const scan = createSessionScan(deps, { session, segments: files.get(session)?.segments ?? [], writer: 'closed' });
    for (const event of scan.events()) {
      carriedFold.apply(carried, event);
      yield;
    }
  }
  return carried;
}

/** The snapshot keeps the session's last time, so that it is not taken for new. */
function writeSnapshot(
  deps: Deps,
  what: { readonly file: string; readonly carried: Carried; readonly of: SessionFacts },
): void {
  const { env } = deps;
  const { session, epoch, lastAt } = what.of;
  const clock = { ...env.clock, now: () => Date.parse(lastAt) };
  const stamp = createEventStamp({ env: { ...env, clock }, session, epoch });
  const handle = env.files.open(what.file, 'create');
  try {
    let position = 0;
    for (const [index, data] of snapshotParts(what.carried).entries()) {
      const json = JSON.stringify(
        stamp({ source: 'journal', type: SNAPSHOT_TYPE, data, origin: 'tool:savepoint' }, index + 1),
      );
      const bytes = Buffer.allocUnsafe(recordBytesAtMost(json));
      const length = writeRecord(bytes, 0, { json, place: { inGroup: 1, groupSize: 1, inBatch: 0 } });
      writeAll(handle, bytes.subarray(0, length), position);
      position += length;
    }
    handle.dataSync();
  } finally {
    handle.close();
  }
}

/** Claims of runs that nobody can ask for any more; the newest number stays, so that none is given twice. */
function clearClaims({ env, layout }: Deps, expired: readonly SessionFacts[]): void {
  const numbers = expired.flatMap(({ runs }) => runs.map(({ number }) => number ?? 0));
  const highest = Math.max(0, ...numbers);
  for (const name of namesIn(env, layout.runs)) {
    const number = Number(name.split('.')[0]);
    if (number < highest && numbers.includes(number)) removeFile(env.files, path.join(layout.runs, name));
  }
}

function markCleared({ env, layout }: Deps): void {
  const handle = env.files.open(layout.cleared, 'create');
  try {
    handle.write(Buffer.from('\n'), 0);
  } finally {
    handle.close();
  }
}
