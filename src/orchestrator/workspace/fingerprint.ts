import { createHash } from 'node:crypto';
import type { Finding } from '../../contract/findings.ts';

/** A finding before it has its fingerprint. */
export type FindingDraft = Omit<Finding, 'fingerprint'>;

/** Lines of a finding that take part in its fingerprint: enough to tell places apart, few enough to survive edits below. */
const MAX_LINES = 5;
const MAX_LINE_LENGTH = 500;
const OCCURRENCE_MARK = '-';

/**
 * Gives each finding of ONE file its fingerprint: rule + text of its lines with white space normalised + which occurrence of
 * the two in the file (by position). Neither path nor line number is in it, so it survives moves and unrelated edits.
 */
export function fingerprinted(drafts: readonly FindingDraft[], text: string): readonly Finding[] {
  const lines = text.split('\n');
  const seen = new Map<string, number>();
  return drafts.toSorted(byPosition).map((draft) => {
    const key = fingerprintKey(draft.rule, linesOf(draft, lines));
    const occurrence = seen.get(key) ?? 0;
    seen.set(key, occurrence + 1);
    return { ...draft, fingerprint: withOccurrence(key, occurrence) };
  });
}

/** The part of a fingerprint that is the same for every occurrence: 16 hex digits of the rule and the normalised text. */
export function fingerprintKey(rule: string, text: string): string {
  return createHash('sha256')
    .update(`${rule}\0${normalised(text)}`)
    .digest('hex')
    .slice(0, 16);
}

/** Appends the occurrence (from 0) to a key that holds no dash; the first has no mark. */
export function withOccurrence(key: string, occurrence: number): string {
  return occurrence === 0 ? key : `${key}${OCCURRENCE_MARK}${occurrence}`;
}

/** The fingerprint without its occurrence. */
export function keyOf(fingerprint: string): string {
  return fingerprint.split(OCCURRENCE_MARK, 1)[0] ?? fingerprint;
}

function linesOf(draft: FindingDraft, lines: readonly string[]): string {
  const { start, end } = draft.range;
  return lines
    .slice(start.line, Math.min(end.line + 1, start.line + MAX_LINES))
    .map((line) => line.slice(0, MAX_LINE_LENGTH))
    .join(' ');
}

function normalised(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function byPosition(a: FindingDraft, b: FindingDraft): number {
  return a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character;
}
