import { HttpError, requireText } from '../http/request.ts';
import { sendJson } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { checkPassword } from './passwords.ts';
import { openSession } from './sessions.ts';

export const routes: Route[] = [
  {
    method: 'POST',
    path: '/',
    async handle(req, res, { db, config }) {
      const email = requireText(req.body, 'email').toLowerCase();
      const user = await db.first<{ password: string }>('SELECT password FROM users WHERE email = ?', [email]);
      if (user === null || !checkPassword(requireText(req.body, 'password'), user.password)) {
        throw new HttpError(401, 'unknown e-mail address or wrong password');
      }
      sendJson(res, 200, { token: await openSession(db, email, config.sessionHours) });
    },
  },
];
