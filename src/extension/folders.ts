import path from 'node:path';
import * as vscode from 'vscode';
import type { BoardChange } from '../contract/board.ts';
import type { JsonObject } from '../contract/json.ts';
import type { WorkerEvents, WorkerSettings } from '../contract/worker.ts';
import { ChannelError } from '../orchestrator/channel/channel.ts';
import type { Folder, Folders, FolderState } from './folder.ts';
import { hostClock } from './worker/host-clock.ts';
import { createWorkerLink, type WorkerLink } from './worker/worker-link.ts';
import { startWorkerThread } from './worker/worker-thread.ts';

/** The roots of the workspace, each with a worker of its own where it may have one. */
export interface OwnFolders extends Folders {
  readonly all: readonly OwnFolder[];
  of(uri: vscode.Uri | undefined): OwnFolder | undefined;
  configure(settings: WorkerSettings): void;
  typing(active: boolean): void;
  /** Ends all workers orderly. */
  close(): Promise<void>;
  dispose(): void;
}

export interface OwnFolder extends Folder {
  /** Null where no worker is started: the folder is not trusted, or on no disk. */
  readonly link: WorkerLink | null;
}

interface FolderDeps {
  readonly settings: () => WorkerSettings;
  /** File of the worker thread. */
  readonly entry: string;
  readonly onLog: (folder: vscode.WorkspaceFolder, log: WorkerEvents['log']) => void;
}

interface Held extends OwnFolder {
  trusted(): void;
  close(): Promise<void>;
}

/** Without trust nothing is started, opened or written, until it is granted. */
export function createFolders(deps: FolderDeps): OwnFolders {
  const changedFolders = new vscode.EventEmitter<void>();
  const changed = new vscode.EventEmitter<Folder>();
  let held: readonly Held[] = [];
  /** Of roots that were taken out of the workspace. */
  let leaving: readonly Promise<void>[] = [];
  const hold = (root: vscode.WorkspaceFolder): Held => holdFolder(root, deps, (folder) => changed.fire(folder));
  const look = (): void => {
    const before = new Map(held.map((folder) => [folder.root.uri.toString(), folder]));
    const roots = vscode.workspace.workspaceFolders ?? [];
    held = roots.map((root) => before.get(root.uri.toString()) ?? hold(root));
    for (const folder of before.values()) if (!held.includes(folder)) leaving = [...leaving, folder.close()];
  };
  look();
  const subscriptions = vscode.Disposable.from(
    changedFolders,
    changed,
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      look();
      changedFolders.fire();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      for (const folder of held) folder.trusted();
    }),
  );

  return {
    get all() {
      return held;
    },
    of(uri) {
      const root = uri && vscode.workspace.getWorkspaceFolder(uri);
      const found = held.find((folder) => folder.root.uri.toString() === root?.uri.toString());
      return found ?? (held.length === 1 && uri === undefined ? held[0] : undefined);
    },
    onDidChangeFolders: changedFolders.event,
    onDidChange: changed.event,
    configure(settings) {
      for (const { link } of held) link?.configure(settings);
    },
    typing(active) {
      for (const { link } of held) link?.typing(active);
    },
    close: async () => void (await Promise.all([...leaving, ...held.map((folder) => folder.close())])),
    dispose: () => void subscriptions.dispose(),
  };
}

function holdFolder(root: vscode.WorkspaceFolder, deps: FolderDeps, tell: (folder: Folder) => void): Held {
  const changed = new vscode.EventEmitter<{ readonly change: BoardChange | null }>();
  const tested = new vscode.EventEmitter<WorkerEvents['test']>();
  const isVirtual = root.uri.scheme !== 'file';
  let link: WorkerLink | null = null;
  const folder: Held = {
    root,
    get link() {
      return link;
    },
    get state(): FolderState {
      if (isVirtual) return { kind: 'virtual' };
      return link?.state ?? { kind: 'untrusted' };
    },
    get board() {
      return link?.board ?? null;
    },
    onDidChange: changed.event,
    onTest: tested.event,
    request: (method, request, options) => (link === null ? away() : link.request(method, request, options)),
    command(command, input, { token, onMessage } = {}) {
      if (link === null) return away();
      const stop = token && abortWith(token);
      return link
        .command(command, input as JsonObject, {
          ...(stop === undefined ? {} : { signal: stop.signal }),
          ...(onMessage === undefined ? {} : { onMessage }),
        })
        .finally(() => stop?.dispose());
    },
    startAgain: () => link?.startAgain(),
    trusted() {
      if (isVirtual || link !== null) return;
      link = start();
      onChange(null);
    },
    async close() {
      await link?.close();
      changed.dispose();
      tested.dispose();
    },
  };
  if (vscode.workspace.isTrusted && !isVirtual) link = start();
  return folder;

  function start(): WorkerLink {
    return createWorkerLink({
      clock: hostClock,
      start: () => startWorkerThread(deps.entry, { folder: root.uri.fsPath, settings: deps.settings() }),
      onChange,
      onTest: (test) => tested.fire(test),
      onLog: (log) => deps.onLog(root, log),
    });
  }

  function onChange(change: BoardChange | null): void {
    changed.fire({ change });
    tell(folder);
  }
}

const away = (): Promise<never> =>
  Promise.reject(
    new ChannelError('closed', 'Savepoint does not work on this folder: it is not trusted, or on no disk'),
  );

/** Aborts when the token is cancelled. */
function abortWith(token: vscode.CancellationToken): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  const subscription = token.onCancellationRequested(() => controller.abort());
  return { signal: controller.signal, dispose: () => void subscription.dispose() };
}

/** The worker's bundle lies beside the extension's. */
export const workerEntry = (extension: vscode.Uri): string => path.join(extension.fsPath, 'dist', 'worker.cjs');
