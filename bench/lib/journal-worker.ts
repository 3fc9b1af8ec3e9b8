import { workerData, type MessagePort } from 'node:worker_threads';
import type { NewEvent } from '../../src/contract/events.ts';
import { createChannel } from '../../src/orchestrator/channel/channel.ts';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { openJournal } from '../../src/orchestrator/journal/open-journal.ts';

/** What the worker answers: the journal behind a port. */
export type JournalService = {
  readonly append: { readonly request: readonly NewEvent[]; readonly reply: number };
  readonly close: { readonly request: null; readonly reply: null };
};

const { port, stateDir } = workerData as { readonly port: MessagePort; readonly stateDir: string };
const env = createNodeEnv({ version: 'bench' });
const opened = openJournal({ env, stateDir });
if (!opened.ok) throw new Error(opened.failure.message);
const journal = opened.value;

createChannel<JournalService, Record<never, never>, Record<never, never>, Record<never, never>>({
  port,
  clock: env.clock,
  handlers: {
    async append(events) {
      const stored = await journal.append(events);
      if (!stored.ok) throw new Error(stored.failure.message);
      return stored.value.at(-1)?.sequence ?? 0;
    },
    async close() {
      await journal.close();
      return null;
    },
  },
});
