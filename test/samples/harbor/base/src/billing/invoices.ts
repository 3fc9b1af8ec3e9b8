import type { Db } from '../db/client.ts';
import { HttpError } from '../http/request.ts';
import { taxOf } from '../lib/money.ts';

export type InvoiceStatus = 'draft' | 'sent' | 'paid' | 'void';

export interface InvoiceLine {
  description: string;
  quantity: number;
  unitCents: number;
}

export interface Invoice {
  id: string;
  customerId: string;
  status: InvoiceStatus;
  dueOn: string;
  taxRate: number;
  paidCents: number;
  lines: InvoiceLine[];
}

interface InvoiceRow {
  id: string;
  customer_id: string;
  status: InvoiceStatus;
  due_on: string;
  tax_rate: number;
  paid_cents: number;
  lines: string;
}

export function netCents(invoice: Invoice): number {
  return invoice.lines.reduce((sum, line) => sum + line.quantity * line.unitCents, 0);
}

export function totalCents(invoice: Invoice): number {
  const net = netCents(invoice);
  return net + taxOf(net, invoice.taxRate);
}

export function outstandingCents(invoice: Invoice): number {
  if (invoice.status === 'void') return 0;
  return Math.max(0, totalCents(invoice) - invoice.paidCents);
}

export function isOverdue(invoice: Invoice, today: string): boolean {
  return invoice.status === 'sent' && invoice.dueOn < today && outstandingCents(invoice) > 0;
}

function fromRow(row: InvoiceRow): Invoice {
  return {
    id: row.id,
    customerId: row.customer_id,
    status: row.status,
    dueOn: row.due_on,
    taxRate: row.tax_rate,
    paidCents: row.paid_cents,
    lines: JSON.parse(row.lines) as InvoiceLine[],
  };
}

export async function saveInvoice(db: Db, invoice: Invoice): Promise<void> {
  await db.run(
    `INSERT INTO invoices (id, customer_id, status, due_on, tax_rate, paid_cents, lines) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, paid_cents = excluded.paid_cents`,
    [
      invoice.id,
      invoice.customerId,
      invoice.status,
      invoice.dueOn,
      invoice.taxRate,
      invoice.paidCents,
      JSON.stringify(invoice.lines),
    ],
  );
}

export async function findInvoice(db: Db, id: string): Promise<Invoice> {
  const row = await db.first<InvoiceRow>('SELECT * FROM invoices WHERE id = ?', [id]);
  if (row === null) throw new HttpError(404, `no invoice ${id}`);
  return fromRow(row);
}

export async function payInvoice(db: Db, id: string, cents: number): Promise<Invoice> {
  const invoice = await findInvoice(db, id);
  if (invoice.status !== 'sent') throw new HttpError(409, `invoice ${id} is ${invoice.status}`);
  invoice.paidCents += cents;
  if (outstandingCents(invoice) === 0) invoice.status = 'paid';
  await saveInvoice(db, invoice);
  return invoice;
}
