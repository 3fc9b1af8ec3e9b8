import { randomFillSync } from 'node:crypto';
import type { Clock, Env, Random } from '../env.ts';
import { createNodeFiles } from './node-files.ts';
import { createNodeLocks } from './node-locks.ts';

/** setTimeout takes at most 2^31 - 1 ms and fires at once beyond. */
const LONGEST_TIMER_MS = 2_147_483_647;

const RANDOM_POOL_BYTES = 4000;

/** The real outside world of this process. `version` is Savepoint's own. */
export function createNodeEnv(options: { readonly version: string }): Env {
  return {
    files: createNodeFiles(),
    clock: nodeClock,
    random: createRandom(nodeClock),
    locks: createNodeLocks(),
    host: {
      platform: process.platform,
      nodeVersion: process.version,
      version: options.version,
      pid: process.pid,
      env: process.env,
    },
  };
}

const nodeClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer(ms, callback, options) {
    const deadline = performance.now() + ms;
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const left = deadline - performance.now();
      handle = setTimeout(
        () => (left > LONGEST_TIMER_MS ? arm() : callback()),
        Math.min(Math.max(left, 0), LONGEST_TIMER_MS),
      );
      if (options?.keepAlive !== true) handle.unref();
    };
    arm();
    return () => clearTimeout(handle);
  },
};

/** RFC 9562 version 7: 48 bits of milliseconds, then a 12-bit counter (section 6.2, method 1), then 62 random bits. */
function createRandom(clock: Clock): Random {
  const bytes = Buffer.alloc(16);
  // Asking the system for 16 bytes at a time costs more than all the rest.
  const pool = Buffer.alloc(RANDOM_POOL_BYTES);
  let used = pool.length;
  let lastMs = 0;
  let counter = 0;
  return {
    uuid() {
      if (used + 10 > pool.length) {
        randomFillSync(pool);
        used = 0;
      }
      used += pool.copy(bytes, 6, used, used + 10);
      const now = clock.now();
      if (now > lastMs) {
        lastMs = now;
        counter = bytes.readUInt16BE(6) & 0x7ff;
      } else if (++counter > 0xfff) {
        lastMs++;
        counter = 0;
      }
      bytes.writeUIntBE(lastMs, 0, 6);
      bytes.writeUInt16BE(0x7000 | counter, 6);
      bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
      const hex = bytes.toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
    float: () => Math.random(),
  };
}
