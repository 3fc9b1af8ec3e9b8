import { MessageChannel, Worker } from 'node:worker_threads';
import type { WorkerSetup } from '../../contract/worker.ts';
import type { WorkerThread } from './worker-link.ts';

/**
 * Above what a large workspace needs; at 80 % of it the worker refuses new work. A thread that grows beyond is ended, which the
 * host survives as long as it is far from its own limits.
 */
const MAX_HEAP_MB = 768;
/** Of it for what was just made. Without a limit a storm of 5,000 writes lets it grow by 17 MB more, and computes no less. */
const YOUNG_HEAP_MB = 16;

/** Starts the orchestrator of a folder in a thread. `entry`: absolute path of its file. */
export function startWorkerThread(entry: string, setup: WorkerSetup): WorkerThread {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(entry, {
    workerData: { setup, port: port2 },
    transferList: [port2],
    // What the host was started with is not meant for us.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
  });
  const listeners: ((why: string) => void)[] = [];
  let why: string | null = null;
  let ended = false;
  worker.on('error', (error) => (why ??= error instanceof Error ? error.message : String(error)));
  worker.on('exit', (code) => {
    ended = true;
    const said = why ?? `it ended with code ${code}`;
    for (const listener of listeners) listener(said);
  });
  return {
    port: port1,
    onEnd(listener) {
      if (ended) listener(why ?? 'it had ended');
      else listeners.push(listener);
    },
    terminate: () => void worker.terminate(),
  };
}
