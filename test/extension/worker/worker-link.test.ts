import assert from 'node:assert/strict';
import { MessageChannel } from 'node:worker_threads';
import type { Board, BoardSnapshot } from '../../../src/contract/board.ts';
import type { EditorWrite, HostApi, HostEvents, WorkerApi, WorkerEvents } from '../../../src/contract/worker.ts';
import { createWorkerLink, type WorkerLink } from '../../../src/extension/worker/worker-link.ts';
import { createChannel, type Channel, type Handlers } from '../../../src/orchestrator/channel/channel.ts';
import { boardOf } from '../../../src/orchestrator/board/board-fold.ts';
import { NOTHING_TELLS, runOf, story } from '../../board/stories.ts';
import { proves } from '../../requirements.ts';
import { eventually } from '../../support/eventually.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulated-env.ts';

/** What a worker of the script answers; the rest is never asked in these tests. */
type Answers = Partial<Handlers<WorkerApi>>;

interface ScriptedWorker {
  readonly channel: Channel<HostApi, WorkerEvents>;
  readonly heard: { readonly event: string; readonly data: unknown }[];
  readonly saves: EditorWrite[];
  end(why: string): void;
  terminated: boolean;
}

interface Scene {
  readonly link: WorkerLink;
  readonly clock: SimulatedClock;
  /** Newest last. */
  readonly workers: ScriptedWorker[];
  /** States after each change that was told. */
  readonly states: string[];
  readonly logs: readonly string[];
  newest(): ScriptedWorker;
}

const RUNNING = ((): Board => {
  const told = story();
  told.take(told.here.store('workflow.started', runOf(1, ['a.ts'])));
  return boardOf(told.fold, NOTHING_TELLS);
})();

const snapshot = (revision = 0): BoardSnapshot => ({ revision, board: RUNNING });

/** `begun`: the time until the first start has passed. */
function scene(answers: Answers = {}, { begun = true } = {}): Scene {
  const clock = createSimulatedClock();
  const workers: ScriptedWorker[] = [];
  const states: string[] = [];
  const logs: string[] = [];
  const link: WorkerLink = createWorkerLink({
    clock,
    start() {
      const { port1, port2 } = new MessageChannel();
      const enders: ((why: string) => void)[] = [];
      const saves: EditorWrite[] = [];
      const heard: ScriptedWorker['heard'] = [];
      const handlers: Answers = {
        ping: () => Promise.resolve(null),
        snapshot: () => Promise.resolve(snapshot()),
        wrote: (writes) => {
          saves.push(...writes);
          return Promise.resolve(null);
        },
        close: () => Promise.resolve(null),
        ...answers,
      };
      const channel = createChannel<WorkerApi, HostApi, WorkerEvents, HostEvents>({
        ...{ port: port2, clock },
        handlers: handlers as Handlers<WorkerApi>,
        onEvent: (event, data) => heard.push({ event, data }),
      });
      const worker: ScriptedWorker = {
        ...{ channel, heard, saves, terminated: false },
        end: (why) => enders.splice(0).forEach((tell) => tell(why)),
      };
      workers.push(worker);
      return {
        port: port1,
        onEnd: (listener) => void enders.push(listener),
        terminate() {
          worker.terminated = true;
          worker.end('it was ended');
        },
      };
    },
    onChange: () => states.push(link.state.kind),
    onTest: () => undefined,
    onLog: ({ text }) => logs.push(text),
  });
  assert.equal(workers.length, 0, 'the editor hears first that the extension is active');
  if (begun) clock.advance(50);
  const newest = (): ScriptedWorker => {
    const worker = workers.at(-1);
    assert(worker);
    return worker;
  };
  return { link, clock, workers, states, logs, newest };
}

const ready = ({ link }: Scene): Promise<void> => eventually('the worker is ready', () => link.state.kind === 'ready');
const save = (path: string): EditorWrite => ({ kind: 'saved', path, reason: 'manual' });

describe(proves('F1', 'link to the worker'), () => {
  let now: Scene;
  afterEach(() => {
    for (const { channel } of now.workers) channel.dispose();
  });

  it('shows the board of the worker, and its changes', async () => {
    now = scene();
    assert.equal(now.link.state.kind, 'starting');
    await ready(now);
    assert.deepEqual(now.link.board, RUNNING);
    now.newest().channel.send('changed', { revision: 1, slices: { unchecked: 3 }, runs: [], gone: ['run-1'] });
    await eventually('the change', () => now.link.board?.unchecked === 3);
    assert.deepEqual(now.link.board?.runs, []);
    await now.link.close();
  });

  it('starts the worker at once where somebody asks before its first start, and answers', async () => {
    now = scene({ report: () => Promise.resolve('a report') }, { begun: false });
    assert.equal(await now.link.request('report', { run: '1' }), 'a report');
    now.clock.advance(50);
    assert.equal(now.workers.length, 1);
    await now.link.close();
  });

  it('asks for a snapshot when it missed a change', async () => {
    let asked = 0;
    now = scene({ snapshot: () => Promise.resolve(snapshot(asked++ === 0 ? 0 : 7)) });
    await ready(now);
    now.newest().channel.send('changed', { revision: 5, slices: { unchecked: 3 }, runs: [], gone: [] });
    await eventually('a second snapshot', () => asked === 2 && now.states.length === 2);
    now.newest().channel.send('changed', { revision: 7, slices: { unchecked: 9 }, runs: [], gone: [] });
    now.newest().channel.send('changed', { revision: 8, slices: { readOnly: 'full' }, runs: [], gone: [] });
    await eventually('the next change', () => now.link.board?.readOnly === 'full');
    assert.equal(now.link.board?.unchecked, 0, 'revision 7 was in the snapshot already');
    await now.link.close();
  });

  it('takes no snapshot that is older than what it knows', async () => {
    const late: ((told: BoardSnapshot) => void)[] = [];
    let asked = 0;
    now = scene({
      snapshot: () => (asked++ === 0 ? Promise.resolve(snapshot()) : new Promise((resolve) => void late.push(resolve))),
    });
    await ready(now);
    now.newest().channel.send('changed', { revision: 2, slices: {}, runs: [], gone: [] });
    now.newest().channel.send('changed', { revision: 3, slices: {}, runs: [], gone: [] });
    await eventually('two are asked for', () => late.length === 2);
    late[0]?.(snapshot(3));
    await eventually('the first', () => now.states.length === 2);
    now.newest().channel.send('changed', { revision: 4, slices: { unchecked: 9 }, runs: [], gone: [] });
    await eventually('the change', () => now.link.board?.unchecked === 9);
    late[1]?.(snapshot(3));
    await now.link.request('ping', null);
    assert.equal(now.link.board?.unchecked, 9);
    await now.link.close();
  });

  it('says at once that nothing runs when the worker ends, and starts it again', async () => {
    now = scene();
    await ready(now);
    assert.equal(now.link.board?.runs[0]?.status, 'running');
    now.newest().end('it crashed');
    assert.equal(now.link.state.kind, 'restarting');
    const [row] = now.link.board?.runs ?? [];
    assert.equal(row?.status, 'interrupted');
    assert.deepEqual(
      row?.steps.map(({ status }) => status),
      ['pending'],
    );
    await assert.rejects(now.link.request('report', { run: '1' }), { code: 'closed' });
    now.clock.advance(100);
    await ready(now);
    assert.equal(now.workers.length, 2);
    assert.equal(now.link.board?.runs[0]?.status, 'running');
    await now.link.close();
  });

  it('keeps what is saved meanwhile, and sends it when the worker is back', async () => {
    now = scene();
    now.link.wrote([save('/early')]);
    await ready(now);
    await eventually('the early save', () => now.newest().saves.length === 1);
    now.newest().end('it crashed');
    now.link.wrote([save('/one')]);
    now.link.wrote([save('/two')]);
    now.link.touched('/three');
    now.clock.advance(100);
    await ready(now);
    await eventually('both saves', () => now.newest().saves.length === 2);
    assert.deepEqual(
      now.newest().saves.map(({ path }) => path),
      ['/one', '/two'],
    );
    assert.deepEqual(now.newest().heard, [{ event: 'touched', data: { paths: ['/three'], lost: 0 } }]);
    await now.link.close();
  });

  it('sends a save again that a dying worker did not acknowledge', async () => {
    const asked: string[] = [];
    now = scene({
      wrote(writes) {
        asked.push(...writes.map(({ path }) => path));
        return asked.length === 1 ? new Promise(() => undefined) : Promise.resolve(null);
      },
    });
    await ready(now);
    now.link.wrote([save('/one')]);
    await eventually('the first worker has it', () => asked.length === 1);
    now.newest().end('it crashed');
    await new Promise(setImmediate);
    now.clock.advance(100);
    await ready(now);
    await eventually('the second worker has it', () => asked.length === 2);
    assert.deepEqual(asked, ['/one', '/one']);
    await now.link.close();
  });

  it('tells the next worker what one would not take', async () => {
    const asked: string[] = [];
    now = scene({
      wrote(writes) {
        asked.push(...writes.map(({ path }) => path));
        return asked.length === 1 ? Promise.reject(new Error('the disk is full')) : Promise.resolve(null);
      },
    });
    await ready(now);
    now.link.wrote([save('/one')]);
    await eventually('it is refused', () => now.logs.some((text) => text.includes('the disk is full')));
    now.link.wrote([save('/two')]);
    await eventually('it takes the next one', () => asked.length === 2);
    now.link.startAgain();
    await ready(now);
    await eventually('the next worker has it', () => asked.length === 3);
    assert.deepEqual(asked, ['/one', '/two', '/one']);
    await now.link.close();
  });

  it('takes no change of the next worker before its first snapshot, whatever the one before had told', async () => {
    const answers: ((told: BoardSnapshot) => void)[] = [];
    now = scene({ snapshot: () => new Promise((resolve) => void answers.push(resolve)) });
    await eventually('the first is asked', () => answers.length === 1);
    answers[0]?.(snapshot(7));
    await ready(now);
    now.newest().end('it crashed');
    now.clock.advance(100);
    await eventually('the second is asked', () => answers.length === 2);
    now.newest().channel.send('changed', { revision: 8, slices: { unchecked: 3 }, runs: [], gone: [] });
    await now.link.request('ping', null);
    assert.equal(now.link.board?.unchecked, 0);
    answers[1]?.(snapshot(1));
    await ready(now);
    now.newest().channel.send('changed', { revision: 2, slices: { unchecked: 5 }, runs: [], gone: [] });
    await eventually('its own change', () => now.link.board?.unchecked === 5);
    await now.link.close();
  });

  it('joins hints of one moment into one message', async () => {
    now = scene();
    await ready(now);
    for (const path of ['/a', '/b', '/a']) now.link.touched(path);
    now.clock.advance(50);
    await eventually('the hints', () => now.newest().heard.length > 0);
    assert.deepEqual(now.newest().heard, [{ event: 'touched', data: { paths: ['/a', '/b'], lost: 0 } }]);
    await now.link.close();
  });

  it('stops for good after five endings, with the reason, until it is asked to start again', async () => {
    now = scene();
    await ready(now);
    for (let ending = 1; ending <= 5; ending++) {
      now.newest().end(`ending ${ending}`);
      now.clock.advance(20_000);
    }
    const { state } = now.link;
    assert(state.kind === 'stopped');
    assert.equal(state.reason, 'Ending 5.');
    assert.equal(state.endings, 5);
    assert.equal(now.workers.length, 5);
    now.clock.advance(3_600_000);
    assert.equal(now.workers.length, 5, 'it stays so');
    now.link.startAgain();
    await ready(now);
    assert.equal(now.workers.length, 6);
    await now.link.close();
  });

  it('ends a worker that does not answer, and starts another', async () => {
    now = scene({ ping: () => new Promise(() => undefined) });
    await ready(now);
    now.clock.advance(10_000);
    await new Promise(setImmediate);
    now.clock.advance(19_999);
    await new Promise(setImmediate);
    assert.equal(now.link.state.kind, 'ready');
    now.clock.advance(1);
    await eventually('it is given up', () => now.link.state.kind === 'restarting');
    assert(now.workers[0]?.terminated);
    now.clock.advance(100);
    await ready(now);
    assert.equal(now.workers.length, 2);
    await now.link.close();
  });

  it('leaves a worker alone that answers', async () => {
    now = scene();
    await ready(now);
    for (let minute = 0; minute < 10; minute++) {
      now.clock.advance(10_000);
      await now.link.request('ping', null);
      await new Promise(setImmediate);
    }
    assert.equal(now.workers.length, 1);
    await now.link.close();
  });

  it('closes orderly, and once', async () => {
    let closed = 0;
    now = scene({ close: () => Promise.resolve((closed++, null)) });
    await ready(now);
    await now.link.close();
    await now.link.close();
    assert.equal(closed, 1);
    assert(now.newest().terminated);
    assert.equal(now.workers.length, 1);
    assert.equal(now.clock.waiting(), 0);
  });

  it('tells of no change once it closes: the folder is gone for everybody', async () => {
    let closing: (() => void) | undefined;
    now = scene({ close: () => new Promise((resolve) => (closing = () => resolve(null))) });
    await ready(now);
    const told = now.states.length;
    const closed = now.link.close();
    await eventually('the worker is asked', () => closing !== undefined);
    now.newest().channel.send('changed', { revision: 1, slices: { unchecked: 3 }, runs: [], gone: [] });
    closing?.();
    await closed;
    assert.equal(now.states.length, told);
  });

  it('tells of no worker that answers for the first time once it closes', async () => {
    let answer: ((told: BoardSnapshot) => void) | undefined;
    now = scene({ snapshot: () => new Promise((resolve) => (answer = resolve)) });
    await eventually('it is asked', () => answer !== undefined);
    const closed = now.link.close();
    answer?.(snapshot());
    await closed;
    assert.deepEqual(now.states, []);
    assert.equal(now.clock.waiting(), 0);
  });

  it('starts no timer for hints that come once it is closed', async () => {
    now = scene();
    await ready(now);
    await now.link.close();
    now.link.touched('/late');
    now.link.startAgain();
    assert.equal(now.clock.waiting(), 0);
  });

  it('does not wait for ever for a worker that does not close', async () => {
    now = scene({ close: () => new Promise(() => undefined) });
    await ready(now);
    const closing = now.link.close();
    await new Promise(setImmediate);
    now.clock.advance(4500);
    await closing;
    assert(now.newest().terminated);
  });
});
