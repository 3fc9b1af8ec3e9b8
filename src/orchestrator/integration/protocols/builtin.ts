import type { AgentOutcome, AgentRequest } from '../../../contract/agents.ts';
import { isDiskFull } from '../../state-file.ts';
import type { InvokeContext, Protocol } from './protocol.ts';
import { startToolHost, type ToolHost, type ToolHostDeps } from './tool-host.ts';

/** Memory of an idle host is given back after this long (RELIABILITY: 2 min). */
const IDLE_MS = 2 * 60_000;

/** Built-in agents: each call in a tool host of its own while it runs; idle hosts are used again, each for what it has loaded. */
export function createBuiltinProtocol(deps: ToolHostDeps & { readonly idleMs?: number }): Protocol {
  const { clock, idleMs = IDLE_MS } = deps;
  const all = new Set<ToolHost>();
  /** Host → what cancels its end. */
  const idle = new Map<ToolHost, () => void>();
  /** Agents that a host has served: what they loaded (compilers, programs) is still there. */
  const served = new WeakMap<ToolHost, Set<string>>();

  async function hostFor(agent: string): Promise<ToolHost> {
    const hasServed = (host: ToolHost): boolean => served.get(host)?.has(agent) === true;
    const host = takeIdle(hasServed) ?? takeIdle(() => true) ?? (await startHost());
    served.set(host, (served.get(host) ?? new Set()).add(agent));
    return host;
  }

  function takeIdle(fits: (host: ToolHost) => boolean): ToolHost | null {
    for (const [host, cancelEnd] of idle) {
      if (!fits(host)) continue;
      idle.delete(host);
      cancelEnd();
      if (host.alive()) return host;
      all.delete(host);
    }
    return null;
  }

  async function startHost(): Promise<ToolHost> {
    const host = await startToolHost(deps);
    all.add(host);
    return host;
  }

  function giveBack(host: ToolHost): void {
    if (!host.alive()) {
      all.delete(host);
      return;
    }
    idle.set(
      host,
      clock.timer(idleMs, () => {
        idle.delete(host);
        void host.end().then(() => all.delete(host));
      }),
    );
  }

  return {
    async invoke(request: AgentRequest, context: InvokeContext): Promise<AgentOutcome> {
      if (context.signal.aborted)
        return { ok: false, error: { code: 'cancelled', message: 'Stopped before it started.' } };
      const host = await hostFor(request.agent).catch(notStarted);
      if ('ok' in host) return host;
      try {
        return await host.call(request, context);
      } finally {
        giveBack(host);
      }
    },
    async close() {
      for (const cancelEnd of idle.values()) cancelEnd();
      idle.clear();
      await Promise.all([...all].map((host) => host.end()));
      all.clear();
    },
  };
}

/** The operating system's error (no process left, a state folder that cannot be written) in words; anything else is a bug. */
function notStarted(error: unknown): AgentOutcome {
  if (!(error instanceof Error && 'code' in error)) throw error;
  const message = `Savepoint's own helper process could not be started: ${error.message}`;
  return { ok: false, error: { code: 'spawn', message }, ...(isDiskFull(error) ? { diskFull: true } : {}) };
}
