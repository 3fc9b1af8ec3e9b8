import type * as vscode from 'vscode';
import type { Board, BoardChange } from '../contract/board.ts';
import type { Failure } from '../contract/failures.ts';
import type { CommandMessage, WorkerApi, WorkerEvents } from '../contract/worker.ts';

/** Where a folder stands: decides welcome texts, the status bar and what is enabled. */
export type FolderState =
  | { readonly kind: 'untrusted' }
  /** Not on a disk. */
  | { readonly kind: 'virtual' }
  /** The worker has not answered yet, for the first time. */
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready' }
  /** The worker ended and is started again; the board is how it stood at `since` (ISO). */
  | { readonly kind: 'restarting'; readonly since: string }
  /** The worker ended too often; `reason` is one sentence: how it ended the last time, `at` (ISO). */
  | { readonly kind: 'stopped'; readonly reason: string; readonly at: string; readonly endings: number };

/** One root of the workspace with its worker: what every surface works with. Disposed by the extension's activation. */
export interface Folder {
  readonly root: vscode.WorkspaceFolder;
  readonly state: FolderState;
  /** The last that was known, also while the worker is away; null before the first. */
  readonly board: Board | null;
  /** After state or board changed; `change` is null where everything may have. At most twice a second. */
  readonly onDidChange: vscode.Event<{ readonly change: BoardChange | null }>;
  readonly onTest: vscode.Event<WorkerEvents['test']>;
  /** Rejects with a ChannelError when the worker is away. */
  request<M extends keyof WorkerApi>(
    method: M,
    request: WorkerApi[M]['request'],
    options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): Promise<WorkerApi[M]['reply']>;
  /** Runs a command of the catalogue. Cancelling interrupts it. Failures are data; rejects only when the worker is away. */
  command(
    command: string,
    input: Readonly<Record<string, unknown>>,
    options?: { readonly token?: vscode.CancellationToken; readonly onMessage?: (message: CommandMessage) => void },
  ): Promise<{ readonly exitCode: number; readonly failure: Failure | null }>;
  /** Leaves safe mode, or restarts a worker that hangs. */
  startAgain(): void;
}

/** All roots, in the workspace's order. */
export interface Folders {
  readonly all: readonly Folder[];
  /** The folder of a file; the only one where there is one; undefined where none fits. */
  of(uri: vscode.Uri | undefined): Folder | undefined;
  /** Roots came or went. */
  readonly onDidChangeFolders: vscode.Event<void>;
  /** Any of them changed. */
  readonly onDidChange: vscode.Event<Folder>;
}
