import { FAILURES, type Failure } from '../../../contract/failures.ts';
import type { HostEvents, WorkerApi, WorkerEvents, WorkerSetup } from '../../../contract/worker.ts';
import { boardOf, emptyBoard } from '../../board/board-fold.ts';
import type { Handlers } from '../../channel/channel.ts';
import { coverageOfRun, discoverTests, runTests } from '../../commands/test-requests.ts';
import type { Env } from '../../env.ts';
import { newestEvents } from '../../journal/newest-events.ts';
import { startDesk, type Desk } from './desk.ts';
import { journalRow } from './health.ts';
import type { Memory } from './memory.ts';
import { reportText } from './report-text.ts';
import { runCommand } from './run-command.ts';

/** What a folder answers and hears, once it is open. */
export interface OpenedFolder {
  readonly handlers: Handlers<Omit<WorkerApi, 'ping'>>;
  heard<E extends keyof HostEvents>(event: E, data: HostEvents[E]): void;
}

interface FolderDeps {
  readonly setup: WorkerSetup;
  readonly env: Env;
  readonly memory: Memory;
  readonly tell: <E extends keyof WorkerEvents>(event: E, data: WorkerEvents[E]) => void;
  readonly onFatal: (error: unknown) => void;
}

export async function openFolder(deps: FolderDeps): Promise<OpenedFolder> {
  /** Runs that were started by `runTests` → its call. */
  const calls = new Map<string, number>();
  const desk = await startDesk({
    ...deps,
    onTest: ({ run, number }, test) => {
      // Those of a call are told with it.
      if (!calls.has(run)) deps.tell('test', { run, number, call: null, test });
    },
  });
  return desk.ok ? atDesk(desk.value, { ...deps, calls }) : withoutState(desk.failure);
}

function atDesk(desk: Desk, deps: FolderDeps & { readonly calls: Map<string, number> }): OpenedFolder {
  const { services, feed, automatic } = desk;
  const { env, tell, calls } = deps;
  return {
    handlers: {
      snapshot: () => Promise.resolve(feed.snapshot()),
      async command(request, { signal }) {
        const { call } = request;
        const reply = await runCommand(request, {
          ...{ services, signal },
          tell: (message) => tell('command', { call, message }),
        });
        desk.refresh();
        return reply;
      },
      async wrote(writes) {
        if (automatic !== null) valueOf(await automatic.engine.wrote(writes));
        return null;
      },
      async pause({ workflow, paused }) {
        valueOf(desk.pauses.set(workflow, paused));
        desk.refresh();
        return null;
      },
      async dismiss({ fingerprint, about = '' }) {
        desk.dismissals.add(fingerprint, about);
        feed.dismissed(fingerprint);
        return null;
      },
      dismissed: async () => desk.dismissals.list(),
      async undismiss({ fingerprint }) {
        desk.dismissals.remove(fingerprint);
        return null;
      },
      report: async ({ run }) => reportText(valueOf(services.runs.find(run)), env.clock.now()),
      events: ({ limit }, { signal }) =>
        newestEvents({ reader: services.reader(), clock: env.clock }, { limit, signal }),
      tests: async ({ files }, { signal }) => valueOf(await discoverTests(services, { files, signal })),
      async runTests(wanted, { signal }) {
        const done = await runTests(services, wanted, {
          signal,
          onTest({ run, number }, test) {
            calls.set(run, wanted.call);
            tell('test', { run, number, call: wanted.call, test });
          },
        });
        if (done.run !== null) calls.delete(done.run);
        return done;
      },
      coverage: async ({ run }) => coverageOfRun(services, run),
      async close() {
        await desk.close();
        return null;
      },
    },
    heard(event, data) {
      if (event === 'touched') automatic?.engine.touched(data as HostEvents['touched']);
      else if (event === 'settings') desk.configure(data as HostEvents['settings']);
      else if (event === 'typing') desk.setTyping((data as HostEvents['typing']).active);
    },
  };
}

/** The other end gets the message: a request has no other way to fail. */
function valueOf<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure },
): T {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

/** The state folder can be nowhere: an empty board says why, and so does everything that is asked. */
function withoutState(failure: Failure): OpenedFolder {
  const board = boardOf(emptyBoard(), {
    ...{ role: 'follower', session: '', paused: true, workflows: [], definitions: [], unapproved: [], maxProblems: 0 },
    readOnly: failure.message,
    health: [journalRow({ failure, repairs: [] })],
    ...{ live: new Set(), progress: new Map() },
  });
  const refuse = (): Promise<never> => Promise.reject(new Error(failure.message));
  return {
    handlers: {
      snapshot: () => Promise.resolve({ revision: 0, board }),
      command: () => Promise.resolve({ exitCode: FAILURES[failure.code], failure }),
      ...{ wrote: refuse, pause: refuse, dismiss: refuse, report: refuse, events: refuse },
      ...{ dismissed: refuse, undismiss: refuse, tests: refuse, runTests: refuse, coverage: refuse },
      close: () => Promise.resolve(null),
    },
    heard: () => undefined,
  };
}
