import type * as z from 'zod';
import type { Command, ProcessEnd } from '../../../process/processes.ts';
import type { Hunt } from '../hunt-state.ts';

/** Output of a linter that is kept: a finding takes about 500 bytes. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
/** Paths on one command line: well below the 128 KiB that every system allows. */
const FILES_A_CALL = 400;

export interface ToolCall {
  readonly tool: string;
  readonly version: string | null;
  readonly command: readonly string[];
  readonly cwd: string;
  /** `tool` for what ships with Savepoint, `caller` for what is the workspace's. */
  readonly environment: 'tool' | 'caller';
  readonly extraEnv?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** It works on the base's text or on a copy, which lie nowhere afterwards: nobody could run it again, so it is no evidence. */
  readonly onCopy?: true;
  readonly onLine?: Command['onLine'];
  /** Exit codes with which it says that it did its work. */
  readonly good: readonly number[];
}

/** Runs one tool and leaves evidence, unless it is of a copy. Null: it broke (the hunt knows), or was stopped. */
export async function runTool(hunt: Hunt, call: ToolCall): Promise<ProcessEnd | null> {
  const end = await hunt.context.processes.run({
    argv: call.command,
    cwd: call.cwd,
    environment: call.environment,
    ...(call.extraEnv ? { extraEnv: call.extraEnv } : {}),
    ...(call.stdin === undefined ? {} : { stdin: call.stdin }),
    ...(call.onLine ? { onLine: call.onLine } : {}),
    signal: hunt.context.signal,
    keepStdoutBytes: MAX_OUTPUT_BYTES,
  });
  hunt.context.signal.throwIfAborted();
  const { tool, version, command, cwd } = call;
  const evidence = { tool, version, command, cwd, exitCode: end.exitCode, durationMs: Math.round(end.durationMs) };
  if (!call.onCopy) hunt.context.emit({ kind: 'evidence', evidence });
  if (end.how === 'exit' && end.exitCode !== null && call.good.includes(end.exitCode)) return end;
  hunt.fail({ what: tool, command, end });
  return null;
}

/** The tool's JSON; null when it is not what the tool promises, which counts as broken. */
export function parseOutput<T>(
  hunt: Hunt,
  input: { readonly call: ToolCall; readonly end: ProcessEnd; readonly schema: z.ZodType<T> },
): T | null {
  const parsed = input.schema.safeParse(jsonIn(input.end.stdout));
  if (parsed.success) return parsed.data;
  hunt.fail({
    what: `${input.call.tool} (its output is not what was expected)`,
    command: input.call.command,
    end: input.end,
  });
  return null;
}

/** JSON behind lines that a tool may print before it. */
function jsonIn(text: string): unknown {
  const start = text.search(/^[[{]/m);
  try {
    return JSON.parse(start === -1 ? '' : text.slice(start));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A path that no tool takes for an option: a file may be named `--fix.js`. */
export function asPath(file: string): string {
  return file.startsWith('-') ? `./${file}` : file;
}

export function inCalls(files: readonly string[]): readonly (readonly string[])[] {
  const calls: (readonly string[])[] = [];
  for (let start = 0; start < files.length; start += FILES_A_CALL) calls.push(files.slice(start, start + FILES_A_CALL));
  return calls;
}
