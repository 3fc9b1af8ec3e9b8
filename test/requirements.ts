// Every row of the mission, the issue that brings it, and whether that issue is done. Tests cite a row beside the proof:
// `describe(proves('A9', 'a failed step stops its dependents'), …)`. The gate (test/requirements-gate.ts) fails on an unknown
// id, and on a row of a finished issue that no test cites.

interface Requirement {
  readonly title: string;
  /** Number of the issue that brings it; null while none is filed. */
  readonly issue: number | null;
}

/** Issues whose rows must all be cited. */
export const FINISHED_ISSUES: readonly number[] = [3, 4];

export const REQUIREMENTS = {
  A1: { title: 'Endpoint registry: five built-in agents, the user’s own, overrides', issue: 3 },
  A2: { title: 'Five integration types', issue: null },
  A3: { title: 'Six protocols', issue: null },
  A4: { title: 'Invocation: ids, priority, wait, timeout, log', issue: null },
  A5: { title: 'Event bus', issue: 4 },
  A6: { title: 'REST client', issue: null },
  A7: { title: 'GraphQL client', issue: null },
  A8: { title: 'Message queue', issue: null },
  A9: { title: 'Workflow orchestrator', issue: 3 },
  A10: { title: 'Quality gates of an integration', issue: null },
  A11: { title: 'Agent coordination', issue: null },
  A12: { title: 'Agents do real work', issue: 3 },
  B1: { title: 'Gateway', issue: null },
  B2: { title: 'Synchronous request and response', issue: null },
  B3: { title: 'Asynchronous request and response', issue: null },
  B4: { title: 'Publisher', issue: null },
  B5: { title: 'Subscriber', issue: null },
  B6: { title: 'Saga: compensation in reverse, resumable', issue: 3 },
  B7: { title: 'Service circuit breaker', issue: null },
  B8: { title: 'CQRS', issue: null },
  B9: { title: 'Projections', issue: null },
  B10: { title: 'Contract testing', issue: null },
  B11: { title: 'Task flow', issue: null },
  B12: { title: 'Monitoring, security, configuration in every layer', issue: null },
  C1: { title: 'Integration points from feature contracts', issue: null },
  C2: { title: 'Generated integration layer', issue: null },
  C3: { title: 'Generated integration tests pass', issue: null },
  C4: { title: 'Contracts validated and versioned', issue: null },
  C5: { title: 'Validation checklist', issue: null },
  C6: { title: 'Prohibited couplings detected', issue: null },
  D1: { title: 'Event bridge', issue: 4 },
  D2: { title: 'Hook chains', issue: null },
  D3: { title: 'Hook aggregation', issue: null },
  D4: { title: 'Temporal aggregation', issue: 4 },
  D5: { title: 'Semantic aggregation', issue: 4 },
  D6: { title: 'Session-aware event store', issue: 3 },
  D7: { title: 'State reconstruction', issue: null },
  D8: { title: 'Processing mode', issue: 4 },
  D9: { title: 'Adaptive batching', issue: 4 },
  D10: { title: 'Hybrid pipeline', issue: 4 },
  D11: { title: 'Flow metrics', issue: 4 },
  D12: { title: 'Under 100 ms, zero loss', issue: 4 },
  E1: { title: 'coordination-hub', issue: null },
  E2: { title: 'resource-manager', issue: null },
  E3: { title: 'workflow-status', issue: null },
  E4: { title: 'performance-monitor', issue: null },
  E5: { title: 'progress-aggregator', issue: null },
  E6: { title: 'orchestrate, subagents, plan, implement, …', issue: null },
  E7: { title: 'Event lines', issue: 4 },
  E8: { title: 'State synchronisation', issue: null },
  E9: { title: 'Prediction', issue: null },
  E10: { title: 'Optimisation shown by measurement', issue: null },
  E11: { title: 'Fault scenarios', issue: null },
  F1: { title: 'Orchestrator in a worker thread', issue: 4 },
  F2: { title: 'Sessions kept in lowdb', issue: 3 },
  F3: { title: 'Tree views', issue: 4 },
  F4: { title: 'Webviews', issue: null },
  F5: { title: 'File saves feed the aggregators', issue: 4 },
  F6: { title: 'Command palette actions', issue: 4 },
  F7: { title: 'Automatic triggers on save', issue: 4 },
  F8: { title: 'Language client and server', issue: null },
  F9: { title: 'Tests in a real VS Code', issue: 4 },
} as const satisfies Record<string, Requirement>;

export type RequirementId = keyof typeof REQUIREMENTS;

/** Title of a suite or test that proves (part of) a row. */
export const proves = (id: RequirementId, what: string): string => `${id} ${what}`;
