import type { AgentOutcome, AgentRequest } from '../../contract/agents.ts';
import type { Processes } from '../process/processes.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { InvokeContext, Protocol } from './protocols/protocol.ts';
import type { AgentRegistry } from './registry.ts';

export interface InvokerDeps {
  readonly registry: AgentRegistry;
  readonly builtin: Protocol;
  readonly processes: Processes;
  readonly workspace: Workspace;
}

/**
 * Calls an agent by its protocol. Consent is looked at again right before a command starts: its files may have changed since the
 * run began.
 */
export function createInvoker({ registry, builtin, processes, workspace }: InvokerDeps): Protocol {
  return {
    async invoke(request: AgentRequest, context: InvokeContext): Promise<AgentOutcome> {
      const endpoint = await registry.endpoint(request);
      if (endpoint === null) return refused(`There is no agent ${request.agent} any more.`);
      if (!endpoint.approved) {
        return refused(
          `The command of ${request.agent} has changed since it was approved. Look at it with "savepoint trust".`,
        );
      }
      if (endpoint.protocol === 'builtin') return builtin.invoke(request, context);
      const { runCommandAgent } = await import('./protocols/command.ts');
      // Said as what never ran, so that nobody is asked what became of it.
      if (context.signal.aborted) return refused('It was stopped before it started.');
      return runCommandAgent({ processes, workspace, agent: endpoint.agent }, request, context);
    },
    async prepare(calls, files) {
      const endpoints = await Promise.all(calls.map((call) => registry.endpoint(call)));
      const ours = calls.filter((_, at) => endpoints[at]?.protocol === 'builtin' && endpoints[at].approved);
      if (ours.length > 0) await builtin.prepare(ours, files);
    },
    close: () => builtin.close(),
  };
}

function refused(message: string): AgentOutcome {
  return { ok: false, error: { code: 'spawn', message } };
}
