import type { Clock, Env, Locks, Random } from '../../src/orchestrator/env.ts';
import { createSimulatedDisk, type SimulatedDisk } from './simulated-disk.ts';

export interface SimulatedClock extends Clock {
  /** Moves time on and fires what is due, in order. */
  advance(ms: number): void;
  /** Timers not yet fired or cancelled. */
  waiting(): number;
}

/** A machine that may crash: its disk outlives it, its locks and processes do not. */
export interface SimulatedMachine {
  readonly disk: SimulatedDisk;
  readonly clock: SimulatedClock;
  /** Another process of the machine. */
  start(): SimulatedProcess;
}

export interface SimulatedProcess {
  readonly env: Env;
  /** Frees its locks, as the operating system does. What its code goes on doing is the test's to stop. */
  kill(): void;
}

/** Time stands still until it is advanced. */
export function createSimulatedClock(startMs = Date.UTC(2026, 0, 1)): SimulatedClock {
  let now = startMs;
  let timers: { readonly at: number; readonly callback: () => void }[] = [];
  return {
    now: () => now,
    monotonic: () => now - startMs,
    timer(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers = timers.filter((other) => other !== next);
        now = Math.max(now, next.at);
        next.callback();
      }
      now = end;
    },
    waiting: () => timers.length,
  };
}

/** Numbers that repeat with their seed (mulberry32). */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0;
  let ids = 0;
  const float = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const hex = (digits: number): string =>
    Math.floor(float() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return {
    float,
    uuid: () => `01900000-${(ids++).toString(16).padStart(4, '0')}-7${hex(3)}-8${hex(3)}-${hex(8)}0000`,
  };
}

export function createSimulatedMachine(options: {
  readonly seed: number;
  readonly clock?: SimulatedClock;
  readonly disk?: SimulatedDisk;
}): SimulatedMachine {
  const clock = options.clock ?? createSimulatedClock();
  const disk = options.disk ?? createSimulatedDisk(() => clock.now());
  const random = createSeededRandom(options.seed);
  /** Path → process. */
  const held = new Map<string, number>();
  let processes = 0;

  return { disk, clock, start };

  function start(): SimulatedProcess {
    const pid = ++processes;
    return {
      env: {
        files: disk.files,
        clock,
        random,
        locks: locksOf(pid),
        host: { platform: 'linux', nodeVersion: 'v24.0.0', version: '0.0.0-simulated', pid, env: {} },
      },
      kill() {
        for (const [file, holder] of held) if (holder === pid) held.delete(file);
      },
    };
  }

  function locksOf(pid: number): Locks {
    return {
      acquire(file) {
        if (disk.files.stat(file) === null) disk.files.open(file, 'append-new').close();
        if (held.has(file)) return null;
        held.set(file, pid);
        return { release: () => void (held.get(file) === pid && held.delete(file)) };
      },
      isHeld: (file) => held.has(file),
    };
  }
}
