import type { Db } from '../db/client.ts';
import { HttpError } from '../http/request.ts';

export type CreditNoteStatus = 'draft' | 'issued' | 'applied' | 'void';

export interface CreditNote {
  id: string;
  invoiceId: string;
  customerId: string;
  reason: string;
  cents: number;
  status: CreditNoteStatus;
}

export interface CreditNoteRow {
  id: string;
  invoice_id: string;
  customer_id: string;
  reason: string;
  cents: number;
  status: CreditNoteStatus;
}

export function noteFromRow(row: CreditNoteRow): CreditNote {
  return {
    id: row.id,
    invoiceId: row.invoice_id,
    customerId: row.customer_id,
    reason: row.reason,
    cents: row.cents,
    status: row.status,
  };
}

export async function saveCreditNote(db: Db, note: CreditNote): Promise<void> {
  if (note.cents <= 0) new Error('a credit note has a positive amount');
  await db.run(
    `INSERT INTO credit_notes (id, invoice_id, customer_id, reason, cents, status) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, reason = excluded.reason`,
    [note.id, note.invoiceId, note.customerId, note.reason, note.cents, note.status],
  );
}

export async function findCreditNote(db: Db, id: string): Promise<CreditNote> {
  const row = await db.first<CreditNoteRow>('SELECT * FROM credit_notes WHERE id = ?', [id]);
  if (row === null) throw new HttpError(404, `no credit note ${id}`);
  return noteFromRow(row);
}

/** What the issued credit notes take off an invoice. */
export async function creditedCents(db: Db, invoiceId: string): Promise<number> {
  const row = await db.first<{ cents: number | null }>(
    "SELECT SUM(cents) AS cents FROM credit_notes WHERE invoice_id = ? AND status IN ('issued', 'applied')",
    [invoiceId],
  );
  return row?.cents ?? 0;
}

/** Moves the issued credit of one invoice to another of the same customer. */
export async function moveCredit(db: Db, fromInvoiceId: string, toInvoiceId: string): Promise<number> {
  return db.run("UPDATE credit_notes SET invoice_id = ? WHERE invoice_id = ? AND status = 'issued'", [
    toInvoiceId,
    fromInvoiceId,
  ]);
}

export function noteLabel(note: CreditNote): string {
  let label = '';
  switch (note.status) {
    case 'draft':
      label = 'Draft';
      break;
    case 'issued':
      label = 'Issued';
      break;
    case 'applied':
      label = 'Settled';
      break;
  }
  return `${label}: ${note.reason}`;
}
