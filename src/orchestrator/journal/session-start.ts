import path from 'node:path';
import { fail, ok, type Result } from '../../contract/failures.ts';
import type { Env, HeldLock } from '../env.ts';
import { removeFile, writeAll } from '../state-file.ts';
import { codeOf, lockName, namesIn, type Layout } from './layout.ts';

/** Old numbers that are left in `epochs/`, so that a slow opener still meets them. */
const EPOCHS_KEPT = 64;

export interface SessionStart {
  readonly session: string;
  readonly epoch: number;
  readonly lock: HeldLock;
}

/** Makes the folders, takes the session's lock and its number. Throws the operating system's error where it may not write. */
export function startSession(deps: { readonly env: Env; readonly layout: Layout }): Result<SessionStart> {
  const { env, layout } = deps;
  makeDurableDir(env, layout.sessions);
  makeDurableDir(env, layout.epochs);
  // Before the lock: what cannot be written shows here by the system's own error.
  const epoch = takeEpoch(env, layout);
  const session = env.random.uuid();
  const file = path.join(layout.sessions, lockName(session));
  try {
    const lock = env.locks.acquire(file);
    if (lock !== null) return ok({ session, epoch, lock });
    return fail('lock-unavailable', `Another program holds the new lock file ${file}. Run the command again.`);
  } catch (error) {
    if (codeOf(error) !== 'ERR_SQLITE_ERROR' && codeOf(error) !== null) throw error;
    const why = error instanceof Error ? error.message : String(error);
    return fail(
      'lock-unavailable',
      `${layout.sessions} cannot be locked (${why}). Choose a folder on a local disk with SAVEPOINT_STATE_DIR.`,
    );
  }
}

/** The folder and its parents' entries are durable before anything in it is promised. */
export function makeDurableDir(env: Env, dir: string): void {
  if (env.files.stat(dir) !== null) return;
  const parent = path.dirname(dir);
  if (parent !== dir) makeDurableDir(env, parent);
  env.files.makeDir(dir);
  env.files.syncDir(parent);
}

/**
 * The next number of a session in this workspace: whoever creates the file owns the number. It is made durable here, since a
 * number used twice would mix the order of two sessions.
 */
function takeEpoch(env: Env, layout: Layout): number {
  const taken = namesIn(env, layout.epochs)
    .map(Number)
    .filter(Number.isSafeInteger)
    .sort((a, b) => a - b);
  for (const old of taken.length > 2 * EPOCHS_KEPT ? taken.slice(0, -EPOCHS_KEPT) : [])
    removeFile(env.files, path.join(layout.epochs, String(old)));
  for (let epoch = (taken.at(-1) ?? 0) + 1; ; epoch++) {
    if (!createExclusively(env, path.join(layout.epochs, String(epoch)), '')) continue;
    env.files.syncDir(layout.epochs);
    return epoch;
  }
}

/** False when it is there already. Not durable until its folder is synced. */
export function createExclusively(env: Env, file: string, text: string): boolean {
  try {
    const handle = env.files.open(file, 'append-new');
    try {
      writeAll(handle, Buffer.from(text), 0);
    } finally {
      handle.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}
