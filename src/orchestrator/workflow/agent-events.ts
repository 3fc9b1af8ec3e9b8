import type { StepError } from '../../contract/failures.ts';
import type { Json } from '../../contract/json.ts';
import type { StepResult } from './run-events.ts';

/** What is told of an agent's call beside the step's own events: for everybody who follows agents, not runs. */
export interface AgentEvent {
  readonly type:
    | 'agent.invoked'
    | 'agent.completed'
    | 'agent.failed'
    | 'agent.timeout'
    | 'security.scan.started'
    | 'security.scan.completed'
    | 'test.execution.started'
    | 'test.execution.completed'
    | 'performance.analysis.started'
    | 'performance.analysis.completed';
  readonly data: Readonly<Record<string, Json>>;
}

interface Call {
  readonly run: string;
  readonly step: { readonly id: string; readonly agent: string; readonly operation: string };
  readonly attempt: number;
}

/** Built-in agents whose work has events of its own kind (SYSTEMS A5). */
const FAMILIES = {
  'security-auditor': { started: 'security.scan.started', completed: 'security.scan.completed' },
  'test-executor': { started: 'test.execution.started', completed: 'test.execution.completed' },
  'performance-analyzer': { started: 'performance.analysis.started', completed: 'performance.analysis.completed' },
} as const;

/** Stored in one group with the start of the step or undo; at most two events. */
export function agentInvoked(call: Call & { readonly idempotencyKey: string }): readonly AgentEvent[] {
  const data = { ...dataOf(call), idempotencyKey: call.idempotencyKey };
  const family = familyOf(call);
  return [{ type: 'agent.invoked', data }, ...(family ? [{ type: family.started, data: dataOf(call) }] : [])];
}

/** Stored in one group with the end of the step or undo; at most two events. */
export function agentEnded(
  call: Call & { readonly durationMs: number; readonly error: StepError | null; readonly result: StepResult },
): readonly AgentEvent[] {
  const { error, durationMs } = call;
  const data = { ...dataOf(call), durationMs, success: error === null };
  const type = error === null ? 'agent.completed' : error.code === 'timeout' ? 'agent.timeout' : 'agent.failed';
  const ended: AgentEvent = {
    type,
    data: error ? { ...data, error: { code: error.code, message: error.message } } : data,
  };
  const family = familyOf(call);
  return family ? [ended, { type: family.completed, data: { ...data, ...countsOf(call.result) } }] : [ended];
}

function countsOf(result: StepResult): Readonly<Record<string, Json>> {
  const counts = { findings: result.findings.length, older: result.older, summary: result.summary };
  if (!result.tests) return counts;
  const { passed, failed, skipped, selected, total, verdict } = result.tests;
  return { ...counts, passed, failed, skipped, selected, total, verdict };
}

function familyOf({ step }: Call): (typeof FAMILIES)[keyof typeof FAMILIES] | null {
  return isFamily(step.agent) ? FAMILIES[step.agent] : null;
}

function isFamily(agent: string): agent is keyof typeof FAMILIES {
  return Object.hasOwn(FAMILIES, agent);
}

function dataOf({ run, step, attempt }: Call): {
  run: string;
  step: string;
  agent: string;
  operation: string;
  attempt: number;
} {
  return { run, step: step.id, agent: step.agent, operation: step.operation, attempt };
}
