import { buildStatements } from '../src/billing/statement.ts';
import type { LedgerEntry } from '../src/billing/statement.ts';

export const name = 'statements: 600 customers, 6,000 entries';

function ledger(customers: number, entries: number): LedgerEntry[] {
  const kinds: LedgerEntry['kind'][] = ['invoice', 'payment', 'invoice', 'credit'];
  const all: LedgerEntry[] = [];
  for (let i = 0; i < entries; i++) {
    const day = String(1 + ((i * 7) % 28)).padStart(2, '0');
    const month = String(1 + ((i * 5) % 12)).padStart(2, '0');
    all.push({
      customerId: `customer-${(i * 31) % customers}`,
      date: `2025-${month}-${day}`,
      kind: kinds[i % kinds.length],
      cents: 1000 + ((i * 97) % 9000),
    });
  }
  return all;
}

const entries = ledger(600, 6000);

/** One batch. */
export function run(): number {
  return buildStatements(entries).length;
}
