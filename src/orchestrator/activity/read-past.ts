import type { StoredEvent } from '../../contract/events.ts';
import { createBreath } from '../breath.ts';
import type { Clock } from '../env.ts';
import type { JournalReader } from '../journal/journal.ts';

/**
 * Events of these sessions (default: all) stored since then (ISO time), session by session, in order. Whatever they hold, others on the
 * thread get their turns in between; so nothing is asked of the reader that it would look for in one go.
 */
export async function* readPast(
  deps: { readonly reader: Pick<JournalReader, 'sessions' | 'events'>; readonly clock: Pick<Clock, 'monotonic'> },
  { since, sessions }: { readonly since: string; readonly sessions?: readonly string[] },
): AsyncGenerator<StoredEvent, void, undefined> {
  const { reader } = deps;
  const breathe = createBreath(deps.clock);
  const late = reader.sessions().filter(({ startedAt, endedAt }) => (endedAt ?? since) >= since || startedAt >= since);
  for (const session of sessions ?? late.map((one) => one.session)) {
    for (const event of reader.events({ session })) {
      const pause = breathe();
      if (pause) await pause;
      if (event.time >= since) yield event;
    }
  }
}
