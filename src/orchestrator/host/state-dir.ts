import { createHash } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import envPaths from 'env-paths';
import { fail, ok, type Result } from '../../contract/failures.ts';
import type { HostFacts } from '../env.ts';

/**
 * Absolute path of the state folder of a workspace, which must exist; the state folder itself need not. `read-only` where it never
 * can, because its path leads through a file.
 */
export function stateDirOf(workspace: string, host: HostFacts): Result<string> {
  const root = realpathSync(workspace);
  const base = host.env['SAVEPOINT_STATE_DIR'] ?? '';
  const parent = base === '' ? envPaths('savepoint', { suffix: '' }).data : path.resolve(base);
  const digest = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const dir = path.join(parent, `${path.basename(root)}-${digest}`);
  const obstacle = fileOnTheWay(parent);
  if (obstacle === null) return ok(dir);
  return fail(
    'read-only',
    `Savepoint cannot keep its state in ${dir}: ${obstacle} is a file. Set SAVEPOINT_STATE_DIR to a folder.`,
  );
}

/** The nearest thing on the path that exists, if it is no folder. */
function fileOnTheWay(folder: string): string | null {
  for (let at = folder; ; at = path.dirname(at)) {
    try {
      return statSync(at).isDirectory() ? null : at;
    } catch (error) {
      const isAbsent =
        error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
      if (!isAbsent || path.dirname(at) === at) return null;
    }
  }
}
