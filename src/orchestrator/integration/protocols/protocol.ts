import type { AgentMessage, AgentOutcome, AgentRequest } from '../../../contract/agents.ts';

export interface InvokeContext {
  /** Timeouts are the engine's: it aborts. The call then settles within about 2 s with every process of it gone. */
  readonly signal: AbortSignal;
  /** Called in order, never after the call has settled. */
  readonly onMessage: (message: AgentMessage) => void;
}

/** One way to reach agents. Never rejects for what an agent does. */
export interface Protocol {
  invoke(request: AgentRequest, context: InvokeContext): Promise<AgentOutcome>;
  /**
   * These calls are likely to come within seconds, all at once, about these files (relative): loads what they will need, into no more
   * processes than they will use. Resolves when those have started; what cannot be started now is told when a call needs it.
   */
  prepare(
    calls: readonly Pick<AgentRequest, 'agent' | 'operation' | 'with'>[],
    files: readonly string[],
  ): Promise<void>;
  /** Ends what it still holds. */
  close(): Promise<void>;
}
