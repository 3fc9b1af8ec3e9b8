import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildStatements } from '../src/billing/statement.ts';
import type { LedgerEntry } from '../src/billing/statement.ts';

const entries: LedgerEntry[] = [
  { customerId: 'b', date: '2025-02-01', kind: 'invoice', cents: 300 },
  { customerId: 'a', date: '2025-01-20', kind: 'payment', cents: 400 },
  { customerId: 'a', date: '2025-01-05', kind: 'invoice', cents: 1000 },
  { customerId: 'a', date: '2025-03-01', kind: 'credit', cents: 100 },
];

test('one statement per customer', () => {
  assert.deepEqual(
    buildStatements(entries).map((statement) => [statement.customerId, statement.balanceCents]),
    [
      ['a', 500],
      ['b', 300],
    ],
  );
});

test('lines are in order of date with a running balance', () => {
  assert.deepEqual(
    buildStatements(entries)[0].lines.map((line) => [line.date, line.balanceCents]),
    [
      ['2025-01-05', 1000],
      ['2025-01-20', 600],
      ['2025-03-01', 500],
    ],
  );
});

test('no entries, no statements', () => {
  assert.deepEqual(buildStatements([]), []);
});
