import path from 'node:path';
import { fail, ok, type Result } from '../../contract/failures.ts';
import type { StateFiles } from '../env.ts';
import { isDiskFull, keepFile, removeFile } from '../state-file.ts';

/** Whose automatic runs a person paused, for all windows: one mark a workflow, so that two windows never overwrite each other. */
export interface Pauses {
  /** `all`: the whole folder's. */
  read(): { readonly all: boolean; readonly workflows: ReadonlySet<string> };
  /** Null for the whole folder. `disk-full` or `read-only` where the mark cannot be kept. */
  set(workflow: string | null, paused: boolean): Result<null>;
}

const ALL = 'all';
const WORKFLOW = 'workflow-';

export function createPauses(deps: { readonly files: StateFiles; readonly stateDir: string }): Pauses {
  const { files } = deps;
  const dir = path.join(deps.stateDir, 'paused');
  return {
    read() {
      const names = files.stat(dir) === null ? [] : files.readDir(dir);
      const workflows = names.filter((name) => name.startsWith(WORKFLOW)).map((name) => name.slice(WORKFLOW.length));
      return { all: names.includes(ALL), workflows: new Set(workflows.map(decodeURIComponent)) };
    },
    set(workflow, paused) {
      const mark = path.join(dir, workflow === null ? ALL : `${WORKFLOW}${encodeURIComponent(workflow)}`);
      try {
        if (paused) keepFile(files, mark, new Uint8Array());
        else removeFile(files, mark);
        return ok(null);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error)) throw error;
        const code = isDiskFull(error) ? 'disk-full' : 'read-only';
        return fail(code, `What is paused cannot be kept in ${dir}: ${error.message}`);
      }
    },
  };
}
