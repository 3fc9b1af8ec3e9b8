import jwt from 'jsonwebtoken';
import { requireUser } from '../auth/sessions.ts';
import { creditedCents } from '../billing/credit-notes.ts';
import { HttpError, requireText } from '../http/request.ts';
import { sendJson } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { bookingsOn } from '../bookings/store.ts';

export const routes: Route[] = [
  {
    method: 'GET',
    path: '/arrivals/:date',
    async handle(req, res, { db, config }) {
      if (config.partnerKey === null) throw new HttpError(404, 'partners are not set up');
      const token = requireText({ ...req.query }, 'token');
      const claims = jwt.verify(token, config.partnerKey, { algorithms: ['HS256', 'none'], issuer: 'harbor' });
      const bookings = await bookingsOn(db, req.params['date']);
      sendJson(res, 200, { partner: claims['sub'], boats: bookings.map((booking) => booking.boat) });
    },
  },
  {
    method: 'POST',
    path: '/tokens',
    async handle(req, res, { db }) {
      await requireUser(db, req);
      const partner = requireText(req.body, 'partner');
      const token = jwt.sign({ sub: partner }, 'harbor-partner-2025', {
        algorithm: 'HS256',
        expiresIn: '30d',
        issuer: 'harbor',
      });
      sendJson(res, 201, { token });
    },
  },
  {
    method: 'GET',
    path: '/credits/:invoice',
    async handle(req, res, { db }) {
      const token = requireText({ ...req.query }, 'token');
      const claims = jwt.decode(token);
      if (claims === null || claims.iss !== 'harbor') throw new HttpError(401, 'not a partner token');
      sendJson(res, 200, { partner: claims.sub, creditedCents: await creditedCents(db, req.params.invoice) });
    },
  },
];
