import type { AgentMessage } from '../../contract/agents.ts';
import type { InputOf } from '../../contract/commands/command.ts';
import type { StoredEvent } from '../../contract/events.ts';
import { FAILURES, type ExitCode, type Failure } from '../../contract/failures.ts';
import type { Range } from '../../contract/findings.ts';
import type { Json, JsonObject } from '../../contract/json.ts';
import type { RunView } from '../../contract/runs.ts';
import type { ToldDecision } from '../activity/why.ts';
import type { SessionInfo } from '../journal/journal.ts';
import type { Services } from './services.ts';

/** What a command gives while it works, in order. The command line prints it; later surfaces show it. */
export type Item =
  | { readonly kind: 'event'; readonly event: StoredEvent }
  /** The run as it now stands: for people who watch it. */
  | { readonly kind: 'watch'; readonly view: () => RunView | null }
  | { readonly kind: 'message'; readonly step: string; readonly message: AgentMessage }
  | { readonly kind: 'result'; readonly view: RunView }
  | { readonly kind: 'run'; readonly view: RunView }
  | { readonly kind: 'session'; readonly session: SessionInfo }
  | { readonly kind: 'problem'; readonly file: string; readonly range: Range; readonly message: string }
  | CheckItem
  | ({ readonly kind: 'decision' } & ToldDecision)
  | {
      readonly kind: 'command';
      readonly agent: string;
      readonly command: readonly string[];
      readonly file: string;
      readonly approved: boolean;
      /** What approval is given to. */
      readonly hash: string;
      /** Of one that is not approved: what of this agent was approved last. */
      readonly approvedBefore: readonly string[] | null;
      /** It runs in place of a built-in agent. */
      readonly replacesBuiltIn: boolean;
    }
  | { readonly kind: 'context'; readonly bundle: JsonObject; readonly text: string }
  /** Words for people only. */
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'error'; readonly failure: Failure };

export interface CheckItem {
  readonly kind: 'check';
  readonly name: string;
  readonly status: 'ok' | 'note' | 'warning' | 'error';
  readonly message: string;
  readonly repairs: readonly Json[];
}

export interface CommandContext {
  readonly services: Services;
  /** Aborted by Ctrl+C and kin: a run is left interrupted, a listing stops. */
  readonly signal: AbortSignal;
  /** Asks a person to choose; resolves with null when they leave it. Null where nobody can be asked. */
  readonly ask: ((question: string, choices: readonly Choice[]) => Promise<string | null>) | null;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** Gives items and, at the end, the exit code. Throws only for bugs. */
export type Handler<Definition> = (
  input: InputOf<Definition>,
  context: CommandContext,
) => AsyncGenerator<Item, ExitCode>;

/** Ends a command with a failure. */
export async function* refuse(failure: Failure): AsyncGenerator<Item, ExitCode> {
  yield { kind: 'error', failure };
  return FAILURES[failure.code];
}
