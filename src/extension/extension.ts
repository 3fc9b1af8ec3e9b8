import path from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import * as vscode from 'vscode';

/** Registers everything at once and returns: nothing here waits, or reads a disk. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Savepoint', { log: true });
  context.subscriptions.push(log);
  if (!vscode.workspace.isTrusted) return;
  for (const root of vscode.workspace.workspaceFolders ?? []) {
    if (root.uri.scheme !== 'file') continue;
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(path.join(import.meta.dirname, 'worker.cjs'), {
      workerData: { setup: { folder: root.uri.fsPath }, port: port2 },
      transferList: [port2],
      execArgv: [],
    });
    worker.on('error', (error) => log.error(error));
    context.subscriptions.push({ dispose: () => port1.close() }, { dispose: () => void worker.terminate() });
    log.info(`Started the worker of ${root.uri.fsPath}`);
  }
}
