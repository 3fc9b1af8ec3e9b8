import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/log.ts';
import { requireUser } from '../auth/sessions.ts';
import { requireCents, requireText } from '../http/request.ts';
import { sendHtml, sendJson } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { addDays } from '../lib/dates.ts';
import { renderInvoice } from '../reports/render.ts';
import { findInvoice, outstandingCents, payInvoice, saveInvoice } from './invoices.ts';
import type { Invoice } from './invoices.ts';

const DAYS_TO_PAY = 14;

export const routes: Route[] = [
  {
    method: 'POST',
    path: '/',
    async handle(req, res, { db, audit }) {
      const user = await requireUser(db, req);
      const invoice: Invoice = {
        id: randomUUID(),
        customerId: requireText(req.body, 'customerId'),
        status: 'sent',
        dueOn: addDays(new Date().toISOString().slice(0, 10), DAYS_TO_PAY),
        taxRate: 0.19,
        paidCents: 0,
        lines: [
          {
            description: requireText(req.body, 'description'),
            quantity: 1,
            unitCents: requireCents(req.body, 'cents'),
          },
        ],
      };
      await saveInvoice(db, invoice);
      await recordAudit(audit, user, 'invoice', invoice.id);
      sendJson(res, 201, invoice);
    },
  },
  {
    method: 'GET',
    path: '/:id',
    async handle(req, res, { db }) {
      await requireUser(db, req);
      const invoice = await findInvoice(db, req.params['id']);
      if (req.query['as'] === 'html') sendHtml(res, 200, renderInvoice(invoice));
      else sendJson(res, 200, { ...invoice, outstandingCents: outstandingCents(invoice) });
    },
  },
  {
    method: 'POST',
    path: '/:id/payments',
    async handle(req, res, { db, audit }) {
      const user = await requireUser(db, req);
      const invoice = await payInvoice(db, req.params['id'], requireCents(req.body, 'cents'));
      await recordAudit(audit, user, 'payment', invoice.id);
      sendJson(res, 200, { status: invoice.status, outstandingCents: outstandingCents(invoice) });
    },
  },
];
