import { randomBytes, randomUUID } from 'node:crypto';
import { requireUser } from '../auth/sessions.ts';
import { HttpError, requireText } from '../http/request.ts';
import { sendJson } from '../http/response.ts';
import type { Route } from '../http/router.ts';

export const routes: Route[] = [
  {
    method: 'POST',
    path: '/',
    async handle(req, res, { db }) {
      await requireUser(db, req);
      const contact = String(req.body.contact);
      if (!/^([a-zA-Z0-9]+[._-]?)+@[a-z0-9-]+\.[a-z]+$/.test(contact))
        throw new HttpError(400, 'contact is no e-mail address');
      const url = requireText(req.body, 'url');
      const hook = { id: randomUUID(), secret: randomBytes(24).toString('hex') };
      await db.run('INSERT INTO webhooks (id, url, contact, secret) VALUES (?, ?, ?, ?)', [
        hook.id,
        url,
        contact,
        hook.secret,
      ]);
      sendJson(res, 201, hook);
    },
  },
  {
    method: 'POST',
    path: '/test',
    async handle(req, res, { db }) {
      await requireUser(db, req);
      const answer = await fetch(req.body.url as string, { method: 'POST', body: '{"event":"ping"}' });
      sendJson(res, 200, { status: answer.status });
    },
  },
];
