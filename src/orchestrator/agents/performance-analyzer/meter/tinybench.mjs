// Makes one iteration of tinybench one batch of ours: as many calls as take a few milliseconds. Its own iterations are single
// calls, which for short functions measure mostly the clock.
import { limits, report } from './meter.mjs';
import { startProfile } from './profile.mjs';

const timings = new WeakMap();

/**
 * Wraps the function of a task. `hooked`: something runs before or after each iteration, so a batch is one call. `share`: the
 * task's part of the process's time.
 */
function batched(fn, { hooked, share }) {
  const { batchMs } = limits;
  let size = 0;
  let isAsync = false;
  let spent = 0;
  const timing = { fastest: Infinity };
  const note = (ms) => {
    spent += ms;
    timing.fastest = Math.min(timing.fastest, ms / size);
    if (!hooked && ms < batchMs / 2) size *= 2;
  };
  async function batch(self) {
    const from = performance.now();
    for (let call = 0; call < size; call += 1) await fn.call(self);
    note(performance.now() - from);
  }
  function wrapped() {
    // Older and newer tinybench call once to see whether the function is asynchronous.
    if (size === 0) {
      const result = fn.call(this);
      isAsync = typeof result?.then === 'function';
      size = 1;
      return result;
    }
    if (timing.fastest < Infinity && spent > Math.max(batchMs * limits.batches * 4, share())) return undefined;
    if (isAsync) return batch(this);
    const from = performance.now();
    for (let call = 0; call < size; call += 1) fn.call(this);
    note(performance.now() - from);
    return undefined;
  }
  timings.set(wrapped, timing);
  return { wrapped, timing };
}

const GROWTH = 14; // a batch of one call doubles at most this often on its way to batchMs
const quick = { time: 0, iterations: limits.batches + GROWTH, warmup: false, warmupTime: 0, warmupIterations: 0 };
const hookedBy = (options) => Boolean(options?.beforeEach ?? options?.afterEach);

export function meteredBench(Bench) {
  return class extends Bench {
    #timings = new Map();
    constructor(options) {
      super({ ...options, ...quick });
    }
    add(name, fn, options) {
      if (limits.only !== null && name !== limits.only) return this;
      const { wrapped, timing } = batched(fn, {
        hooked: hookedBy(options),
        share: () => limits.maxMs / this.tasks.length,
      });
      this.#timings.set(name, timing);
      return super.add(name, wrapped, options);
    }
    async run() {
      const endProfile = startProfile();
      const result = await super.run();
      endProfile();
      this.#report();
      return result;
    }
    runSync() {
      const endProfile = startProfile();
      const result = super.runSync();
      endProfile();
      this.#report();
      return result;
    }
    #report() {
      for (const [name, { fastest }] of this.#timings) if (fastest < Infinity) report(name, fastest);
      this.#timings.clear();
    }
  };
}

/** Vitest up to 3 makes tasks itself and names them by ids: they report when they have run. */
export function meteredTask(Task) {
  return class extends Task {
    #timing;
    constructor(bench, name, fn, options) {
      const known = timings.has(fn);
      const { wrapped, timing } = known
        ? { wrapped: fn, timing: null }
        : batched(fn, { hooked: hookedBy(options), share: () => limits.maxMs });
      super(bench, name, wrapped, options);
      this.#timing = timing;
    }
    async run() {
      const endProfile = this.#timing === null ? () => undefined : startProfile();
      const result = await super.run();
      endProfile();
      if (this.#timing !== null && this.#timing.fastest < Infinity) report(this.name, this.#timing.fastest);
      return result;
    }
  };
}
