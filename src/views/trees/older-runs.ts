import type { CommandMessage } from '../../contract/worker.ts';
import { RUN_STATUSES, type RunStatus } from '../../contract/runs.ts';
import type { Folder } from '../../extension/folder.ts';
import type { OlderRun } from './runs.ts';

/** Rows that a view holds at most (UX.md, limits). */
const MOST = 1000;

/** All runs that are kept, newest first: those of the board, which leave it as others come, and older ones. */
export async function loadOlderRuns(folder: Folder): Promise<readonly OlderRun[]> {
  const found: OlderRun[] = [];
  await folder.command(
    'runs',
    { limit: MOST },
    {
      onMessage: (message) => {
        const run = olderRun(message);
        if (run) found.push(run);
      },
    },
  );
  return found;
}

function olderRun(message: CommandMessage): OlderRun | null {
  if (message.kind !== 'line') return null;
  const { kind, run, number, workflow, status, startedAt } = message.line;
  if (kind !== 'run' || typeof run !== 'string' || typeof number !== 'number' || typeof workflow !== 'string')
    return null;
  if (!isStatus(status) || typeof startedAt !== 'string') return null;
  return { run, number, workflow, status, startedAt };
}

const isStatus = (value: unknown): value is RunStatus => RUN_STATUSES.some((status) => status === value);
