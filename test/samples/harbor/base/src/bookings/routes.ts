import { recordAudit } from '../audit/log.ts';
import { requireUser } from '../auth/sessions.ts';
import { HttpError, requireText } from '../http/request.ts';
import { sendJson } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { isIsoDate } from '../lib/dates.ts';
import { bookBerth, bookingsOn, cancelBooking } from './store.ts';

export const routes: Route[] = [
  {
    method: 'GET',
    path: '/',
    async handle(req, res, { db }) {
      const date = req.query['date'] ?? new Date().toISOString().slice(0, 10);
      if (!isIsoDate(date)) throw new HttpError(400, 'date must look like 2025-04-01');
      sendJson(res, 200, await bookingsOn(db, date));
    },
  },
  {
    method: 'POST',
    path: '/',
    async handle(req, res, { db, audit }) {
      const user = await requireUser(db, req);
      const booking = await bookBerth(db, {
        berth: requireText(req.body, 'berth'),
        boat: requireText(req.body, 'boat'),
        arrives: requireText(req.body, 'arrives'),
        departs: requireText(req.body, 'departs'),
      });
      await recordAudit(audit, user, 'book', booking.id);
      sendJson(res, 201, booking);
    },
  },
  {
    method: 'DELETE',
    path: '/:id',
    async handle(req, res, { db, audit }) {
      const user = await requireUser(db, req);
      await cancelBooking(db, req.params['id']);
      await recordAudit(audit, user, 'cancel', req.params['id']);
      sendJson(res, 200, { cancelled: req.params['id'] });
    },
  },
];
