import jwt from 'jsonwebtoken';
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
      const claims = jwt.verify(token, config.partnerKey, { algorithms: ['HS256'], issuer: 'harbor' });
      const bookings = await bookingsOn(db, req.params['date']);
      sendJson(res, 200, { partner: claims['sub'], boats: bookings.map((booking) => booking.boat) });
    },
  },
];
