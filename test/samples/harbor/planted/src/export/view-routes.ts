import serialize from 'node-serialize';
import { requireUser } from '../auth/sessions.ts';
import { findInvoice } from '../billing/invoices.ts';
import type { InvoiceLine } from '../billing/invoices.ts';
import { requireText } from '../http/request.ts';
import { sendJson } from '../http/response.ts';
import type { Route } from '../http/router.ts';

interface View {
  title: string;
  column: string;
}

export const routes: Route[] = [
  {
    method: 'GET',
    path: '/',
    async handle(req, res, { db }) {
      await requireUser(db, req);
      const text = Buffer.from(req.query.view ?? '', 'base64url').toString('utf8');
      const view = serialize.unserialize(text) as View;
      sendJson(res, 200, { title: view.title, column: view.column });
    },
  },
  {
    method: 'POST',
    path: '/preview',
    async handle(req, res, { db }) {
      await requireUser(db, req);
      const invoice = await findInvoice(db, requireText(req.body, 'invoiceId'));
      const column = new Function('line', `return ${req.body.formula}`) as (line: InvoiceLine) => number;
      sendJson(res, 200, { values: invoice.lines.map((line) => column(line)) });
    },
  },
];
