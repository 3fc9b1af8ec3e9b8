import { isRunEnd } from '../../contract/events.ts';
import type { Finding } from '../../contract/findings.ts';
import type { TimedRunEvent } from '../workflow/run-events.ts';

/**
 * What steps at work have found so far: shown until their end tells all of it, which alone is stored. Steps of this process only.
 * Changed in place.
 */
export type EarlyFindings = Map<string, EarlyStep>;

interface EarlyStep {
  readonly run: string;
  readonly findings: EarlyFinding[];
  /** Files that were written since the step began: what it says of them may be of what they were before. */
  readonly written: Set<string>;
}

export interface EarlyFinding {
  readonly run: string;
  readonly number: number;
  /** ISO time. */
  readonly at: string;
  readonly finding: Finding;
}

/** Of one step; Problems shows fewer, and the step's end brings the rest. */
const MAX_FINDINGS = 200;

/** Whether nothing of the run is at work after it. */
export const isAtRest = (type: string): boolean => isRunEnd(type) || type === 'workflow.interrupted';

/** A step began or ended, or the run did. */
export function followSteps(early: EarlyFindings, { type, data }: TimedRunEvent): void {
  if (type === 'workflow.step.started') early.set(keyOf(data), { run: data.run, findings: [], written: new Set() });
  else if (isStepEnd(type) && 'step' in data) early.delete(keyOf(data));
  else if (isAtRest(type)) for (const [key, { run }] of early) if (run === data.run) early.delete(key);
}

/** Returns whether it is shown. */
export function addEarly(early: EarlyFindings, step: string, found: EarlyFinding): boolean {
  const of = early.get(keyOf({ run: found.run, step }));
  if (of === undefined || of.written.has(found.finding.file) || of.findings.length >= MAX_FINDINGS) return false;
  of.findings.push(found);
  return true;
}

export function fileWritten(early: EarlyFindings, path: string): void {
  for (const { findings, written } of early.values()) {
    written.add(path);
    const left = findings.filter(({ finding }) => finding.file !== path);
    if (left.length < findings.length) findings.splice(0, findings.length, ...left);
  }
}

export function dismissEarly(early: EarlyFindings, fingerprint: string): void {
  for (const { findings } of early.values()) {
    const left = findings.filter(({ finding }) => finding.fingerprint !== fingerprint);
    findings.splice(0, findings.length, ...left);
  }
}

const isStepEnd = (type: TimedRunEvent['type']): boolean =>
  type === 'workflow.step.completed' || type === 'workflow.step.failed' || type === 'workflow.step.retrying';

const keyOf = ({ run, step }: { readonly run: string; readonly step: string }): string => `${run} ${step}`;
