import path from 'node:path';
import type { StateFiles } from '../env.ts';
import { isDiskFull, removeFile } from '../state-file.ts';

/**
 * Small files beside the journal: which sessions have runs at work (so that those of a dead one are found without reading
 * history), and requests to stop a run. A file a session, not a run: making one costs as much as a flush. Not synced: what a
 * power loss takes costs only the note, never the truth, which is in the journal.
 */
export interface OpenRuns {
  /** This session has a run at work. */
  opened(): void;
  /** Sessions that have, or had when they died. */
  sessions(): readonly string[];
  /** Takes a session's mark away: how each of its runs ended is stored. */
  closed(session: string): void;
  /** An editor had the run when it closed or died, and goes on with it by itself. On a full disk it is a person who does. */
  leave(run: string): void;
  left(): readonly string[];
  /** Takes the note of a left run away: somebody has it, or it ended. */
  taken(run: string): void;
  /** Asks the run's owner, in whichever process, to stop it. */
  requestStop(run: string): void;
  /** Whether somebody asked; asked once, told once. */
  takeStopRequest(run: string): boolean;
}

export function createOpenRuns(deps: {
  readonly files: StateFiles;
  readonly stateDir: string;
  readonly session: string;
}): OpenRuns {
  const { files, session } = deps;
  const open = path.join(deps.stateDir, 'open-sessions');
  const stops = path.join(deps.stateDir, 'stop-requests');
  const left = path.join(deps.stateDir, 'to-go-on');
  let marked = false;
  return {
    opened() {
      if (!marked) touch(files, open, session);
      marked = true;
    },
    sessions: () => (files.stat(open) ? files.readDir(open) : []),
    closed(closing) {
      if (closing === session) marked = false;
      removeFile(files, path.join(open, closing));
    },
    leave(run) {
      try {
        touch(files, left, run);
      } catch (error) {
        if (!isDiskFull(error)) throw error;
      }
    },
    left: () => (files.stat(left) ? files.readDir(left) : []),
    taken: (run) => void removeFile(files, path.join(left, run)),
    requestStop: (run) => touch(files, stops, run),
    takeStopRequest(run) {
      const file = path.join(stops, run);
      return files.stat(file) !== null && removeFile(files, file);
    },
  };
}

function touch(files: StateFiles, dir: string, name: string): void {
  files.makeDir(dir);
  files.open(path.join(dir, name), 'create').close();
}
