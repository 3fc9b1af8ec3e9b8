import type { AgentMessage, AgentOutcome, AgentRequest } from '../../../contract/agents.ts';
import type { History } from '../../agents/agent.ts';

/** What a tool host is told once, before its first call. */
export interface ToolHostSetup {
  readonly workspace: string;
  readonly stateDir: string;
  /** Savepoint's own version. */
  readonly version: string;
  /** The Node that runs the workspace's tools. */
  readonly node: { readonly path: string; readonly version: string };
  /** Lock of the machine's one slot for measuring. */
  readonly slotPath: string;
}

/** From the orchestrator to the tool host. One call at a time. */
export type ToHost =
  | { readonly kind: 'setup'; readonly setup: ToolHostSetup }
  /** A call of this agent about these files (relative) is likely to come. Nothing is answered. */
  | { readonly kind: 'prepare'; readonly agent: string; readonly files: readonly string[] }
  | { readonly kind: 'call'; readonly call: number; readonly request: AgentRequest }
  | { readonly kind: 'abort'; readonly call: number }
  | { readonly kind: 'history'; readonly history: History };

/** From the tool host to the orchestrator. */
export type FromHost =
  | { readonly kind: 'ready' }
  | { readonly kind: 'message'; readonly call: number; readonly message: AgentMessage }
  | { readonly kind: 'ask-history' }
  | { readonly kind: 'outcome'; readonly call: number; readonly outcome: AgentOutcome };

const TO_HOST = new Set(['setup', 'prepare', 'call', 'abort', 'history']);
const FROM_HOST = new Set(['ready', 'message', 'ask-history', 'outcome']);

/** Both ends are of one version and one machine: the kind is all that is checked. */
export function isToHost(value: unknown): value is ToHost {
  return hasKindOf(TO_HOST, value);
}

export function isFromHost(value: unknown): value is FromHost {
  return hasKindOf(FROM_HOST, value);
}

function hasKindOf(kinds: ReadonlySet<string>, value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    kinds.has(value.kind)
  );
}
