import { outstandingCents, totalCents } from '../billing/invoices.ts';
import type { Invoice, InvoiceStatus } from '../billing/invoices.ts';
import { escapeHtml } from '../lib/html.ts';
import { formatCents } from '../lib/money.ts';

export function statusLabel(status: InvoiceStatus): string {
  switch (status) {
    case 'draft':
      return 'Draft';
    case 'sent':
      return 'Open';
    case 'paid':
      return 'Paid, thank you';
    case 'void':
      return 'Cancelled';
  }
}

function monthOf(date: string): string {
  return date.slice(0, 7);
}

export function renderInvoice(invoice: Invoice): string {
  const rows = invoice.lines.map(
    (line) =>
      `<tr><td>${escapeHtml(line.description)}</td><td>${line.quantity}</td><td>${formatCents(line.quantity * line.unitCents)}</td></tr>`,
  );
  return [
    '<!doctype html>',
    `<title>Invoice ${escapeHtml(invoice.id)} (${monthOf(invoice.dueOn)})</title>`,
    `<h1>Invoice ${escapeHtml(invoice.id)}</h1>`,
    `<p>${statusLabel(invoice.status)}</p>`,
    `<table>${rows.join('')}</table>`,
    `<p>Total ${formatCents(totalCents(invoice))}, outstanding ${formatCents(outstandingCents(invoice))}</p>`,
  ].join('\n');
}
