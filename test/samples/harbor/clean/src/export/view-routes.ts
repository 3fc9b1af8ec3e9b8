import { requireUser } from '../auth/sessions.ts';
import { findInvoice } from '../billing/invoices.ts';
import type { InvoiceLine } from '../billing/invoices.ts';
import { HttpError, parseBody, requireText } from '../http/request.ts';
import { sendJson } from '../http/response.ts';
import type { Route } from '../http/router.ts';

const COLUMNS = new Map<string, (line: InvoiceLine) => number>([
  ['net', (line) => line.quantity * line.unitCents],
  ['unit', (line) => line.unitCents],
  ['quantity', (line) => line.quantity],
]);

export const routes: Route[] = [
  {
    method: 'GET',
    path: '/',
    async handle(req, res, { db }) {
      await requireUser(db, req);
      const view = parseBody(Buffer.from(req.query.view ?? '', 'base64url').toString('utf8'));
      sendJson(res, 200, { title: requireText(view, 'title'), column: requireText(view, 'column') });
    },
  },
  {
    method: 'POST',
    path: '/preview',
    async handle(req, res, { db }) {
      await requireUser(db, req);
      const invoice = await findInvoice(db, requireText(req.body, 'invoiceId'));
      const column = COLUMNS.get(requireText(req.body, 'column'));
      if (column === undefined) throw new HttpError(400, 'no such column');
      sendJson(res, 200, { values: invoice.lines.map((line) => column(line)) });
    },
  },
];
