import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One move of HEAD as git wrote it down. */
export interface HeadMove {
  /** Commits; null before the first one. */
  readonly before: string | null;
  readonly head: string | null;
  /** "checkout: moving from main to feat", "commit: Add invoices". */
  readonly message: string;
}

/** How far the log was read: its length in bytes. */
export type LogPosition = number;

/** More is a rewritten log, not work of a person. */
const MAX_BYTES = 1024 * 1024;
const NO_COMMIT = /^0+$/;

/** Where the log of HEAD ends now; null where git keeps none. */
export function headLogEnd(gitDir: string): LogPosition | null {
  return statSync(join(gitDir, 'logs', 'HEAD'), { throwIfNoEntry: false })?.size ?? null;
}

/** The moves written since; none where the log got shorter (git expires entries now and then). */
export function headMovesSince(gitDir: string, from: LogPosition): readonly HeadMove[] {
  const end = headLogEnd(gitDir);
  if (end === null || end <= from || end - from > MAX_BYTES) return [];
  const bytes = Buffer.alloc(end - from);
  const file = openSync(join(gitDir, 'logs', 'HEAD'), 'r');
  try {
    readSync(file, bytes, 0, bytes.length, from);
  } finally {
    closeSync(file);
  }
  return parseHeadLog(bytes.toString('utf8'));
}

/** Of lines "<before> <after> <name> <mail> <seconds> <zone>\t<message>". Pure. */
export function parseHeadLog(text: string): readonly HeadMove[] {
  return text.split('\n').flatMap((line) => {
    const found = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) [^\t]*\t?(.*)$/.exec(line);
    if (found === null) return [];
    const [, before = '', head = '', message = ''] = found;
    return [{ before: commitOrNull(before), head: commitOrNull(head), message }];
  });
}

function commitOrNull(id: string): string | null {
  return NO_COMMIT.test(id) ? null : id;
}

/** While git has the index locked: what tells this lock from the next one; null otherwise. */
export function indexLock(index: string): string | null {
  const stat = statSync(`${index}.lock`, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.ino}-${stat.mtimeNs}`;
}

/** What HEAD says, unresolved: it changes with the branch. Null where it cannot be read. */
export function readHead(gitDir: string): string | null {
  try {
    return readFileSync(join(gitDir, 'HEAD'), 'utf8').trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}
