import type { Scope } from '../../../contract/agents.ts';
import type { Finding } from '../../../contract/findings.ts';
import { fingerprintKey, withOccurrence } from '../../workspace/fingerprint.ts';
import { applyScopePolicy } from '../../workspace/scope-policy.ts';
import type { LineRanges, Workspace } from '../../workspace/workspace.ts';
import type { ReportedFinding } from './command-lines.ts';

/** Lines of a finding that go into its fingerprint. */
const FINGERPRINT_LINES = 5;

export interface CommandFindings {
  /** The finding as it is to be shown, or null when it is only counted or silenced. Calls must not overlap. */
  admit(reported: ReportedFinding): Promise<Finding | null>;
  /** Findings off the changed lines. */
  older(): number;
}

/**
 * Completes what a command reports and decides what is shown of it: in a changed scope what touches a changed line (the command
 * was not asked about the base, so "new" is not known), with `report: all` everything.
 */
export function createCommandFindings(deps: {
  readonly workspace: Workspace;
  readonly scope: Scope;
  readonly agent: string;
  readonly report: 'changed' | 'all';
}): CommandFindings {
  const { workspace, scope, agent, report } = deps;
  const files = new Map<string, Promise<{ readonly text: string; readonly changed: LineRanges }>>();
  const occurrences = new Map<string, number>();
  let older = 0;

  async function look(file: string): Promise<{ readonly text: string; readonly changed: LineRanges }> {
    const [text, changed] = await Promise.all([workspace.read(file), workspace.changedLines(scope, file)]);
    return { text: text ?? '', changed };
  }

  function fingerprintOf(reported: ReportedFinding, text: string): string {
    if (reported.fingerprint !== undefined) return reported.fingerprint;
    const { start, end } = reported.range;
    const lines = text.split('\n').slice(start.line, Math.min(end.line + 1, start.line + FINGERPRINT_LINES));
    const key = fingerprintKey(reported.rule, lines.join(' '));
    const place = `${reported.file}\0${key}`;
    const occurrence = occurrences.get(place) ?? 0;
    occurrences.set(place, occurrence + 1);
    return withOccurrence(key, occurrence);
  }

  return {
    async admit(reported) {
      const looked = files.get(reported.file) ?? look(reported.file);
      files.set(reported.file, looked);
      const { text, changed } = await looked;
      const finding: Finding = {
        ...reported,
        agent: reported.agent ?? agent,
        confidence: reported.confidence ?? 'certain',
        fingerprint: fingerprintOf(reported, text),
      };
      const kind = report === 'all' ? 'all' : scope.kind;
      const said = applyScopePolicy({
        scope: { kind },
        text,
        findings: [finding],
        base: [],
        changed,
        dismissed: workspace.dismissed(),
      });
      older += said.older;
      return said.reported[0] ?? null;
    },
    older: () => older,
  };
}
