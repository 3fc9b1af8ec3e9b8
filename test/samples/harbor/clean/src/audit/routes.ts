import { requireUser } from '../auth/sessions.ts';
import { HttpError, requireText } from '../http/request.ts';
import { sendJson } from '../http/response.ts';
import type { Route } from '../http/router.ts';

export const routes: Route[] = [
  {
    method: 'POST',
    path: '/search',
    async handle(req, res, { db, audit }) {
      await requireUser(db, req);
      if (audit === null) throw new HttpError(404, 'there is no audit log');
      const filter = { user: { $eq: requireText(req.body, 'user') }, action: { $eq: requireText(req.body, 'action') } };
      const entries = audit.find(filter).sort({ at: -1 }).limit(100);
      sendJson(res, 200, await entries.toArray());
    },
  },
];
