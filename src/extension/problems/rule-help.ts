import type { Finding } from '../../contract/findings.ts';

/** Agents whose rules the packaged page `docs/agents/<agent>.md` explains. */
const EXPLAINED: readonly unknown[] = ['security-auditor', 'bug-hunter', 'performance-analyzer'];

/** Where the rule of a finding is explained, as text of a URI: by its own tool, else in the agent's page. Null for agents of the user's own. */
export function ruleHelp({ agent, help = '' }: Pick<Finding, 'agent' | 'help'>): string | null {
  // Agents of the user's own write anything there, also what VS Code takes for no address and throws at.
  const page = URL.parse(help);
  if (page?.protocol === 'https:') return page.href;
  return EXPLAINED.includes(agent)
    ? `command:savepoint.openRuleHelp?${encodeURIComponent(JSON.stringify([agent]))}`
    : null;
}

/** The page below the extension's folder that the argument of `savepoint.openRuleHelp` names; null where it names none. */
export const helpPage = (argument: unknown): string | null =>
  EXPLAINED.includes(argument) ? `docs/agents/${String(argument)}.md` : null;
