import type { Invoice } from '../src/billing/invoices.ts';
import { loadConfig } from '../src/config.ts';
import { Db } from '../src/db/client.ts';
import { schema } from '../src/db/schema.ts';
import type { AppContext } from '../src/http/router.ts';

export function testDb(): Db {
  const db = new Db(':memory:');
  db.migrate(schema);
  return db;
}

export function testApp(env: Record<string, string> = {}): AppContext {
  return { config: loadConfig(env), db: testDb(), audit: null };
}

export function invoice(change: Partial<Invoice> = {}): Invoice {
  return {
    id: 'inv-1',
    customerId: 'c-1',
    status: 'sent',
    dueOn: '2025-04-15',
    taxRate: 0.19,
    paidCents: 0,
    lines: [
      { description: 'Berth 12, 3 nights', quantity: 3, unitCents: 2500 },
      { description: 'Electricity', quantity: 1, unitCents: 990 },
    ],
    ...change,
  };
}
