import type { AgentOutcome } from '../../contract/agents.ts';

/** One fact about what an agent finds to work with in a workspace; `doctor` shows them. */
export interface Inspected {
  readonly name: string;
  readonly status: 'ok' | 'note' | 'warning';
  /** What was found, or what is missing and how to get it. */
  readonly message: string;
}

/** The outcome of an agent's operation `inspect`, which is no step of a workflow. */
export function inspection(checks: readonly Inspected[]): AgentOutcome {
  return {
    ok: true,
    data: { checks: checks.map(({ name, status, message }) => ({ name, status, message })) },
    summary: 'inspected',
  };
}
