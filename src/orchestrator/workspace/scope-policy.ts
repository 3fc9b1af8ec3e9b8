import type { Scope } from '../../contract/agents.ts';
import type { Finding } from '../../contract/findings.ts';
import { keyOf } from './fingerprint.ts';
import { findSuppressions, suppressionFor } from './suppression.ts';
import { touches, type LineRanges } from './workspace.ts';

/** What an agent found in one file. */
export interface FileFindings {
  readonly scope: Pick<Scope, 'kind'>;
  /** The work tree's text, for `savepoint-ignore` comments. */
  readonly text: string;
  readonly findings: readonly Finding[];
  /** The same look at the file's text at the base; empty for a new file. */
  readonly base: readonly Finding[];
  /** Workspace.changedLines of the file. */
  readonly changed: LineRanges;
  /** Workspace.dismissed(). */
  readonly dismissed: ReadonlySet<string>;
}

export interface ScopedFindings {
  readonly reported: readonly Finding[];
  /** Known at the base or off the changed lines: only counted. */
  readonly older: number;
  /** Kept quiet by a comment with a reason, or dismissed. */
  readonly silenced: number;
}

/**
 * The one rule of what is said (AGENTS.md, Scope): in a changed scope a finding is reported when it is new against the base
 * and touches a changed line; in other scopes always. Comments and dismissals silence in both.
 */
export function applyScopePolicy(input: FileFindings): ScopedFindings {
  const suppressions = findSuppressions(input.text);
  const spoken: Finding[] = [];
  for (const finding of input.findings) {
    if (input.dismissed.has(finding.fingerprint)) continue;
    const suppression = suppressionFor(suppressions, { rule: finding.rule, line: finding.range.start.line });
    if (suppression === null) spoken.push(finding);
    else if (suppression.reason === '') spoken.push(withoutReason(finding));
  }
  const reported = input.scope.kind === 'changed' ? newOnChangedLines(spoken, input) : spoken;
  return {
    reported,
    older: spoken.length - reported.length,
    silenced: input.findings.length - spoken.length,
  };
}

/**
 * Of n findings alike (rule and text) of which m were there at the base, n - m are new. Which ones does not show in the text,
 * so those on changed lines are taken, the last first: a pasted copy usually stands below its original.
 */
function newOnChangedLines(findings: readonly Finding[], { base, changed }: FileFindings): readonly Finding[] {
  const now = countByKey(findings);
  const before = countByKey(base);
  const taken = new Set<Finding>();
  const left = new Map([...now].map(([key, count]) => [key, count - (before.get(key) ?? 0)]));
  for (const finding of findings.toReversed()) {
    const key = keyOf(finding.fingerprint);
    const fresh = left.get(key) ?? 0;
    if (fresh <= 0 || !touches(changed, finding.range.start.line, finding.range.end.line)) continue;
    left.set(key, fresh - 1);
    taken.add(finding);
  }
  return findings.filter((finding) => taken.has(finding));
}

function countByKey(findings: readonly Finding[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { fingerprint } of findings) counts.set(keyOf(fingerprint), (counts.get(keyOf(fingerprint)) ?? 0) + 1);
  return counts;
}

function withoutReason(finding: Finding): Finding {
  return {
    ...finding,
    message: `${finding.message} (The savepoint-ignore comment here needs a reason: savepoint-ignore ${finding.rule}: why.)`,
  };
}
