import type { AgentMessage, AgentOutcome } from '../../contract/agents.ts';
import type { StepError } from '../../contract/failures.ts';
import type { Json } from '../../contract/json.ts';
import { EMPTY_RESULT, type StepResult } from './run-events.ts';

/**
 * Bounds of what a step's result keeps. Together they stay under the journal's 4 MiB for one event; what is over is counted and
 * said, and never fails the step.
 */
export const RESULT_LIMITS = {
  findingBytes: 1_000_000,
  caseBytes: 1_200_000,
  dataBytes: 600_000,
  evidence: 200,
  notChecked: 500,
  written: 2000,
  textLength: 8000,
} as const;

export interface Collector {
  /** Keeps the message; false when it is over a limit (or is none that a result keeps). */
  add(message: AgentMessage): boolean;
  /** What was kept so far, with what the outcome says. */
  finish(outcome: AgentOutcome, written: readonly string[]): StepResult;
}

/** Gathers what one call of an agent streams. Messages come masked. */
export function createCollector(): Collector {
  const findings = boundedList<StepResult['findings'][number]>({ bytes: RESULT_LIMITS.findingBytes });
  const cases = boundedList<StepResult['cases'][number]>({ bytes: RESULT_LIMITS.caseBytes });
  const evidence = boundedList<StepResult['evidence'][number]>({ count: RESULT_LIMITS.evidence });
  const notChecked = boundedList<StepResult['notChecked'][number]>({ count: RESULT_LIMITS.notChecked });

  return {
    add(message) {
      switch (message.kind) {
        case 'finding':
          return findings.add(cutTexts(message.finding));
        case 'test':
          return cases.add(cutTexts(message.test));
        case 'evidence':
          return evidence.add(message.evidence);
        case 'not-checked':
          return notChecked.add({ what: cut(message.what), why: cut(message.why) });
        default:
          return false;
      }
    },
    finish(outcome, written) {
      const kept = {
        findings: findings.items,
        cases: cases.items,
        evidence: evidence.items,
        written: written.slice(0, RESULT_LIMITS.written),
      };
      const dropped: readonly (readonly [number, string])[] = [
        [findings.dropped(), 'more findings'],
        [cases.dropped(), 'more test results'],
        [evidence.dropped(), 'more commands'],
        [notChecked.dropped(), 'more notes'],
        [written.length - kept.written.length, 'more written files'],
      ];
      const cuts = dropped.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
      const own = outcome.ok ? ownResult(outcome, cuts) : EMPTY_RESULT;
      const notes = cuts.map((what) => ({ what, why: 'not kept: over the limit for one step' }));
      return { ...own, ...kept, notChecked: [...notChecked.items, ...notes] };
    },
  };
}

/** A step's error as it is stored: at most 20 lines of at most 2,000 characters. */
export function boundError(error: StepError): StepError {
  const lastLines = error.lastLines?.slice(-20).map((line) => line.slice(0, 2000));
  return { ...error, message: cut(error.message), ...(lastLines ? { lastLines } : {}) };
}

function ownResult(outcome: Extract<AgentOutcome, { ok: true }>, cuts: string[]): StepResult {
  return {
    ...EMPTY_RESULT,
    data: boundData(outcome.data, cuts),
    summary: outcome.summary.slice(0, 200),
    nothingChecked: outcome.nothingChecked ?? false,
    older: outcome.older ?? 0,
    tests: outcome.tests ?? null,
  };
}

function boundData(data: Json, cuts: string[]): Json {
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes <= RESULT_LIMITS.dataBytes) return data;
  cuts.push(`result data of ${bytes} bytes`);
  return { cut: `${bytes} bytes left out` };
}

function cutTexts<T extends { readonly message?: string | undefined; readonly evidence?: string | undefined }>(
  item: T,
): T {
  const { message, evidence } = item;
  return {
    ...item,
    ...(message === undefined ? {} : { message: cut(message) }),
    ...(evidence === undefined ? {} : { evidence: cut(evidence) }),
  };
}

function cut(text: string): string {
  return text.length <= RESULT_LIMITS.textLength ? text : `${text.slice(0, RESULT_LIMITS.textLength)} … (cut)`;
}

function boundedList<T>(limit: { readonly bytes?: number; readonly count?: number }): {
  readonly items: readonly T[];
  add(item: T): boolean;
  dropped(): number;
} {
  const items: T[] = [];
  let bytes = 0;
  let dropped = 0;
  return {
    items,
    add(item) {
      if (limit.bytes !== undefined) bytes += Buffer.byteLength(JSON.stringify(item));
      const fits = bytes <= (limit.bytes ?? Infinity) && items.length < (limit.count ?? Infinity);
      if (fits) items.push(item);
      else dropped++;
      return fits;
    },
    dropped: () => dropped,
  };
}
