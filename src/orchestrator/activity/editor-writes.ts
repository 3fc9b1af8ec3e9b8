import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { EditorWrite, SaveReason } from '../../contract/worker.ts';
import type { WorkTree } from '../workspace/work-tree.ts';

/** What the editor did with one file. */
export interface EditorChange {
  readonly kind: 'saved' | 'created' | 'deleted';
  readonly path: string;
  readonly reason: SaveReason | 'renamed' | null;
  readonly from: string | null;
}

/** The path below the root, with `/`; null for what is beside it, in `.git` or in the state folder. */
export type Locate = (absolute: string) => string | null;

/** `real`: links on the way are resolved, so that a file has one name. */
export function createLocate(deps: {
  readonly root: string;
  readonly stateDir: string;
  readonly real: boolean;
}): Locate {
  const { root } = deps;
  const below = (absolute: string): string | null => {
    const relative = path.relative(root, absolute);
    const isBeside = relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
    return relative === '' || isBeside ? null : relative;
  };
  const state = below(deps.stateDir);
  return (absolute) => {
    const relative = (deps.real ? null : below(absolute)) ?? below(realOf(absolute));
    if (relative === null) return null;
    const parts = relative.split(path.sep);
    if (parts.includes('.git')) return null;
    return state !== null && (relative === state || relative.startsWith(`${state}${path.sep}`))
      ? null
      : parts.join('/');
  };
}

/** The file itself may be a link, which stays one; what is gone keeps the name below the nearest folder that is there. */
function realOf(absolute: string): string {
  const folder = path.dirname(absolute);
  if (folder === absolute) return absolute;
  try {
    return path.join(realpathSync(folder), path.basename(absolute));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return path.join(realOf(folder), path.basename(absolute));
  }
}

/** Files of a folder that was created, renamed or deleted as a whole. */
const FOLDER_FILES = 10_000;

/** The files that the editor's operations are about; a rename's two halves stand together. */
export async function filesOf(
  deps: {
    readonly tree: WorkTree;
    readonly locate: Locate;
    readonly below: (folder: string) => Promise<readonly string[]>;
  },
  writes: readonly EditorWrite[],
): Promise<readonly (readonly EditorChange[])[]> {
  const { tree, locate } = deps;
  const groups: (readonly EditorChange[])[] = [];
  const isFolder = async (file: string): Promise<boolean> => (await tree.onDisk([file])).get(file)?.kind === 'folder';
  const filesIn = async (file: string): Promise<readonly string[]> =>
    (await isFolder(file)) ? ((await tree.below(file, FOLDER_FILES)) ?? []) : [file];

  for (const write of writes) {
    const at = locate(write.path);
    if (write.kind === 'renamed') groups.push(...(await renamed({ from: locate(write.from), to: at, filesIn })));
    else if (at === null) continue;
    else if (write.kind === 'saved') groups.push([{ kind: 'saved', path: at, reason: write.reason, from: null }]);
    else {
      const files = write.kind === 'created' ? await filesIn(at) : await deps.below(at);
      const { kind } = write;
      for (const file of files.length > 0 ? files : [at]) groups.push([{ kind, path: file, reason: null, from: null }]);
    }
  }
  return groups;
}

async function renamed(of: {
  readonly from: string | null;
  readonly to: string | null;
  readonly filesIn: (file: string) => Promise<readonly string[]>;
}): Promise<readonly (readonly EditorChange[])[]> {
  const { from, to } = of;
  if (to === null) return from === null ? [] : [[{ kind: 'deleted', path: from, reason: 'renamed', from: null }]];
  return (await of.filesIn(to)).map((file) => {
    const old = from === null ? null : `${from}${file.slice(to.length)}`;
    const created: EditorChange = { kind: 'created', path: file, reason: 'renamed', from: old };
    return old === null ? [created] : [{ kind: 'deleted', path: old, reason: 'renamed', from: null }, created];
  });
}
