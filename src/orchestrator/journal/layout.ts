import path from 'node:path';
import type { Env } from '../env.ts';

/** Where the journal keeps what in the state folder. */
export function layoutOf(stateDir: string): Layout {
  return {
    stateDir,
    sessions: path.join(stateDir, 'sessions'),
    epochs: path.join(stateDir, 'epochs'),
    runs: path.join(stateDir, 'runs'),
    damaged: path.join(stateDir, 'damaged'),
    cleared: path.join(stateDir, 'cleared'),
    repairLock: path.join(stateDir, 'repair.lock'),
    claimsLock: path.join(stateDir, 'claims.lock'),
  };
}

export interface Layout {
  readonly stateDir: string;
  readonly sessions: string;
  readonly epochs: string;
  readonly runs: string;
  readonly damaged: string;
  /** Its time is when expired history was last cleared. */
  readonly cleared: string;
  /** Held by the one process that repairs and clears up. */
  readonly repairLock: string;
  /** Held while a run changes its owner. */
  readonly claimsLock: string;
}

export interface SessionFiles {
  readonly session: string;
  /** Ascending. Segment 0, where it exists, is the snapshot that stands for the whole session and everything before it. */
  readonly segments: readonly number[];
  /** Its lock file is there: it is live, or it died without closing. */
  readonly locked: boolean;
}

export const segmentName = (session: string, segment: number): string => `${session}.${segment}.jsonl`;
export const lockName = (session: string): string => `${session}.lock`;

/** The files of every session, in no promised order; empty when there is no state folder yet. */
export function listSessions(env: Env, layout: Layout): ReadonlyMap<string, SessionFiles> {
  const found = new Map<string, { session: string; segments: number[]; locked: boolean }>();
  for (const name of namesIn(env, layout.sessions)) {
    const match = /^(.+?)\.(?:(\d+)\.jsonl|lock)$/.exec(name);
    if (match?.[1] === undefined) continue;
    const entry = found.get(match[1]) ?? { session: match[1], segments: [], locked: false };
    if (match[2] === undefined) entry.locked = true;
    else entry.segments.push(Number(match[2]));
    found.set(match[1], entry);
  }
  for (const entry of found.values()) {
    entry.segments.sort((a, b) => a - b);
    if (entry.segments[0] === 0) entry.segments.length = 1;
  }
  return found;
}

/** Names in a folder; empty when it is missing. */
export function namesIn(env: Env, dir: string): readonly string[] {
  try {
    return env.files.readDir(dir);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The operating system's name of an error ("ENOENT"); null for anything else. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
