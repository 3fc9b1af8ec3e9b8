import { randomBytes, randomUUID } from 'node:crypto';
import { requireUser } from '../auth/sessions.ts';
import { HttpError, requireText } from '../http/request.ts';
import { sendJson } from '../http/response.ts';
import type { Route } from '../http/router.ts';

function receiver(text: string, hosts: string[]): URL {
  if (!URL.canParse(text)) throw new HttpError(400, 'not an address');
  const url = new URL(text);
  if (url.protocol !== 'https:' || !hosts.includes(url.hostname)) throw new HttpError(400, 'not a known receiver');
  return url;
}

export const routes: Route[] = [
  {
    method: 'POST',
    path: '/',
    async handle(req, res, { db, config }) {
      await requireUser(db, req);
      const contact = requireText(req.body, 'contact');
      if (contact.length > 254 || !/^[^\s@]+@[^\s@]+$/.test(contact))
        throw new HttpError(400, 'contact is no e-mail address');
      const url = receiver(requireText(req.body, 'url'), config.webhookHosts);
      const hook = { id: randomUUID(), secret: randomBytes(24).toString('hex') };
      await db.run('INSERT INTO webhooks (id, url, contact, secret) VALUES (?, ?, ?, ?)', [
        hook.id,
        url.href,
        contact,
        hook.secret,
      ]);
      sendJson(res, 201, hook);
    },
  },
  {
    method: 'POST',
    path: '/test',
    async handle(req, res, { db, config }) {
      await requireUser(db, req);
      const url = receiver(requireText(req.body, 'url'), config.webhookHosts);
      const answer = await fetch(url, { method: 'POST', body: '{"event":"ping"}', redirect: 'error' });
      sendJson(res, 200, { status: answer.status });
    },
  },
];
