import { getHeapStatistics } from 'node:v8';
import { fail, ok, type Failure, type Result } from '../../../contract/failures.ts';
import type { Runner } from '../../workflow/api.ts';
import type { Preparer } from '../../workflow/ports.ts';

/** RELIABILITY: limits of a worker do not protect the host, so new work is refused before they are met. */
const REFUSE_AT = 0.8;

export interface Memory {
  /** Of this thread's heap, 0 to 1. */
  used(): number;
}

export const threadMemory: Memory = {
  used() {
    const { used_heap_size, heap_size_limit } = getHeapStatistics();
    return used_heap_size / heap_size_limit;
  },
};

/** `out-of-memory` where new work would risk what is at work; what is at work goes on. */
export function roomForWork(memory: Memory): Result<null> {
  const used = memory.used();
  if (used < REFUSE_AT) return ok(null);
  return fail(
    'out-of-memory',
    `Savepoint's worker has used ${Math.round(used * 100)} % of its memory, so it starts nothing new. What runs goes on; try again when it has ended.`,
  );
}

/** Readies nothing for work that the runner would refuse. */
export function guardPreparer(preparer: Preparer, memory: Memory, stuck: () => Failure | null): Preparer['prepare'] {
  return async (calls, files) => {
    if (stuck() === null && roomForWork(memory).ok) await preparer.prepare(calls, files);
  };
}

/** The runner, which starts nothing while memory is short, or once `stuck` says why nothing can be stored any more. */
export function guardRunner(runner: Runner, memory: Memory, stuck: () => Failure | null = () => null): Runner {
  const guarded = async <T>(start: () => Promise<Result<T>>): Promise<Result<T>> => {
    const failure = stuck();
    if (failure !== null) return { ok: false, failure };
    const room = roomForWork(memory);
    return room.ok ? start() : room;
  };
  return {
    ...runner,
    startRun: (request) => guarded(() => runner.startRun(request)),
    resumeRun: (ref, request) => guarded(() => runner.resumeRun(ref, request)),
    retryRun: (ref, request) => guarded(() => runner.retryRun(ref, request)),
  };
}
