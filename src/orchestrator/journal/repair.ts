import path from 'node:path';
import type { NewEvent } from '../../contract/events.ts';
import type { Failure } from '../../contract/failures.ts';
import type { Json } from '../../contract/json.ts';
import type { Env } from '../env.ts';
import type { Repair } from './journal.ts';
import { listSessions, lockName, segmentName, type Layout, type SessionFiles } from './layout.ts';
import { createSessionScan, type Damage, type Position } from './session-scan.ts';
import { keepFile, removeFile } from '../state-file.ts';
import { makeDurableDir } from './session-start.ts';

/** A lock file without any segment may belong to a session that is only starting; after this it does not. */
const STARTING_MS = 24 * 60 * 60 * 1000;

interface Deps {
  readonly env: Env;
  readonly layout: Layout;
}

/**
 * Closes the files of sessions that died without closing: cuts what their last write left, keeps damaged bytes aside and stores
 * one event for each damage, which it returns. One process does it at a time; the others go on without.
 */
export function repairDeadSessions(
  deps: Deps & { readonly session: string; readonly store: (events: readonly NewEvent[]) => Failure | null },
): readonly Repair[] {
  const { env, layout } = deps;
  const dead = [...listSessions(env, layout).values()].filter(
    ({ session, locked }) =>
      locked && session !== deps.session && !env.locks.isHeld(path.join(layout.sessions, lockName(session))),
  );
  if (dead.length === 0) return [];
  const lock = env.locks.acquire(layout.repairLock);
  if (lock === null) return [];
  try {
    return dead.flatMap((found) => closeDeadSession(deps, found));
  } finally {
    lock.release();
  }
}

function closeDeadSession(deps: Parameters<typeof repairDeadSessions>[0], found: SessionFiles): readonly Repair[] {
  const { env, layout } = deps;
  const lockFile = path.join(layout.sessions, lockName(found.session));
  if (found.segments.length === 0) {
    const stat = env.files.stat(lockFile);
    if (stat !== null && env.clock.now() - stat.mtimeMs > STARTING_MS) removeFile(env.files, lockFile);
    return [];
  }
  const scan = createSessionScan(deps, { ...found, writer: 'died' });
  scan.events().forEach(() => undefined);
  if (scan.foreign()) return [];
  const tails = found.segments
    .filter((segment) => segment >= scan.position().segment)
    .map((segment) => tailOf(deps, { found, segment, end: scan.position() }));
  const repairs = [
    ...scan.damages().map((damage) => keepDamage(deps, found.session, damage)),
    ...tails.flatMap((tail) => (tail.bytes === null ? [] : [keepDamage(deps, found.session, tail)])),
  ];
  for (const [index, repair] of repairs.entries())
    if (deps.store([alertOf(repair)]) !== null) return repairs.slice(0, index);
  for (const { segment, from } of tails) cut(deps, segmentName(found.session, segment), from);
  removeFile(env.files, lockFile);
  return repairs;
}

/** What lies behind the last readable group of a segment, fill and zeros at its edges left out. */
function tailOf(
  { env, layout }: Deps,
  at: { readonly found: SessionFiles; readonly segment: number; readonly end: Position },
): Damage & { readonly from: number } {
  const { segment } = at;
  const from = segment === at.end.segment ? at.end.offset : 0;
  const bytes = env.files.readFile(path.join(layout.sessions, segmentName(at.found.session, segment))).subarray(from);
  const first = bytes.findIndex(isData);
  const last = bytes.findLastIndex(isData);
  return { segment, from, lost: [], bytes: first < 0 ? null : [from + first, from + last + 1] };
}

function isData(byte: number): boolean {
  return byte !== 0 && byte !== 0x0a;
}

/** Copies the damaged bytes to a file of their own, durably. */
export function keepDamage({ env, layout }: Deps, session: string, damage: Damage): Repair {
  const name = segmentName(session, damage.segment);
  const file = `sessions/${name}`;
  if (damage.bytes === null) return { file, lost: damage.lost, keptAside: null };
  const [from, to] = damage.bytes;
  const aside = `${name}.${from}`;
  const bytes = env.files.readFile(path.join(layout.sessions, name)).subarray(from, to);
  makeDurableDir(env, layout.damaged);
  keepFile(env.files, path.join(layout.damaged, aside), bytes);
  return { file, lost: damage.lost, keptAside: `damaged/${aside}` };
}

function cut({ env, layout }: Deps, name: string, size: number): void {
  const handle = env.files.open(path.join(layout.sessions, name), 'update');
  try {
    if (handle.size() > size) handle.truncate(size);
    // Also where nothing is cut: the dead writer's last bytes may be no further than the system's memory.
    handle.dataSync();
  } finally {
    handle.close();
  }
}

/** The event that tells of a damage. Its id is the damage's own. */
export function alertOf({ file, lost, keptAside }: Repair): NewEvent {
  const ranges: Json = lost.map(([from, to]) => [from, to]);
  return {
    id: `journal-repaired:${file}:${JSON.stringify(ranges)}:${keptAside ?? ''}`,
    source: 'journal',
    type: 'system.alert',
    subject: file,
    data: { problem: 'journal-repaired', file, lost: ranges, keptAside },
    priority: 'high',
    origin: 'tool:savepoint',
  };
}
