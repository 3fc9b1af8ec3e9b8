import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  creditedCents,
  findCreditNote,
  moveCredit,
  noteFromRow,
  noteLabel,
  saveCreditNote,
} from '../src/billing/credit-notes.ts';
import type { CreditNote } from '../src/billing/credit-notes.ts';
import { outstandingCents } from '../src/billing/invoices.ts';
import { buildStatements } from '../src/billing/statement.ts';
import { loadConfig } from '../src/config.ts';
import { invoice, testDb } from './helpers.ts';

const note: CreditNote = {
  id: 'cn-1',
  invoiceId: 'inv-1',
  customerId: 'c-1',
  reason: 'overcharge',
  cents: 500,
  status: 'issued',
};

test('a credit note comes back as it was saved', async () => {
  const db = testDb();
  await saveCreditNote(db, note);
  assert.deepEqual(await findCreditNote(db, 'cn-1'), note);
  await assert.rejects(findCreditNote(db, 'cn-2'), { status: 404 });
  db.close();
});

test('issued credit notes count, drafts do not', async () => {
  const db = testDb();
  await saveCreditNote(db, note);
  await saveCreditNote(db, { ...note, id: 'cn-2', cents: 900, status: 'draft' });
  assert.equal(await creditedCents(db, 'inv-1'), 500);
  assert.equal(await creditedCents(db, 'inv-2'), 0);
  db.close();
});

test('credit moves to another invoice', async () => {
  const db = testDb();
  await saveCreditNote(db, note);
  assert.equal(await moveCredit(db, 'inv-1', 'inv-2'), 1);
  assert.equal(await creditedCents(db, 'inv-2'), 500);
  db.close();
});

test('a label names state and reason', () => {
  const row = {
    id: 'cn-1',
    invoice_id: 'inv-1',
    customer_id: 'c-1',
    reason: 'damage',
    cents: 500,
    status: 'issued' as const,
  };
  assert.equal(noteLabel(noteFromRow(row)), 'Issued: damage');
  assert.equal(noteLabel({ ...note, status: 'applied' }), 'Settled: overcharge');
});

test('credit lowers what is outstanding', () => {
  assert.equal(outstandingCents(invoice(), 103), 10000);
});

test('a statement sums up the credit', () => {
  const [statement] = buildStatements([
    { customerId: 'a', date: '2025-01-05', kind: 'invoice', cents: 1000 },
    { customerId: 'a', date: '2025-01-09', kind: 'credit', cents: 300 },
    { customerId: 'b', date: '2025-01-10', kind: 'credit', cents: 50 },
  ]);
  assert.equal(statement.creditedCents, 300);
  assert.equal(statement.balanceCents, 700);
});

test('the key for refunds comes from the environment', () => {
  assert.equal(loadConfig({ STRIPE_SECRET_KEY: 'from-env' }).stripeKey, 'from-env');
});
