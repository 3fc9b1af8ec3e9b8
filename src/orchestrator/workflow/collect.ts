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
  evidenceBytes: 300_000,
  notCheckedBytes: 300_000,
  writtenBytes: 200_000,
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
  const findings = boundedList<StepResult['findings'][number]>(RESULT_LIMITS.findingBytes);
  const cases = boundedList<StepResult['cases'][number]>(RESULT_LIMITS.caseBytes);
  const evidence = boundedList<StepResult['evidence'][number]>(RESULT_LIMITS.evidenceBytes);
  const notChecked = boundedList<StepResult['notChecked'][number]>(RESULT_LIMITS.notCheckedBytes);

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
    finish(outcome, changed) {
      const written = boundedList<string>(RESULT_LIMITS.writtenBytes);
      for (const file of changed) written.add(file);
      const kept = {
        findings: findings.items,
        cases: cases.items,
        evidence: evidence.items,
        written: written.items,
      };
      const dropped: readonly (readonly [number, string])[] = [
        [findings.dropped(), 'more findings'],
        [cases.dropped(), 'more test results'],
        [evidence.dropped(), 'more commands'],
        [notChecked.dropped(), 'more notes'],
        [written.dropped(), 'more written files'],
      ];
      const cuts = dropped.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
      const own = outcome.ok ? ownResult(outcome, cuts) : EMPTY_RESULT;
      const notes = cuts.map((what) => ({ what, why: 'not kept: over the limit for one step' }));
      return { ...own, ...kept, notChecked: [...notChecked.items, ...notes] };
    },
  };
}

/** Files with findings of which the content is kept; the others' findings stand until the file is written. */
const MAX_CONTENTS = 1000;

/** Content ids of the files that the findings are in, as of before the step. */
export function contentsOf(
  findings: StepResult['findings'],
  before: ReadonlyMap<string, string> | undefined,
): Readonly<Record<string, string>> {
  const files = [...new Set(findings.map(({ file }) => file))].slice(0, MAX_CONTENTS);
  return Object.fromEntries(files.flatMap((file) => entryOf(file, before?.get(file))));
}

const entryOf = (file: string, id: string | undefined): readonly (readonly [string, string])[] =>
  id === undefined ? [] : [[file, id]];

/** How the systems and tools that we know say that a disk, or a user's share of it, is full. */
const SAYS_FULL = /\b(?:ENOSPC|EDQUOT)\b|no space left on device|disk quota exceeded|not enough space on the disk/i;

/**
 * A step's error as it is stored: at most 20 lines of at most 2,000 characters, and the beginning of a long command. That its tool had
 * no room is in the message, too.
 */
export function boundError(error: StepError): StepError {
  const lastLines = error.lastLines?.slice(-20).map((line) => line.slice(0, 2000));
  const command = boundedList<string>(RESULT_LIMITS.textLength);
  for (const word of error.command ?? []) command.add(word);
  const more = command.dropped() > 0 ? [`… (${command.dropped()} more)`] : [];
  return {
    ...error,
    message: lastLines?.some((line) => SAYS_FULL.test(line))
      ? `${cut(error.message)} It says that a disk is full. Free some space, then run it again.`
      : cut(error.message),
    ...(lastLines ? { lastLines } : {}),
    ...(error.command ? { command: [...command.items, ...more] } : {}),
  };
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

/** Keeps what fits in so many bytes of JSON. */
function boundedList<T>(limit: number): {
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
      const size = Buffer.byteLength(JSON.stringify(item)) + 1;
      if (bytes + size > limit) {
        dropped++;
        return false;
      }
      bytes += size;
      items.push(item);
      return true;
    },
    dropped: () => dropped,
  };
}
