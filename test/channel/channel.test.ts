import assert from 'node:assert/strict';
import { MessageChannel } from 'node:worker_threads';
import { ChannelError, createChannel, type Channel } from '../../src/orchestrator/channel/channel.ts';
import { createSimulatedClock, type SimulatedClock } from '../support/simulated-env.ts';
import { eventually } from '../support/eventually.ts';
import { proves } from '../requirements.ts';

type Service = {
  readonly double: { readonly request: number; readonly reply: number };
  readonly fail: { readonly request: string; readonly reply: never };
  readonly wait: { readonly request: null; readonly reply: null };
};
type Told = { readonly tick: number };

interface Pair {
  readonly asker: Channel<Service, Told>;
  readonly answerer: Channel<Record<never, never>, Told>;
  readonly clock: SimulatedClock;
  readonly seen: string[];
}

/** An asker, and an answerer whose `wait` ends only by its signal. */
function pair(): Pair {
  const { port1, port2 } = new MessageChannel();
  const clock = createSimulatedClock();
  const seen: string[] = [];
  const asker = createChannel<Record<never, never>, Service, Told, Told>({
    port: port1,
    clock,
    handlers: {},
    onEvent: (event, data) => seen.push(`${event} ${data}`),
  });
  const answerer = createChannel<Service, Record<never, never>, Told, Told>({
    port: port2,
    clock,
    handlers: {
      double: (value) => Promise.resolve(value * 2),
      fail: (why) => Promise.reject(new Error(why)),
      wait: (_, { signal }) =>
        new Promise((resolve) => {
          seen.push('waiting');
          signal.addEventListener('abort', () => {
            seen.push('aborted');
            resolve(null);
          });
        }),
    },
  });
  return { asker, answerer, clock, seen };
}

const failing = (code: ChannelError['code']) => (error: unknown) =>
  error instanceof ChannelError && error.code === code;

describe(proves('F1', 'channel between two threads'), () => {
  let ends: Pair;
  beforeEach(() => (ends = pair()));
  afterEach(() => {
    ends.asker.dispose();
    ends.answerer.dispose();
  });

  it('answers each request, in order', async () => {
    const replies = await Promise.all([1, 2, 3].map((value) => ends.asker.request('double', value)));
    assert.deepEqual(replies, [2, 4, 6]);
  });

  it('carries the message of a failure', async () => {
    await assert.rejects(ends.asker.request('fail', 'because'), { code: 'remote', message: 'because' });
  });

  it('carries events in order with what else is sent', async () => {
    ends.answerer.send('tick', 1);
    ends.answerer.send('tick', 2);
    await eventually('two ticks', () => ends.seen.length === 2);
    assert.deepEqual(ends.seen, ['tick 1', 'tick 2']);
  });

  it('gives up after the timeout, and tells the other end', async () => {
    const asked = assert.rejects(ends.asker.request('wait', null, { timeoutMs: 500 }), failing('timeout'));
    await eventually('the request', () => ends.seen.includes('waiting'));
    ends.clock.advance(500);
    await asked;
    await eventually('the abort', () => ends.seen.includes('aborted'));
    assert.equal(ends.clock.waiting(), 0);
  });

  it('gives up when the asker does', async () => {
    const controller = new AbortController();
    const asked = assert.rejects(ends.asker.request('wait', null, { signal: controller.signal }), failing('aborted'));
    await eventually('the request', () => ends.seen.includes('waiting'));
    controller.abort();
    await asked;
    await eventually('the abort', () => ends.seen.includes('aborted'));
    await assert.rejects(ends.asker.request('wait', null, { signal: controller.signal }), failing('aborted'));
  });

  it('ends everything with either end', async () => {
    const asked = assert.rejects(ends.asker.request('wait', null), failing('closed'));
    await eventually('the request', () => ends.seen.includes('waiting'));
    ends.answerer.dispose();
    ends.answerer.dispose();
    await asked;
    assert.deepEqual(ends.seen, ['waiting', 'aborted']);
    await assert.rejects(ends.asker.request('double', 1), failing('closed'));
  });
});
