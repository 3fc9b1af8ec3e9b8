import path from 'node:path';
import type { StateFiles } from '../env.ts';

/**
 * Small files beside the journal: which runs are at work (so that a dead session's can be found without reading history), and
 * requests to stop one. Not synced: what a power loss takes costs only the note, never the truth, which is in the journal.
 */
export interface OpenRuns {
  opened(run: string): void;
  /** False when it was not marked, or somebody else was first: whoever gets true speaks for the run. */
  closed(run: string): boolean;
  list(): readonly string[];
  /** Asks the run's owner, in whichever process, to stop it. */
  requestStop(run: string): void;
  /** Whether somebody asked; asked once, told once. */
  takeStopRequest(run: string): boolean;
}

export function createOpenRuns(deps: { readonly files: StateFiles; readonly stateDir: string }): OpenRuns {
  const { files } = deps;
  const open = path.join(deps.stateDir, 'open-runs');
  const stops = path.join(deps.stateDir, 'stop-requests');
  return {
    opened: (run) => touch(files, open, run),
    closed: (run) => remove(files, path.join(open, run)),
    list: () => (files.stat(open) ? files.readDir(open) : []),
    requestStop: (run) => touch(files, stops, run),
    takeStopRequest(run) {
      const file = path.join(stops, run);
      return files.stat(file) !== null && remove(files, file);
    },
  };
}

function touch(files: StateFiles, dir: string, name: string): void {
  files.makeDir(dir);
  files.open(path.join(dir, name), 'create').close();
}

function remove(files: StateFiles, file: string): boolean {
  try {
    files.unlink(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
