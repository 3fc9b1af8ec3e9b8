import { join } from 'node:path';
import * as z from 'zod';
import type { AgentContext } from '../agent.ts';
import type { CommandDeps } from './commands.ts';
import type { Installed, MochaOptions, RunnerCall } from './suite.ts';

const schema = z.object({
  options: z.record(z.string(), z.unknown()),
  nodeFlags: z.array(z.string()),
  spec: z.array(z.string()),
  ignore: z.array(z.string()),
  extension: z.array(z.string()),
  recursive: z.boolean(),
  setup: z.array(z.string()),
});

/** Asks the workspace's Mocha what its configuration says; null when it ends with an error. About 0.1 s. */
export async function readMochaOptions(input: {
  readonly mocha: Installed;
  readonly cwd: string;
  readonly call: RunnerCall;
  readonly commands: CommandDeps;
  readonly context: Pick<AgentContext, 'processes' | 'signal'>;
}): Promise<MochaOptions | null> {
  const { mocha, cwd, call, commands, context } = input;
  const end = await context.processes.run({
    argv: [
      commands.node,
      join(commands.reporters, 'mocha-options.cjs'),
      mocha.folder,
      ...call.options,
      ...call.positional,
    ],
    cwd,
    environment: 'caller',
    extraEnv: call.env,
    signal: context.signal,
    timeoutMs: 20_000,
    keepStdoutBytes: 1_000_000,
  });
  if (end.exitCode !== 0) return null;
  const options = schema.parse(JSON.parse(end.stdout));
  return { ...options, nodeFlags: [...call.nodeFlags, ...options.nodeFlags] };
}
