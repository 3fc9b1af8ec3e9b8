import type * as vscode from 'vscode';
import type { RunRow } from '../../contract/board.ts';
import { isAlive, outcomeWords } from '../../contract/run-words.ts';
import { scopeWords } from '../../contract/words.ts';
import type { FolderState, Folders } from '../folder.ts';

export interface RunLogDeps {
  readonly folders: Folders;
  readonly tell: (root: vscode.WorkspaceFolder, text: string) => void;
}

/** Writes into the output when the work on a folder begins, and what each run came to. */
export function createRunLog({ folders, tell }: RunLogDeps): vscode.Disposable {
  const told = new WeakMap<vscode.WorkspaceFolder, Told>();
  return folders.onDidChange(({ root, state, board }) => {
    if (board === null) return;
    const { lines, ...next } = newLines(
      { state: state.kind, runs: board.runs, place: root.uri.fsPath },
      told.get(root),
    );
    told.set(root, next);
    for (const line of lines) tell(root, line);
  });
}

export interface Told {
  readonly state: FolderState['kind'];
  /** Runs with the status that was told. */
  readonly runs: ReadonlySet<string>;
}

interface Standing {
  readonly state: FolderState['kind'];
  readonly runs: readonly RunRow[];
  /** Path of the folder. */
  readonly place: string;
}

/** What is new since then. Runs that had ended before this window began are not told again. */
export function newLines(
  { state, runs, place }: Standing,
  before?: Told,
): Told & { readonly lines: readonly string[] } {
  const ended = runs.filter((run) => !isAlive(run));
  const keyOf = ({ run, status }: RunRow): string => `${run} ${status}`;
  const fresh = before === undefined ? [] : ended.filter((run) => !before.runs.has(keyOf(run)));
  const begins = state === 'ready' && before?.state !== 'ready';
  return {
    state,
    runs: new Set(ended.map(keyOf)),
    lines: [
      ...(begins ? [`At work on ${place}.`] : []),
      ...fresh
        .toSorted((a, b) => a.number - b.number)
        .map((run) => `Run ${run.number}, ${run.workflow}, on ${scopeWords(run.scope)}: ${outcomeWords(run)}.`),
    ],
  };
}
