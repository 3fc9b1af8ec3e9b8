import { requireUser } from '../auth/sessions.ts';
import { HttpError } from '../http/request.ts';
import { sendJson } from '../http/response.ts';
import type { Route } from '../http/router.ts';

export const routes: Route[] = [
  {
    method: 'POST',
    path: '/search',
    async handle(req, res, { db, audit }) {
      await requireUser(db, req);
      if (audit === null) throw new HttpError(404, 'there is no audit log');
      const entries = audit.find({ user: req.body.user, action: req.body.action }).sort({ at: -1 }).limit(100);
      sendJson(res, 200, await entries.toArray());
    },
  },
];
