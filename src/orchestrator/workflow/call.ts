import type { AgentMessage, AgentOutcome, AgentRequest } from '../../contract/agents.ts';
import type { StepError } from '../../contract/failures.ts';
import type { Clock } from '../env.ts';
import type { Invoker } from './ports.ts';

/** One call of an agent, under way. */
export interface Call {
  /** Never rejects. An `ok` outcome that came although the call was aborted stays one: the work was done. */
  readonly ended: Promise<CallEnd>;
  /** Ends it; `ended` then resolves when its processes are gone. */
  abort(): void;
}

export interface CallEnd {
  readonly outcome: AgentOutcome;
  /** Milliseconds from the call to its end. */
  readonly durationMs: number;
  /** Of these, how long it waited for a slot. */
  readonly queueMs: number;
  /** `abort` was called before it ended. */
  readonly aborted: boolean;
}

export interface CallDeps {
  readonly invoker: Invoker;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly onMessage: (message: AgentMessage) => void;
}

/** Calls the agent; after `timeoutMs`, less what it waited for a slot, the call is aborted and its outcome is `timeout`. */
export function startCall(deps: CallDeps, request: AgentRequest): Call {
  const { clock } = deps;
  const controller = new AbortController();
  const began = clock.monotonic();
  const timeout = pausableTimer({ clock, ms: deps.timeoutMs, callback: () => controller.abort(new Error('timeout')) });
  let aborted = false;

  const onMessage = (message: AgentMessage): void => {
    if (message.kind === 'queue') timeout.pause(message.waiting);
    else deps.onMessage(message);
  };
  const invoke = async (): Promise<AgentOutcome> => {
    try {
      return await deps.invoker.invoke(
        { ...request, timeoutMs: deps.timeoutMs },
        { signal: controller.signal, onMessage },
      );
    } catch (error) {
      return {
        ok: false,
        error: { code: 'crashed', message: `${request.agent} stopped on a bug: ${messageOf(error)}` },
      };
    }
  };
  const ended = invoke().then((outcome): CallEnd => {
    const queueMs = timeout.stop();
    const durationMs = clock.monotonic() - began;
    const timedOut = controller.signal.aborted && !aborted;
    return {
      outcome: outcomeOf(outcome, { timedOut, aborted, timeoutMs: deps.timeoutMs }),
      durationMs,
      queueMs,
      aborted,
    };
  });
  return {
    ended,
    abort() {
      aborted = true;
      controller.abort(new Error('cancelled'));
    },
  };
}

function outcomeOf(
  outcome: AgentOutcome,
  how: { readonly timedOut: boolean; readonly aborted: boolean; readonly timeoutMs: number },
): AgentOutcome {
  if (outcome.ok) return outcome;
  if (how.timedOut)
    return failedWith(outcome.error, 'timeout', `took longer than ${how.timeoutMs / 1000} s and was stopped`);
  // Nobody asked for it, so it is no cancellation.
  if (outcome.error.code === 'cancelled' && !how.aborted)
    return failedWith(outcome.error, 'crashed', outcome.error.message);
  return outcome;
}

function failedWith(error: StepError, code: StepError['code'], message: string): AgentOutcome {
  return { ok: false, error: { ...error, code, message } };
}

/** Counts only while it is not paused. `stop` returns for how many milliseconds it was. */
function pausableTimer(deps: { readonly clock: Clock; readonly ms: number; readonly callback: () => void }): {
  pause(paused: boolean): void;
  stop(): number;
} {
  const { clock } = deps;
  let left = deps.ms;
  let since = clock.monotonic();
  let paused = false;
  let pausedMs = 0;
  let cancel = clock.timer(left, deps.callback, { keepAlive: true });

  function pause(now: boolean): void {
    if (now === paused) return;
    const passed = clock.monotonic() - since;
    since += passed;
    paused = now;
    if (now) {
      left -= passed;
      cancel();
    } else {
      pausedMs += passed;
      cancel = clock.timer(Math.max(0, left), deps.callback, { keepAlive: true });
    }
  }
  return {
    pause,
    stop() {
      pause(false);
      cancel();
      return pausedMs;
    },
  };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
