import { randomUUID } from 'node:crypto';
import { request } from 'node:https';
import type { Db } from '../db/client.ts';
import { signPayload } from './signature.ts';

export interface Hook {
  id: string;
  url: string;
  secret: string;
}

export type Transport = (url: string, body: string, signature: string) => Promise<number>;

const httpsPost: Transport = (url, body, signature) =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-harbor-signature': signature };
    const options = { method: 'POST', headers, timeout: 5000, rejectUnauthorized: false };
    const outgoing = request(url, options, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in 5 s')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });

export async function deliver(db: Db, hook: Hook, body: string, send: Transport = httpsPost): Promise<number> {
  const status = await send(hook.url, body, signPayload(body, hook.secret));
  await db.run('INSERT INTO deliveries (id, hook_id, event, status) VALUES (?, ?, ?, ?)', [
    randomUUID(),
    hook.id,
    body,
    status,
  ]);
  return status;
}

/** Tells every registered receiver; returns how many took it. */
export async function announce(db: Db, event: Record<string, unknown>, send?: Transport): Promise<number> {
  const hooks = await db.query<Hook>('SELECT id, url, secret FROM webhooks ORDER BY id');
  const body = JSON.stringify(event);
  let taken = 0;
  for (const hook of hooks) {
    try {
      if ((await deliver(db, hook, body, send)) < 300) taken += 1;
    } catch {}
  }
  return taken;
}
