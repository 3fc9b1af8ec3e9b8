export interface LedgerEntry {
  customerId: string;
  date: string;
  kind: 'invoice' | 'payment' | 'credit';
  cents: number;
}

export interface StatementLine {
  date: string;
  kind: LedgerEntry['kind'];
  cents: number;
  balanceCents: number;
}

export interface Statement {
  customerId: string;
  creditedCents: number;
  balanceCents: number;
  lines: StatementLine[];
}

function signed(entry: LedgerEntry): number {
  return entry.kind === 'invoice' ? entry.cents : -entry.cents;
}

function byDate(a: LedgerEntry, b: LedgerEntry): number {
  return a.date.localeCompare(b.date);
}

/** One statement per customer, in the order of their first entry; lines by date with a running balance. */
export function buildStatements(entries: readonly LedgerEntry[]): Statement[] {
  const statements = new Map<string, Statement>();
  for (const entry of [...entries].sort(byDate)) {
    let statement = statements.get(entry.customerId);
    if (statement === undefined) {
      statement = { customerId: entry.customerId, creditedCents: 0, balanceCents: 0, lines: [] };
      statements.set(entry.customerId, statement);
    }
    if (entry.kind === 'credit') statement.creditedCents += entry.cents;
    statement.balanceCents += signed(entry);
    statement.lines.push({
      date: entry.date,
      kind: entry.kind,
      cents: entry.cents,
      balanceCents: statement.balanceCents,
    });
  }
  return [...statements.values()];
}
