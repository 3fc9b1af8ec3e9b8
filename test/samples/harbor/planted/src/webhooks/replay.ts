import type { Db } from '../db/client.ts';
import { deliver } from './deliver.ts';
import type { Hook, Transport } from './deliver.ts';

interface Failed extends Hook {
  delivery: string;
  event: string;
}

/** Sends again what was refused; returns how many of them went through. */
export async function replayFailed(db: Db, send?: Transport): Promise<number> {
  const failed = await db.query<Failed>(
    `SELECT d.id AS delivery, d.event, h.id, h.url, h.secret
     FROM deliveries d JOIN webhooks h ON h.id = d.hook_id WHERE d.status >= 300 OR d.status = 0`,
  );
  let sent = 0;
  for (const { delivery, event, ...hook } of failed) {
    const status = await deliver(db, hook, event, send);
    await db.run('DELETE FROM deliveries WHERE id = ?', [delivery]);
    if (status < 300) sent += 1;
  }
  return sent;
}
