import type { CreditNote } from '../billing/credit-notes.ts';
import { formatCents } from '../lib/money.ts';

/** The bookkeeper's account for a reason. */
function accountOf(reason: string): number {
  if (reason === 'overcharge') return 8700;
  else if (reason === 'damage') return 8710;
  else if (reason === 'overcharge') return 8720;
  return 8790;
}

function field(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

export function toCsv(notes: readonly CreditNote[]): string {
  const rows = notes.map((note) =>
    [note.id, note.customerId, String(accountOf(note.reason)), formatCents(note.cents), note.status]
      .map(field)
      .join(';'),
  );
  return ['id;customer;account;amount;status', ...rows, ''].join('\r\n');
}
