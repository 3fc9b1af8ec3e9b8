import type { MessagePort } from 'node:worker_threads';
import type { HostApi, HostEvents, WorkerApi, WorkerEvents, WorkerSetup } from '../../../contract/worker.ts';
import { createChannel, type Asker, type Channel, type Handlers } from '../../channel/channel.ts';
import { createNodeEnv } from '../node-env.ts';
import { VERSION } from '../places.ts';
import { threadMemory } from './memory.ts';
import { openFolder, type OpenedFolder } from './open-folder.ts';

/** Answers one editor for one folder. What is asked before the folder is open waits for that. */
export function serveEditor({ setup, port }: { readonly setup: WorkerSetup; readonly port: MessagePort }): void {
  readLanguages();
  const env = createNodeEnv({ version: VERSION });
  const opening: Promise<OpenedFolder> = Promise.resolve().then(() =>
    openFolder({ setup, env, memory: threadMemory, tell: (event, data) => channel.send(event, data), onFatal }),
  );
  opening.catch(onFatal);
  const channel: Channel<HostApi, WorkerEvents> = createChannel<WorkerApi, HostApi, WorkerEvents, HostEvents>({
    port,
    clock: env.clock,
    handlers: waitingFor(opening),
    onEvent: (event, data) => void opening.then((folder) => folder.heard(event, data)),
  });
}

/**
 * The first Intl of a process takes 20 to 30 ms in one piece, in whichever of its threads: here they hold up nobody, while in the
 * editor's they would when the first time is shown.
 */
function readLanguages(): void {
  new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }).format(0);
  new Intl.RelativeTimeFormat('en-GB').format(0, 'day');
}

function waitingFor(opening: Promise<OpenedFolder>): Handlers<WorkerApi> {
  const whenOpen =
    <M extends Exclude<keyof WorkerApi, 'ping'>>(method: M) =>
    async (request: WorkerApi[M]['request'], asker: Asker): Promise<WorkerApi[M]['reply']> =>
      (await opening).handlers[method](request, asker);
  return {
    ping: () => Promise.resolve(null),
    snapshot: whenOpen('snapshot'),
    command: whenOpen('command'),
    wrote: whenOpen('wrote'),
    pause: whenOpen('pause'),
    dismiss: whenOpen('dismiss'),
    dismissed: whenOpen('dismissed'),
    undismiss: whenOpen('undismiss'),
    report: whenOpen('report'),
    events: whenOpen('events'),
    tests: whenOpen('tests'),
    runTests: whenOpen('runTests'),
    coverage: whenOpen('coverage'),
    close: whenOpen('close'),
  };
}

/** Ends the thread, whatever waits or catches around: the editor starts it again, and says what it ended with. */
function onFatal(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
