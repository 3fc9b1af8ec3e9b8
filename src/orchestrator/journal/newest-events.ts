import type { StoredEvent } from '../../contract/events.ts';
import { createBreath } from '../breath.ts';
import type { Clock } from '../env.ts';
import type { JournalReader } from './journal.ts';

/** The newest of all sessions, newest first. Others on the thread get their turns in between; rejects soon after `signal` aborts. */
export async function newestEvents(
  deps: { readonly reader: Pick<JournalReader, 'sessions' | 'events'>; readonly clock: Pick<Clock, 'monotonic'> },
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
): Promise<readonly StoredEvent[]> {
  const { reader } = deps;
  const breathe = createBreath(deps.clock);
  const newest: StoredEvent[] = [];
  for (const { session } of reader.sessions().toReversed()) {
    if (newest.length >= limit) break;
    let last: StoredEvent[] = [];
    for (const event of reader.events({ session })) {
      last.push(event);
      if (last.length > 2 * limit) last = last.slice(-limit);
      const pause = breathe();
      if (pause) await pause;
      signal.throwIfAborted();
    }
    newest.push(...last.reverse().slice(0, limit - newest.length));
  }
  return newest;
}
