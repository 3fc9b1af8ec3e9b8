import type { AgentOutcome, AgentRequest } from '../../../contract/agents.ts';
import { isDiskFull } from '../../state-file.ts';
import type { InvokeContext, Protocol } from './protocol.ts';
import { startToolHost, type ToolHost, type ToolHostDeps } from './tool-host.ts';

/** Memory of an idle host is given back after this long (RELIABILITY: 2 min). */
const IDLE_MS = 2 * 60_000;

/**
 * Built-in agents: each call in a tool host of its own while it runs; idle hosts are used again, each for what it has loaded. What is
 * prepared is an idle host like any other: it ends after the same time where no call comes.
 */
export function createBuiltinProtocol(deps: ToolHostDeps & { readonly idleMs?: number }): Protocol {
  const { clock, idleMs = IDLE_MS } = deps;
  const all = new Set<ToolHost>();
  /** Host → what cancels its end. */
  const idle = new Map<ToolHost, () => void>();
  /** Agents that a host has served: what they loaded (compilers, programs) is still there. */
  const served = new WeakMap<ToolHost, Set<string>>();
  /** Hosts that are being started ahead of a call: one that comes meanwhile takes one of these. */
  let preparing: Promise<void> = Promise.resolve();
  let closed = false;

  const hasServed = (host: ToolHost, agent: string): boolean => served.get(host)?.has(agent) === true;
  const willServe = (host: ToolHost, agent: string): unknown =>
    served.set(host, (served.get(host) ?? new Set()).add(agent));

  async function hostFor(agent: string): Promise<ToolHost> {
    await preparing;
    const host = takeIdle((one) => hasServed(one, agent)) ?? takeIdle(() => true) ?? (await startHost());
    willServe(host, agent);
    return host;
  }

  /** Hosts at work count as ready: the run that calls so much is mostly the one that the coming calls replace. */
  async function prepareHosts(agents: readonly string[], files: readonly string[]): Promise<void> {
    let atWork = all.size - idle.size;
    const ready: ToolHost[] = [];
    const missing = agents.filter((agent) => {
      const host = takeIdle((one) => hasServed(one, agent));
      if (host !== null) ready.push(host);
      return host === null;
    });
    for (const agent of missing) {
      if (closed) break;
      const host = takeIdle(() => true) ?? (atWork-- > 0 ? null : await startHost().catch(unlessRefused));
      if (host === null) continue;
      willServe(host, agent);
      host.prepare(agent, files);
      ready.push(host);
    }
    for (const host of ready) giveBack(host);
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
    prepare(calls, files) {
      preparing = preparing.then(() =>
        prepareHosts(
          calls.map(({ agent }) => agent),
          files,
        ),
      );
      return preparing;
    },
    async close() {
      closed = true;
      await preparing;
      for (const cancelEnd of idle.values()) cancelEnd();
      idle.clear();
      await Promise.all([...all].map((host) => host.end()));
      all.clear();
    },
  };
}

/** The operating system's error (no process left, a state folder that cannot be written): a call will tell. Anything else is a bug. */
function unlessRefused(error: unknown): null {
  if (!(error instanceof Error && 'code' in error)) throw error;
  return null;
}

/** The same in words. */
function notStarted(error: unknown): AgentOutcome {
  if (!(error instanceof Error && 'code' in error)) throw error;
  const message = `Savepoint's own helper process could not be started: ${error.message}`;
  return { ok: false, error: { code: 'spawn', message }, ...(isDiskFull(error) ? { diskFull: true } : {}) };
}
