import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { composeServices } from '../src/orchestrator/host/compose.ts';
import { copySample } from '../test/samples/copy-sample.ts';
import type { Bench } from './lib/bench.ts';

/** Delays are told in nanoseconds, and include the timer's own resolution of this many milliseconds. */
const RESOLUTION_MS = 1;
const NS = 1e6;

export const benches: readonly Bench[] = [
  {
    name: 'loop-delay',
    about: 'p99 delay of the orchestrator’s thread during a whole tsddr-2.0; floor: an idle thread at the same time',
    goal: null,
    async run() {
      const folder = mkdtempSync(path.join(tmpdir(), 'savepoint-bench-'));
      const workspace = path.join(folder, 'harbor');
      process.env['SAVEPOINT_STATE_DIR'] = path.join(folder, 'state');
      await copySample({ sample: 'harbor', variant: 'planted', into: workspace });
      const idle = new Worker(IDLE_THREAD, { eval: true });
      await once(idle, 'start');
      const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      const composed = await composeServices(workspace);
      if (!composed.ok) throw new Error(composed.failure.message);
      const { services, close } = composed.value;
      try {
        const opened = await services.openRunner();
        if (!opened.ok) throw new Error(opened.failure.message);
        delay.enable();
        const started = await opened.value.runner.startRun({ workflow: 'tsddr-2.0' });
        if (!started.ok) throw new Error(started.failure.message);
        await started.value.done;
        delay.disable();
        const floor = await once(idle, 'stop');
        const value = delay.percentile(99) / NS;
        return { value, unit: 'ms', floor, ratio: value / floor };
      } finally {
        await close();
        await idle.terminate();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  },
];

/** A thread that does nothing but measure itself between `start` and `stop`. */
const IDLE_THREAD = `
  const { parentPort } = require('node:worker_threads');
  const delay = require('node:perf_hooks').monitorEventLoopDelay({ resolution: ${RESOLUTION_MS} });
  parentPort.on('message', (what) => {
    if (what === 'start') delay.enable(); else delay.disable();
    parentPort.postMessage(delay.percentile(99) / ${NS});
  });
`;

function once(worker: Worker, request: string): Promise<number> {
  return new Promise((resolve) => {
    worker.once('message', (value: number) => resolve(value));
    worker.postMessage(request);
  });
}
