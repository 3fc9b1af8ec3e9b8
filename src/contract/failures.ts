import type { Json } from './json.ts';

/**
 * A failure that a person can cause or meet (not a bug): data, compared by `code`, with a message that says what, where
 * and what to do. Bugs throw instead.
 */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly data?: Json;
}

export type Result<T, F = Failure> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: F };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const fail = (
  code: FailureCode,
  message: string,
  data?: Json,
): { readonly ok: false; readonly failure: Failure } => ({
  ok: false,
  failure: data === undefined ? { code, message } : { code, message, data },
});

/** Process exit codes of every command (CONTRACT.md, Commands). */
export const EXIT = { clean: 0, findings: 1, usage: 2, notCompleted: 3, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Failure code → the exit code of the command that meets it. */
export const FAILURES = {
  usage: EXIT.usage,
  definition: EXIT.usage,
  approval: EXIT.usage,
  'not-found': EXIT.usage,
  'no-workspace': EXIT.usage,
  'node-version': EXIT.usage,
  'run-live': EXIT.usage,
  'not-retryable': EXIT.usage,
  'not-cancellable': EXIT.usage,
  'needs-decision': EXIT.notCompleted,
  'disk-full': EXIT.notCompleted,
  'read-only': EXIT.notCompleted,
  'journal-failed': EXIT.notCompleted,
  'event-too-large': EXIT.notCompleted,
  'lock-unavailable': EXIT.notCompleted,
  'out-of-memory': EXIT.notCompleted,
  internal: EXIT.notCompleted,
} as const satisfies Record<string, ExitCode>;
export type FailureCode = keyof typeof FAILURES;

/** Why a step failed (CONTRACT.md, Commands: step error codes). */
export const STEP_ERROR_CODES = [
  'timeout',
  'exit',
  'spawn',
  'protocol',
  'crashed',
  'cancelled',
  'missing-tool',
] as const;
export type StepErrorCode = (typeof STEP_ERROR_CODES)[number];

export interface StepError {
  readonly code: StepErrorCode;
  /** One sentence for people: what failed and, where known, what to do. */
  readonly message: string;
  /** The command as started, when one was. */
  readonly command?: readonly string[];
  readonly exitCode?: number | null;
  /** The last meaningful lines that the tool wrote, ANSI codes removed, at most 20. */
  readonly lastLines?: readonly string[];
}
