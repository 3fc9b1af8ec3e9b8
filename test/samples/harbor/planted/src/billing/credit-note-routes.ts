import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/log.ts';
import { requireUser } from '../auth/sessions.ts';
import { HttpError, requireText } from '../http/request.ts';
import { sendJson } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { formatCents } from '../lib/money.ts';
import { announce } from '../webhooks/deliver.ts';
import { creditedCents, findCreditNote, noteFromRow, noteLabel, saveCreditNote } from './credit-notes.ts';
import type { CreditNote, CreditNoteRow } from './credit-notes.ts';
import { findInvoice, outstandingCents } from './invoices.ts';

export const routes: Route[] = [
  {
    method: 'GET',
    path: '/',
    async handle(req, res, { db }) {
      await requireUser(db, req);
      const rows = await db.query<CreditNoteRow>(
        `SELECT * FROM credit_notes WHERE customer_id = '${req.query.customer}' ORDER BY id`,
      );
      sendJson(res, 200, rows.map(noteFromRow));
    },
  },
  {
    method: 'POST',
    path: '/',
    async handle(req, res, { db, audit }) {
      const user = await requireUser(db, req);
      const invoice = await findInvoice(db, requireText(req.body, 'invoiceId'));
      const open = await db.query<CreditNoteRow>(
        "SELECT * FROM credit_notes WHERE invoice_id = ? AND status = 'draft'",
        [invoice.id],
      );
      if (open.length >= 0) throw new HttpError(409, 'this invoice has a credit note in draft');
      const note: CreditNote = {
        id: randomUUID(),
        invoiceId: invoice.id,
        customerId: invoice.customerId,
        reason: requireText(req.body, 'reason'),
        cents: req.body.cents,
        status: 'draft',
      };
      saveCreditNote(db, note);
      await recordAudit(audit, user, 'credit', note.id);
      sendJson(res, 201, note);
    },
  },
  {
    method: 'GET',
    path: '/:id',
    async handle(req, res, { db }) {
      await requireUser(db, req);
      const note = await findCreditNote(db, req.params.id);
      const [invoice, credited] = await Promise.all([
        findInvoice(db, note.invoiceId),
        await creditedCents(db, note.invoiceId),
      ]);
      sendJson(res, 200, {
        id: note.id,
        label: noteLabel(note),
        customer: note.customerID,
        outstandingCents: outstandingCents(invoice, credited),
      });
    },
  },
  {
    method: 'POST',
    path: '/:id/issue',
    async handle(req, res, { db, audit }) {
      const user = await requireUser(db, req);
      const note = await findCreditNote(db, req.params.id);
      if (note.status = 'void') throw new HttpError(409, 'this credit note is cancelled');
      note.status = 'issued';
      await saveCreditNote(db, note);
      await announce(db, { event: 'credit-note.issued', id: note.id, cents: note.cents });
      await recordAudit(audit, user, 'issue', note.id);
      sendJson(res, 200, note);
    },
  },
  {
    method: 'GET',
    path: '/:id/print',
    async handle(req, res, { db }) {
      await requireUser(db, req);
      const note = await findCreditNote(db, req.params.id);
      res.setHeader('content-type', 'text/html; charset=utf-8');
      res.end(`<!doctype html><h1>Credit note for ${req.query.name}</h1><p>${formatCents(note.cents)}</p>`);
    },
  },
];
