import type { Bench } from './lib/bench.ts';
import { ownShare, type Marks, type OwnShare, type Profile } from './lib/own-share.ts';
import { probeVscode } from './lib/vscode-probe.ts';

/** Files that another process writes, and saves of the editor meanwhile: 5,000 events. */
const WRITES = 4950;
const SAVES = 50;

interface Storm {
  /** Delays of the extension host's event loop, milliseconds. */
  readonly longest: number;
  readonly p99: number;
  /** What the host's resident memory grew by from before the storm to its highest, megabytes. */
  readonly megabytes: number;
  readonly profile: Profile;
  readonly marks: Marks;
  readonly worker: Turns | null;
}

/** Of a thread, milliseconds. */
interface Turns {
  /** The most that it computed within one turn of its event loop. */
  readonly computed: number;
  /** The longest time between two turns. */
  readonly longest: number;
  /** The same of a thread that does nothing, at the same time. */
  readonly idle: number;
}

interface Storms {
  readonly without: Storm;
  readonly withIt: Storm;
  readonly own: OwnShare;
}

let known: Promise<Storms> | null = null;

/** The same storm twice in one extension host, before Savepoint starts in it and after, with a profiler at work in both. */
async function measureStorms(): Promise<Storms> {
  const { without, withIt } = await probeVscode({
    savepoint: true,
    startsByItself: false,
    input: { writes: WRITES, saves: SAVES },
    measure: async (vscode, { folder, writes, saves }) => {
      const { spawn } = await import('node:child_process');
      const { Session } = await import('node:inspector');
      const { monitorEventLoopDelay } = await import('node:perf_hooks');
      const { Worker } = await import('node:worker_threads');
      const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
      const document = await vscode.workspace.openTextDocument(`${folder}/src/config.ts`);
      await vscode.window.showTextDocument(document);
      const writer = `const fs = require('node:fs');
        for (let at = 0; at < ${writes}; at++) {
          const place = process.argv[1] + '/src/storm-' + (at % 40);
          fs.mkdirSync(place, { recursive: true });
          fs.writeFileSync(place + '/file-' + at + '.ts', 'export const value = ' + Math.random() + ';');
        }`;
      /** What follows looks every millisecond how long a turn of its own thread took, and computed. */
      const watchTurns = `(() => {
        const turns = (globalThis.turns = { computed: 0, longest: 0 });
        const ran = () => { const { user, system } = process.threadCpuUsage(); return (user + system) / 1000; };
        let [at, before] = [performance.now(), ran()];
        turns.timer = setInterval(() => {
          turns.longest = Math.max(turns.longest, performance.now() - at);
          turns.computed = Math.max(turns.computed, ran() - before);
          [at, before] = [performance.now(), ran()];
        }, 1);
      })()`;
      const endTurns = `(() => {
        const { computed, longest, timer } = globalThis.turns;
        clearInterval(timer);
        return { computed, longest };
      })()`;
      /** Told by the system how much the host's main thread has computed; its own thread, so that it sees while that is busy. */
      const marker = new Worker(
        `const { openSync, readSync } = require('node:fs');
        const { parentPort } = require('node:worker_threads');
        const file = openSync('/proc/self/task/${process.pid}/schedstat');
        const text = Buffer.alloc(64);
        let marks = [];
        setInterval(() => {
          const ran = Number(text.latin1Slice(0, readSync(file, text, 0, 64, 0)).split(' ')[0]);
          marks.push([Number(process.hrtime.bigint() / 1000n), ran / 1000]);
        }, 1);
        parentPort.on('message', (what) => {
          if (what === 'begin') { marks = []; ${watchTurns}; } else parentPort.postMessage({ marks, idle: ${endTurns}.longest });
        });`,
        { eval: true },
      );
      const session = new Session();
      session.connect();
      const post = (method: string, params: object = {}): Promise<unknown> =>
        new Promise((resolve, reject) => {
          session.post(method, params, (error, result) => (error ? reject(error) : resolve(result)));
        });
      let worker: string | null = null;
      session.on('NodeWorker.attachedToWorker', ({ params }) => {
        if (params.workerInfo.url.endsWith('worker.cjs')) worker = params.sessionId;
      });
      const inWorker = (expression: string): Promise<unknown> =>
        new Promise((resolve, reject) => {
          session.once('NodeWorker.receivedMessageFromWorker', ({ params }) => {
            const { result } = JSON.parse(params.message) as {
              readonly result: { readonly result: { readonly value: unknown } };
            };
            resolve(result.result.value);
          });
          const evaluate = { id: 1, method: 'Runtime.evaluate', params: { expression, returnByValue: true } };
          post('NodeWorker.sendMessageToWorker', { sessionId: worker, message: JSON.stringify(evaluate) }).catch(
            reject,
          );
        });
      await post('Profiler.enable');
      await post('Profiler.setSamplingInterval', { interval: 1000 });
      const storm = async (): Promise<Storm> => {
        const delay = monitorEventLoopDelay({ resolution: 1 });
        const before = process.memoryUsage.rss();
        let most = before;
        const look = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 100);
        marker.postMessage('begin');
        if (worker !== null) await inWorker(watchTurns);
        await post('Profiler.start');
        delay.enable();
        const child = spawn(process.execPath, ['-e', writer, folder], { stdio: 'ignore' });
        const ended = new Promise((resolve) => child.once('exit', resolve));
        for (let count = 0; count < Number(saves); count++) {
          const edit = new vscode.WorkspaceEdit();
          edit.insert(document.uri, new vscode.Position(0, 0), '// saved\n');
          await vscode.workspace.applyEdit(edit);
          await document.save();
        }
        await ended;
        await pause(8000); // The watcher's last events, and what comes of them.
        delay.disable();
        clearInterval(look);
        const { profile } = (await post('Profiler.stop')) as { readonly profile: Profile };
        const marked = new Promise<{ readonly marks: Marks; readonly idle: number }>((resolve) => {
          marker.once('message', resolve);
        });
        marker.postMessage('end');
        const { marks, idle } = await marked;
        const turns = worker === null ? null : ((await inWorker(endTurns)) as Omit<Turns, 'idle'>);
        return {
          ...{ longest: delay.max / 1e6, p99: delay.percentile(99) / 1e6, megabytes: (most - before) / 1e6 },
          ...{ profile, marks, worker: turns && { ...turns, idle } },
        };
      };
      await storm(); // Warms up, and the files are there in both that count.
      const without = await storm();
      await post('NodeWorker.enable', { waitForDebuggerOnStart: false });
      await vscode.extensions.getExtension('savepoint.savepoint')?.activate();
      await pause(5000);
      const withIt = await storm();
      await marker.terminate();
      return { without, withIt };
    },
  });
  const isOwn = (url: string): boolean => url.endsWith('/dist/extension.cjs') && url.includes('savepoint.savepoint');
  return { without, withIt, own: ownShare(withIt.profile, { isOwn, marks: withIt.marks }) };
}

const figure = (what: {
  readonly name: string;
  readonly about: string;
  readonly goal: number | null;
  readonly unit: string;
  readonly value: (storms: Storms) => number | undefined;
  readonly floor: (storms: Storms) => number | null | undefined;
  readonly note?: (storms: Storms) => string;
}): Bench => ({
  name: `storm-${what.name}`,
  about: `${what.about} in a storm of ${WRITES + SAVES} events`,
  goal: what.goal === null ? null : { kind: 'most', value: what.goal },
  async run() {
    const storms = await (known ??= measureStorms());
    const { unit, note } = what;
    const figures = { value: what.value(storms) ?? NaN, unit, floor: what.floor(storms) ?? null, ratio: null };
    return note === undefined ? figures : { ...figures, note: note(storms) };
  },
});

const hostFigure = (name: 'longest' | 'p99' | 'megabytes', about: string, unit: string): Bench =>
  figure({
    ...{ name, about: `${about}; floor: without the extension`, unit, goal: null },
    value: ({ withIt }) => withIt[name],
    floor: ({ without }) => without[name],
  });

export const benches: readonly Bench[] = [
  figure({
    ...{ name: 'own-longest', about: 'the most that the extension itself computes at a stretch in the extension host' },
    ...{ unit: 'ms', goal: 20, value: ({ own }) => own.longest, floor: () => null },
    note: ({ own }) => `(below ${own.where}, seen by ${own.looks} looks)`,
  }),
  figure({
    ...{
      name: 'own-total',
      about: 'time of the extension itself in the extension host; floor: the host’s busy time without it',
    },
    ...{ unit: 'ms', goal: null, value: ({ own }) => own.total },
    floor: ({ without }) => ownShare(without.profile, { isOwn: () => false, marks: [] }).busy,
  }),
  figure({
    ...{ name: 'worker-computes', about: 'the most that the worker’s thread computes in one turn of its event loop' },
    ...{ unit: 'ms', goal: 10, value: ({ withIt }) => withIt.worker?.computed, floor: () => null },
  }),
  figure({
    ...{ name: 'worker-longest', about: 'longest stall of the worker’s thread; floor: of one that only reads a clock' },
    ...{
      unit: 'ms',
      goal: null,
      value: ({ withIt }) => withIt.worker?.longest,
      floor: ({ withIt }) => withIt.worker?.idle,
    },
  }),
  hostFigure('longest', 'longest stall of the extension host', 'ms'),
  hostFigure('p99', 'p99 delay of the extension host’s event loop', 'ms'),
  hostFigure('megabytes', 'growth of the extension host’s memory', 'MB'),
];
