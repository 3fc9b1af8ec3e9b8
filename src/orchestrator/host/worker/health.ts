import type { HealthRow } from '../../../contract/board.ts';
import type { Failure } from '../../../contract/failures.ts';
import { countWords } from '../../../contract/words.ts';
import type { Repair } from '../../journal/journal.ts';

/** The rows of Health that are this worker's own. Numbers that move all the time are rounded, so that a calm board stays calm. */
export function journalRow(facts: {
  readonly failure: Failure | null;
  readonly repairs: readonly Repair[];
}): HealthRow {
  const { failure, repairs } = facts;
  if (failure !== null)
    return { id: 'journal', status: 'error', message: 'nothing can be stored', details: [failure.message] };
  if (repairs.length === 0) return { id: 'journal', status: 'ok', message: 'all on disk', details: [] };
  const details = repairs.map(({ file, lost, keptAside }) => {
    const what =
      lost.length === 0 ? 'nothing lost' : `events lost: ${lost.map((range) => range.join(' to ')).join(', ')}`;
    return `${file}: ${what}${keptAside === null ? '' : `, the damaged part is kept in ${keptAside}`}`;
  });
  return { id: 'journal', status: 'note', message: 'all on disk, damage was repaired', details };
}

export function workerRow(facts: { readonly leads: boolean; readonly memory: number }): HealthRow {
  const used = Math.round(facts.memory * 10) * 10;
  if (facts.memory >= 0.8) {
    const details = ['Nothing new is started until what runs has ended.'];
    return { id: 'worker', status: 'warning', message: `${used} % of its memory is used`, details };
  }
  const message = facts.leads ? 'working' : 'working, another window starts the runs';
  return { id: 'worker', status: 'ok', message, details: [] };
}

export function budgetsRow(facts: { readonly runs: number; readonly most: number }): HealthRow {
  const { runs, most } = facts;
  const message = `${runs} of ${most} runs, AI off`;
  const counted = 'Automatic runs in the last hour. No AI model is ever called.';
  return runs < most
    ? { id: 'budgets', status: 'ok', message, details: [counted] }
    : {
        id: 'budgets',
        status: 'warning',
        message,
        details: [counted, 'More start when the hour is over, or by hand.'],
      };
}

/** Whether events are handled as they come. */
export function flowRow({ queued, failed }: { readonly queued: number; readonly failed: number }): HealthRow {
  if (failed > 0) {
    const details = ['What was to be done with them failed. They are kept, and named in the output.'];
    return { id: 'flow', status: 'warning', message: `${countWords(failed, 'event')} set aside`, details };
  }
  if (queued >= BUSY_EVENTS) return { id: 'flow', status: 'note', message: 'many events wait', details: [] };
  return { id: 'flow', status: 'ok', message: 'nothing waits', details: [] };
}

/** SYSTEMS D8: above this a system counts as busy. */
const BUSY_EVENTS = 1000;
