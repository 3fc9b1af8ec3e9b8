import type { AgentOutcome, AgentRequest, TestTotals } from '../../../contract/agents.ts';
import type { TestCase } from '../../../contract/findings.ts';
import { argvIn } from '../../process/argv.ts';
import type { AgentContext } from '../agent.ts';

/**
 * Runs the command that a task names for itself (`with.command`, an argv) without a shell; it counts as one test, which passes with
 * exit code 0. Consent was asked for before the step started (integration/registry.ts).
 */
export async function runTaskCommand(request: AgentRequest, context: AgentContext): Promise<AgentOutcome> {
  const argv = argvIn(request.with['command']);
  if (argv === null) {
    const message =
      '“command” must be a list: the program, then its arguments, each a text of its own, for instance ["npm", "run", "check"]';
    return { ok: false, error: { code: 'spawn', message } };
  }
  const end = await context.processes.run({
    argv,
    cwd: request.workspace,
    environment: 'caller',
    signal: context.signal,
    onLine: (text, stream) => context.emit({ kind: 'log', text, stream: stream === 'stderr' ? 'stderr' : 'stdout' }),
  });
  const evidence = {
    tool: argv[0] ?? '',
    version: null,
    command: argv,
    cwd: request.workspace,
    exitCode: end.exitCode,
    durationMs: end.durationMs,
  };
  context.emit({ kind: 'evidence', evidence });
  const failure = { command: argv, exitCode: end.exitCode, lastLines: end.lastLines };
  if (end.how === 'spawn')
    return {
      ok: false,
      error: {
        code: 'spawn',
        message: `the task’s command could not be started: ${end.message ?? 'unknown reason'}`,
        ...failure,
      },
    };
  if (end.how === 'aborted' || end.how === 'timeout')
    return {
      ok: false,
      error: { code: 'cancelled', message: 'the task’s command was stopped before it ended', ...failure },
    };
  const passed = end.exitCode === 0;
  const name = argv.join(' ');
  const message = [
    `ended with ${end.signal === null ? `exit code ${String(end.exitCode)}` : `signal ${end.signal}`}`,
    ...end.lastLines.slice(-10),
  ]
    .join('\n')
    .slice(0, 1900);
  const test: TestCase = {
    name,
    file: '',
    status: passed ? 'passed' : 'failed',
    durationMs: end.durationMs,
    ...(passed ? {} : { message }),
  };
  context.emit({ kind: 'test', test });
  const tests: TestTotals = {
    passed: passed ? 1 : 0,
    failed: passed ? 0 : 1,
    skipped: 0,
    selected: 1,
    total: 1,
    verdict: passed ? 'passed' : 'failed',
  };
  return {
    ok: true,
    data: {
      ...tests,
      failing: passed ? [] : [{ file: '', name }],
      selection: [],
      command: [...argv],
      exitCode: end.exitCode,
    },
    summary: passed ? "the task's command passes" : "the task's command fails",
    tests,
  };
}
