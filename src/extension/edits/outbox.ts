import type { EditorWrite, HostEvents, WorkerApi, WorkerEvents } from '../../contract/worker.ts';
import { ChannelError, type Channel } from '../../orchestrator/channel/channel.ts';
import type { Clock } from '../../orchestrator/env.ts';
import { createHints } from './hints.ts';
import { createKeptWrites } from './kept-writes.ts';

/** What happens to files, on its way to the worker: kept, bounded, while none is there to take it. */
export interface Outbox {
  wrote(writes: readonly EditorWrite[]): void;
  /** A hint of the file watcher; sent together with others. */
  touched(path: string): void;
  /** A worker answers: it gets what was kept, and from now on everything at once. */
  opened(worker: ToWorker): void;
  /** It is gone. */
  closed(): void;
}

type ToWorker = Pick<Channel<WorkerApi, HostEvents>, 'request' | 'send'>;

/** One batch of hints costs the worker a wake-up. */
const HINTS_EVERY_MS = 50;

export function createOutbox(deps: {
  readonly clock: Clock;
  readonly onLog: (log: WorkerEvents['log']) => void;
}): Outbox {
  const hints = createHints();
  const kept = createKeptWrites();
  /** What a worker would not take, as on a full disk: the next one is asked. */
  const refused = createKeptWrites();
  let worker: ToWorker | null = null;
  let cancelHints: (() => void) | null = null;

  return {
    wrote(writes) {
      kept.keep({ writes, lost: 0 });
      if (worker !== null) void sendWrites(worker);
    },
    touched(path) {
      hints.add(path);
      if (worker !== null) sendHintsSoon(worker);
    },
    opened(to) {
      worker = to;
      sendHints(to);
      kept.keep(refused.take());
      void sendWrites(to);
    },
    closed() {
      worker = null;
      cancelHints?.();
      cancelHints = null;
    },
  };

  /** What is not acknowledged is kept and sent again: a write may be told twice, and never not at all. */
  async function sendWrites(to: ToWorker): Promise<void> {
    const { writes, lost } = kept.take();
    // Writes that found no room are found on disk.
    if (lost > 0) to.send('touched', { paths: [], lost });
    if (writes.length === 0) return;
    try {
      await to.request('wrote', writes);
    } catch (error) {
      if (error instanceof ChannelError && error.code === 'closed') kept.keep({ writes, lost: 0 });
      else {
        refused.keep({ writes, lost: 0 });
        deps.onLog({ level: 'error', text: `A save could not be recorded: ${String(error)}` });
      }
    }
  }

  function sendHints(to: ToWorker): void {
    const taken = hints.take();
    if (taken === null) return;
    to.send('touched', taken);
    sendHintsSoon(to);
  }

  function sendHintsSoon(to: ToWorker): void {
    cancelHints ??= deps.clock.timer(HINTS_EVERY_MS, () => {
      cancelHints = null;
      sendHints(to);
    });
  }
}
