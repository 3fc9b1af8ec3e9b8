import type { DatabaseSync } from 'node:sqlite';
import { closeSync, existsSync, openSync } from 'node:fs';
import type { Locks } from '../env.ts';

/** How long an owner waits for probers, which hold their shared lock for microseconds. */
const ACQUIRE_WAIT_MS = 100;
/** SQLite's result code for "another connection holds it". */
const SQLITE_BUSY = 5;

/** What this process holds. A database that nobody names is collected as garbage, which closes it and so frees its lock. */
const held = new Set<DatabaseSync>();

/**
 * Locks that the operating system frees on death: an exclusive transaction of SQLite on an empty file, so POSIX and Windows byte
 * locks come well tried. No other code may open a lock file: closing any descriptor of it would free a POSIX lock.
 */
export function createNodeLocks(): Locks {
  return {
    acquire(file) {
      if (!existsSync(file)) createPrivate(file);
      const database = open(file, { timeout: ACQUIRE_WAIT_MS });
      if (!tryExec(database, 'BEGIN EXCLUSIVE')) {
        database.close();
        return null;
      }
      held.add(database);
      return {
        release() {
          if (held.delete(database)) database.close();
        },
      };
    },
    isHeld(file) {
      const database = openExisting(file);
      if (database === null) return false;
      try {
        // Reading takes a shared lock, so that probers do not see each other.
        return !tryExec(database, 'SELECT 1 FROM sqlite_schema');
      } finally {
        database.close();
      }
    },
  };
}

function open(file: string, options: { readonly timeout: number; readonly readOnly?: boolean }): DatabaseSync {
  // Looked up only here: loading SQLite costs start time that readers without live sessions need not pay.
  const sqlite = process.getBuiltinModule('node:sqlite');
  if (sqlite === undefined)
    throw new Error(`this Node (${process.version}) has no node:sqlite, which Savepoint locks with`);
  return new sqlite.DatabaseSync(file, options);
}

/** SQLite would make it readable for everybody. */
function createPrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (!existsSync(file)) throw error;
  }
}

/** Null when the file is missing, or went away meanwhile. */
function openExisting(file: string): DatabaseSync | null {
  if (!existsSync(file)) return null;
  try {
    return open(file, { timeout: 0, readOnly: true });
  } catch (error) {
    if (!existsSync(file)) return null;
    throw error;
  }
}

/** False when another connection holds the lock. */
function tryExec(database: DatabaseSync, sql: string): boolean {
  try {
    database.exec(sql);
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false;
    throw error;
  }
}
