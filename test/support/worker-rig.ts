import { MessageChannel, Worker } from 'node:worker_threads';
import { applyChange } from '../../src/contract/apply-change.ts';
import type { Board, BoardChange } from '../../src/contract/board.ts';
import { workerSettings } from '../../src/contract/commands/setting-values.ts';
import type { HostApi, HostEvents, WorkerApi, WorkerEvents } from '../../src/contract/worker.ts';
import { hostClock } from '../../src/extension/worker/host-clock.ts';
import { createChannel, type Channel } from '../../src/orchestrator/channel/channel.ts';
import { eventually } from './eventually.ts';

/** A real worker thread of one folder, and what it told. */
export interface RunningWorker {
  readonly channel: Channel<WorkerApi, HostEvents>;
  /** The snapshot with every change since. */
  board(): Board;
  until(what: string, holds: (board: Board) => boolean): Promise<Board>;
  readonly logs: readonly WorkerEvents['log'][];
  /** Every change since the snapshot. */
  readonly changes: readonly BoardChange[];
  /** As a crash of the thread: nothing is closed. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

const ENTRY = new URL('../../src/orchestrator/host/worker.ts', import.meta.url);

/** With the environment of this process: the state folder is what it names. `preload`: a module that the thread loads first. */
export async function startWorker(
  folder: string,
  { preload }: { readonly preload?: URL } = {},
): Promise<RunningWorker> {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(ENTRY, {
    workerData: { setup: { folder, settings: workerSettings({}) }, port: port2 },
    transferList: [port2],
    ...(preload === undefined ? {} : { execArgv: ['--import', preload.href] }),
  });
  let failure: Error | null = null;
  worker.on('error', (error) => (failure = error as Error));
  const logs: WorkerEvents['log'][] = [];
  const changes: BoardChange[] = [];
  let board: Board | null = null;
  let revision = 0;
  const channel = createChannel<HostApi, WorkerApi, HostEvents, WorkerEvents>({
    ...{ port: port1, clock: hostClock, handlers: {} },
    onEvent(event, data) {
      if (event === 'log') logs.push(data as WorkerEvents['log']);
      if (event !== 'changed' || board === null) return;
      const change = data as WorkerEvents['changed'];
      if (change.revision <= revision) return;
      if (change.revision !== revision + 1) failure = new Error(`change ${change.revision} after ${revision}`);
      revision = change.revision;
      board = applyChange(board, change);
      changes.push(change);
    },
  });
  ({ revision, board } = await channel.request('snapshot', null));
  const now = (): Board => {
    if (failure !== null) throw new Error('the worker failed', { cause: failure });
    if (board === null) throw new Error('no snapshot yet');
    return board;
  };
  return {
    ...{ channel, logs, changes, board: now },
    async until(what, holds) {
      await eventually(what, () => holds(now()));
      return now();
    },
    async kill() {
      await worker.terminate();
      channel.dispose();
    },
    async close() {
      await channel.request('close', null);
      channel.dispose();
      await worker.terminate();
    },
  };
}
