import assert from 'node:assert/strict';
import type { AgentMessage, AgentOutcome } from '../../src/contract/agents.ts';
import type { InvokeContext } from '../../src/orchestrator/integration/protocols/protocol.ts';
import { isAlive } from './is-alive.ts';

/** What a scripted agent can be told to do; every protocol under test has one that does it. */
export type Script =
  /** Progress "one", progress "two", then data {"n": 1}. */
  | 'succeed'
  /** A finding on line 0 of a.ts, then a failure. */
  | 'fail'
  /** Progress with its process id, then waits for ever. */
  | 'wait'
  /** The same, and ignores every polite signal. */
  | 'stubborn'
  /** Dies of SIGKILL. */
  | 'die';

export interface ProtocolUnderTest {
  invoke(script: Script, context: InvokeContext): Promise<AgentOutcome>;
  close(): Promise<void>;
}

interface Called {
  readonly outcome: AgentOutcome;
  readonly messages: readonly AgentMessage[];
}

/** The promises of Protocol, whatever is behind it. */
export function itConforms(open: () => ProtocolUnderTest): void {
  let protocol: ProtocolUnderTest;
  beforeEach(() => (protocol = open()));
  afterEach(() => protocol.close());

  async function call(
    script: Script,
    options: { readonly signal?: AbortSignal; readonly onMessage?: (message: AgentMessage) => void } = {},
  ): Promise<Called> {
    const messages: AgentMessage[] = [];
    let settled = false;
    const outcome = await protocol.invoke(script, {
      signal: options.signal ?? new AbortController().signal,
      onMessage: (message) => {
        assert.ok(!settled, 'a message came after the end');
        messages.push(message);
        options.onMessage?.(message);
      },
    });
    settled = true;
    return { outcome, messages };
  }
  const progress = (messages: readonly AgentMessage[]): readonly string[] =>
    messages.flatMap((one) => (one.kind === 'progress' ? [one.message] : []));

  it('gives messages in order, then the outcome as plain JSON', async () => {
    const { outcome, messages } = await call('succeed');
    assert.ok(outcome.ok);
    assert.deepEqual(outcome.data, { n: 1 });
    assert.ok(outcome.summary.length > 0 && outcome.summary.split(' ').length <= 8);
    assert.deepEqual(progress(messages), ['one', 'two']);
    assert.deepEqual(JSON.parse(JSON.stringify([outcome, messages])), [outcome, messages]);
  });

  it('keeps findings that came before a failure', async () => {
    const { outcome, messages } = await call('fail');
    assert.ok(!outcome.ok);
    assert.ok(outcome.error.message.length > 0);
    assert.equal(messages.filter((one) => one.kind === 'finding').length, 1);
  });

  it('makes a crash an outcome, and serves the next call', async () => {
    const { outcome } = await call('die');
    assert.ok(!outcome.ok && outcome.error.code === 'crashed', JSON.stringify(outcome));
    assert.ok((await call('succeed')).outcome.ok);
  });

  for (const script of ['wait', 'stubborn'] as const) {
    it(`ends an aborted call (${script}) with its processes, and serves the next`, async () => {
      const controller = new AbortController();
      const { outcome, messages } = await call(script, {
        signal: controller.signal,
        onMessage: (message) => message.kind === 'progress' && controller.abort(),
      });
      assert.ok(!outcome.ok && outcome.error.code === 'cancelled', JSON.stringify(outcome));
      assert.deepEqual(
        progress(messages)
          .map(Number)
          .filter((pid) => pid > 0 && script === 'stubborn' && isAlive(pid)),
        [],
      );
      assert.ok((await call('succeed')).outcome.ok);
    });
  }

  it('starts nothing for a call that was aborted before', async () => {
    const { outcome, messages } = await call('succeed', { signal: AbortSignal.abort() });
    assert.ok(!outcome.ok && outcome.error.code === 'cancelled');
    assert.deepEqual(progress(messages), []);
  });

  it('serves calls at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => call('succeed')));
    assert.ok(all.every(({ outcome, messages }) => outcome.ok && progress(messages).length === 2));
  });
}
