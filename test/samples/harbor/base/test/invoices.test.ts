import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  findInvoice,
  isOverdue,
  netCents,
  outstandingCents,
  payInvoice,
  saveInvoice,
  totalCents,
} from '../src/billing/invoices.ts';
import { invoice, testDb } from './helpers.ts';

test('an invoice adds up its lines and the tax', () => {
  assert.equal(netCents(invoice()), 8490);
  assert.equal(totalCents(invoice()), 10103);
});

test('what is paid is no longer outstanding', () => {
  assert.equal(outstandingCents(invoice({ paidCents: 10000 })), 103);
});

test('an overpaid invoice has nothing outstanding', () => {
  assert.equal(outstandingCents(invoice({ paidCents: 12000 })), 0);
});

test('a cancelled invoice has nothing outstanding', () => {
  assert.equal(outstandingCents(invoice({ status: 'void' })), 0);
});

test('an invoice is overdue from the day after it was due', () => {
  assert.equal(isOverdue(invoice(), '2025-04-15'), false);
  assert.equal(isOverdue(invoice(), '2025-04-16'), true);
});

test('a payment in full closes the invoice', async () => {
  const db = testDb();
  await saveInvoice(db, invoice());
  assert.equal((await payInvoice(db, 'inv-1', 5000)).status, 'sent');
  assert.equal((await payInvoice(db, 'inv-1', 5103)).status, 'paid');
  assert.equal((await findInvoice(db, 'inv-1')).paidCents, 10103);
  db.close();
});

test('an invoice that is not open takes no payment', async () => {
  const db = testDb();
  await saveInvoice(db, invoice({ status: 'draft' }));
  await assert.rejects(payInvoice(db, 'inv-1', 100), { status: 409 });
  db.close();
});
