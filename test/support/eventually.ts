import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';

const LOOK_EVERY_MS = 10;
/** Long enough for a slow, loaded machine: what waits so long has failed anyhow. */
const DEADLINE_MS = 60_000;

/** Polls until the condition holds; after the deadline it fails naming what did not come. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs = DEADLINE_MS,
): Promise<void> {
  const until = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > until) throw new Error(`Not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Polls until what is read is this; after the deadline it fails with the difference to what was read last. */
export async function becomes<Value>(expected: Value, read: () => Value | Promise<Value>): Promise<void> {
  let now: Value | undefined;
  await eventually('what was expected', async () => {
    now = await read();
    return isDeepStrictEqual(now, expected);
  }).catch((error: unknown) => {
    assert.deepEqual(now, expected);
    throw error;
  });
}
