import type { AgentRequest } from '../../src/contract/agents.ts';

/** A request of an agent as the engine makes it, with what a test changes. */
export function agentRequest(
  changes: Partial<AgentRequest> & Pick<AgentRequest, 'workspace' | 'stateDir'>,
): AgentRequest {
  return {
    run: 'run-1',
    step: 'step-1',
    attempt: 1,
    idempotencyKey: 'key-1',
    agent: 'scripted',
    operation: 'run',
    scope: { kind: 'all', base: null, files: [] },
    with: {},
    needs: {},
    ...changes,
  };
}
