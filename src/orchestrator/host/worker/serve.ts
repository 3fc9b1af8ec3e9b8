import type { MessagePort } from 'node:worker_threads';
import type { BoardSnapshot } from '../../../contract/board.ts';
import type { HostApi, HostEvents, WorkerApi, WorkerEvents, WorkerSetup } from '../../../contract/worker.ts';
import { createChannel, type Handlers } from '../../channel/channel.ts';
import { composeServices, type Composed } from '../compose.ts';
import { createNodeEnv } from '../node-env.ts';
import { VERSION } from '../places.ts';

export function serveEditor({ setup, port }: { readonly setup: WorkerSetup; readonly port: MessagePort }): void {
  const { clock } = createNodeEnv({ version: VERSION });
  const composing = composeServices(setup.folder, { alone: true }).then((composed): Composed => {
    if (!composed.ok) throw new Error(composed.failure.message);
    return composed.value;
  });
  const handlers: Pick<Handlers<WorkerApi>, 'snapshot' | 'close'> = {
    async snapshot(): Promise<BoardSnapshot> {
      await composing;
      return { revision: 0, board: EMPTY };
    },
    async close() {
      await (await composing).close();
      return null;
    },
  };
  createChannel<Pick<WorkerApi, 'snapshot' | 'close'>, HostApi, WorkerEvents, HostEvents>({ port, clock, handlers });
}

const EMPTY: BoardSnapshot['board'] = {
  role: 'follower',
  session: '',
  paused: false,
  runs: [],
  olderRuns: 0,
  activities: [],
  workflows: [],
  files: [],
  health: [],
  unapproved: [],
  unchecked: 0,
  readOnly: null,
};
