import { createHash } from 'node:crypto';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import envPaths from 'env-paths';
import { fail, ok, type Failure, type Result } from '../../contract/failures.ts';
import type { HostFacts } from '../env.ts';

/**
 * Absolute path of the state folder of a workspace, which must exist; the state folder itself need not. `read-only` where it never
 * can, because its path leads through a file, or where nobody may look into it.
 */
export function stateDirOf(workspace: string, host: HostFacts): Result<string> {
  const root = realpathSync(workspace);
  const base = host.env['SAVEPOINT_STATE_DIR'] ?? '';
  const parent = base === '' ? envPaths('savepoint', { suffix: '' }).data : path.resolve(base);
  const digest = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const dir = path.join(parent, `${path.basename(root)}-${digest}`);
  const obstacle = fileOnTheWay(parent);
  if (obstacle !== null)
    return fail(
      'read-only',
      `Savepoint cannot keep its state in ${dir}: ${obstacle} is a file. Set SAVEPOINT_STATE_DIR to a folder.`,
    );
  try {
    accessSync(dir, constants.R_OK | constants.X_OK);
    return ok(dir);
  } catch (error) {
    if (isAbsence(error)) return ok(dir);
    const failure = unusableState(error, dir);
    if (failure === null) throw error;
    return { ok: false, failure };
  }
}

/** What it means that the system refused something in the state folder, as after a run by another user; null for any other error. */
export function unusableState(error: unknown, stateDir: string): Failure | null {
  if (!(error instanceof Error && 'path' in error && typeof error.path === 'string')) return null;
  if (!`${error.path}${path.sep}`.startsWith(`${stateDir}${path.sep}`)) return null;
  const why = /^\w+: ([^,]+)/.exec(error.message)?.[1] ?? error.message;
  return fail(
    'read-only',
    `Savepoint cannot use ${error.path}: ${why}. Correct its owner and permissions, or set SAVEPOINT_STATE_DIR to another folder.`,
  ).failure;
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** The nearest thing on the path that exists, if it is no folder. */
function fileOnTheWay(folder: string): string | null {
  for (let at = folder; ; at = path.dirname(at)) {
    try {
      return statSync(at).isDirectory() ? null : at;
    } catch (error) {
      if (!isAbsence(error) || path.dirname(at) === at) return null;
    }
  }
}
