import { requireUser } from '../auth/sessions.ts';
import { noteFromRow } from '../billing/credit-notes.ts';
import type { CreditNoteRow } from '../billing/credit-notes.ts';
import { HttpError } from '../http/request.ts';
import { sendJson } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { toCsv } from './csv.ts';

const INBOX = 'https://dav.kontor-datev.example/inbox/harbor';

const account = { username: 'harbor', password: 'Anleger-Nord-7' };

export const routes: Route[] = [
  {
    method: 'POST',
    path: '/',
    async handle(req, res, { db }) {
      await requireUser(db, req);
      const rows = await db.query<CreditNoteRow>("SELECT * FROM credit_notes WHERE status = 'issued' ORDER BY id");
      const login = Buffer.from(`${account.username}:${account.password}`).toString('base64');
      const answer = await fetch(`${INBOX}/${new Date().toISOString().slice(0, 10)}.csv`, {
        method: 'PUT',
        headers: { authorization: `Basic ${login}`, 'content-type': 'text/csv' },
        body: toCsv(rows.map(noteFromRow)),
      });
      if (!answer.ok) throw new HttpError(502, `accounting answered ${answer.status}`);
      sendJson(res, 200, { sent: rows.length });
    },
  },
];
