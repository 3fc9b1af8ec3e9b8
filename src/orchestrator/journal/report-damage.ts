import { ok, type Result } from '../../contract/failures.ts';
import type { Env } from '../env.ts';
import type { Journal, Repair } from './journal.ts';
import { codeOf, layoutOf } from './layout.ts';
import { alertOf, keepDamage } from './repair.ts';
import type { HistoryReader } from './reader.ts';
import { failureOf } from './segment-writer.ts';

/**
 * Stores an event for each damage that the reader has met and nobody has reported, and keeps the damaged bytes aside. Returns what
 * it reported. Files themselves stay as they are: what is readable in them stays readable.
 */
export async function reportDamage(deps: {
  readonly env: Env;
  readonly stateDir: string;
  readonly journal: Journal;
  readonly reader: HistoryReader;
}): Promise<Result<readonly Repair[]>> {
  const layout = layoutOf(deps.stateDir);
  const reported: Repair[] = [];
  for (const { session, damage, known } of deps.reader.damages()) {
    if (known) continue;
    const repair = keeping(() => keepDamage({ env: deps.env, layout }, session, damage), deps.stateDir);
    if (!repair.ok) return repair;
    const stored = await deps.journal.append([alertOf(repair.value)]);
    if (!stored.ok) return stored;
    reported.push(repair.value);
  }
  return ok(reported);
}

function keeping(keep: () => Repair, stateDir: string): Result<Repair> {
  try {
    return ok(keep());
  } catch (error) {
    if (codeOf(error) === null) throw error;
    return { ok: false, failure: failureOf(error, stateDir) };
  }
}
