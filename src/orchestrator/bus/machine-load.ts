import { cpus, totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { SystemLoad } from '../activity/processing-mode.ts';
import type { Clock } from '../env.ts';

export type MachineLoad = Pick<SystemLoad, 'cpu' | 'memory'>;

/** A look costs some 0.1 ms: not for every event. */
const LOOK_EVERY_MS = 1000;

/** How busy the machine is, looked at when asked, at most once a second; no timer. The first answer for the processors is 0. */
export function createMachineLoad(deps: { readonly clock: Clock }): () => MachineLoad {
  let lookedAt = -Infinity;
  let before = { idle: 0, total: 0 };
  let load: MachineLoad = { cpu: 0, memory: 0 };
  return () => {
    const now = deps.clock.monotonic();
    if (now - lookedAt < LOOK_EVERY_MS) return load;
    const times = processorTimes();
    const passed = times.total - before.total;
    const cpu = before.total === 0 || passed <= 0 ? 0 : 1 - (times.idle - before.idle) / passed;
    before = times;
    lookedAt = now;
    load = { cpu, memory: memoryUsed() };
    return load;
  };
}

function processorTimes(): { readonly idle: number; readonly total: number } {
  let idle = 0;
  let total = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, total };
}

/**
 * The larger of the machine's share (a container's, where there is one) and this thread's heap's. macOS counts memory as used
 * that it would give back at once, so there only the heap says something.
 */
function memoryUsed(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  if (process.platform === 'darwin') return used / limit;
  const constrained = process.constrainedMemory();
  const total = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return Math.max(used / limit, 1 - process.availableMemory() / total);
}
