import type { AgentMessage } from '../../../contract/agents.ts';
import type { Severity } from '../../../contract/findings.ts';

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

/** `severity` of an agent file: its findings are at most that severe. */
export function atMost(severity: Severity, limit: Severity | undefined): Severity {
  return limit !== undefined && RANK[limit] < RANK[severity] ? limit : severity;
}

export function lowerSeverity(message: AgentMessage, limit: Severity): AgentMessage {
  if (message.kind !== 'finding') return message;
  return { ...message, finding: { ...message.finding, severity: atMost(message.finding.severity, limit) } };
}
