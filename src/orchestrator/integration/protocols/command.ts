import type { AgentMessage, AgentOutcome, AgentRequest, TestTotals } from '../../../contract/agents.ts';
import type { StepError } from '../../../contract/failures.ts';
import type { TestCase } from '../../../contract/findings.ts';
import type { Json } from '../../../contract/json.ts';
import type { ProcessEnd, Processes } from '../../process/processes.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { createCommandFindings } from './command-findings.ts';
import type { CommandLine } from './command-lines.ts';
import { createLineJoiner } from './line-joiner.ts';
import type { InvokeContext } from './protocol.ts';

/** Findings and test cases taken of one call; what comes beyond is counted and said. */
const MAX_MESSAGES = 20_000;
const MAX_NOTED_TEXT = 200;

export interface CommandAgent {
  readonly id: string;
  /** argv. */
  readonly command: readonly string[];
  readonly report: 'changed' | 'all';
}

/** Runs a command agent as CONTRACT.md says: one JSON object in, one JSON object a line out, exit code 0 is success. */
export async function runCommandAgent(
  deps: { readonly processes: Processes; readonly workspace: Workspace; readonly agent: CommandAgent },
  request: AgentRequest,
  { signal, onMessage }: InvokeContext,
): Promise<AgentOutcome> {
  const { agent, processes, workspace } = deps;
  const reader = createOutputReader({ workspace, agent, request, onMessage });
  const end = await processes.run({
    argv: agent.command,
    cwd: request.workspace,
    environment: 'caller',
    stdin: `${JSON.stringify(commandInput(request))}\n`,
    signal,
    onLine: reader.line,
  });
  const heard = await reader.finish();
  if (end.how !== 'spawn') {
    const { exitCode, durationMs } = end;
    const tool = agent.command[0]?.split('/').at(-1) ?? '';
    onMessage({
      kind: 'evidence',
      evidence: { tool, version: null, command: agent.command, cwd: request.workspace, exitCode, durationMs },
    });
  }
  if (end.how !== 'exit' || end.exitCode !== 0) {
    const full = end.diskFull === true ? { diskFull: true as const } : {};
    return { ok: false, error: errorOf(end, agent.command), ...full };
  }
  const { data, older, tests, findings } = heard;
  return {
    ok: true,
    data,
    summary: summaryOf(findings, tests),
    ...(older > 0 ? { older } : {}),
    ...(tests === null ? {} : { tests }),
  };
}

/** What a command reads on standard input. */
export function commandInput(request: AgentRequest): Readonly<Record<string, unknown>> {
  const { run, step, attempt, idempotencyKey, workspace, scope, needs, compensate } = request;
  const input = { run, step, attempt, idempotencyKey, workspace, files: scope.files, with: request.with, needs };
  return compensate === undefined ? input : { ...input, compensate };
}

interface Heard {
  readonly data: Json;
  readonly older: number;
  readonly findings: number;
  readonly tests: TestTotals | null;
}

interface ReaderDeps {
  readonly workspace: Workspace;
  readonly agent: CommandAgent;
  readonly request: AgentRequest;
  readonly onMessage: (message: AgentMessage) => void;
}

interface OutputReader {
  readonly line: (piece: string, stream: 'stdout' | 'stderr' | 'fd3', ends: boolean) => void;
  /** Resolves when every message has been passed on. */
  finish(): Promise<Heard>;
}

function createOutputReader({ workspace, agent, request, onMessage }: ReaderDeps): OutputReader {
  const findings = createCommandFindings({
    workspace,
    scope: request.scope,
    agent: agent.id,
    report: agent.report,
  });
  const counts: Record<TestCase['status'], number> = { passed: 0, failed: 0, skipped: 0 };
  const noted = new Set<string>();
  /** Lines of these kinds that were not understood: what they tell would be missing in silence. */
  const unread: Record<'finding' | 'test', number> = { finding: 0, test: 0 };
  let firstUnread = '';
  let passedOn = Promise.resolve();
  /** How lines are read: its schemas cost a start 20 ms, and many commands print nothing but text. */
  let read: ((line: string, workspace: string) => CommandLine) | null = null;
  let loading: Promise<void> | null = null;
  /** What came while that was being loaded. */
  let waiting: (() => void)[] = [];
  let messages = 0;
  let shown = 0;
  let data: Json = null;
  /** Thrown by `finish`: nobody waits for the lines before. */
  let bug: { readonly error: unknown } | null = null;

  function note(topic: string, text: string): void {
    if (noted.has(topic)) return;
    noted.add(topic);
    onMessage({ kind: 'log', stream: 'note', text });
  }

  /** In the order of the lines: to tell whether a finding is shown takes a look at its file. */
  function passOn(line: Exclude<CommandLine, { readonly kind: 'text' | 'result' }>): void {
    passedOn = passedOn.then(async () => {
      if (line.kind !== 'finding') return onMessage(line);
      try {
        const finding = await findings.admit(line.finding);
        if (finding === null) return;
        shown++;
        onMessage({ kind: 'finding', finding });
      } catch (error) {
        bug ??= { error };
      }
    });
  }

  async function load(): Promise<void> {
    try {
      read = (await import('./command-lines.ts')).readCommandLine;
      for (const work of waiting) work();
    } catch (error) {
      bug ??= { error };
    }
    waiting = [];
  }

  function inOrder(work: () => void): void {
    if (loading !== null && read === null) waiting.push(work);
    else work();
  }

  /** Only a JSON object can be a message. */
  function hear(text: string): void {
    if (text.startsWith('{')) loading ??= load();
    inOrder(() => take(text));
  }

  function take(text: string): void {
    const line: CommandLine = read?.(text, request.workspace) ?? { kind: 'text' };
    if (line.kind === 'text') {
      onMessage({ kind: 'log', text, stream: 'stdout' });
      if (line.unfit) missed(line.unfit, text);
    } else if (line.kind === 'result') data = line.data;
    else {
      if (line.kind === 'test') counts[line.test.status]++;
      if (line.kind === 'progress' || ++messages <= MAX_MESSAGES) passOn(line);
    }
  }

  function missed({ kind, why }: { readonly kind: string; readonly why: string }, text: string): void {
    note(kind, `A ${kind} line was taken as text: ${why}: ${text.slice(0, MAX_NOTED_TEXT)}`);
    if (kind !== 'finding' && kind !== 'test') return;
    unread[kind]++;
    firstUnread ||= why;
  }

  const joiner = createLineJoiner({
    whole: hear,
    text: (text) => inOrder(() => onMessage({ kind: 'log', text, stream: 'stdout' })),
    cut: (limit) => note('long', `A line longer than ${limit / 1024} kB was cut.`),
  });

  return {
    line(piece, stream, ends) {
      if (stream === 'stdout') joiner.add(piece, ends);
      else onMessage({ kind: 'log', text: piece, stream: 'stderr' });
    },
    async finish() {
      await loading;
      await passedOn;
      if (bug !== null) throw bug.error;
      const notRead = notReadOf(agent.id, unread, firstUnread);
      if (notRead) onMessage(notRead);
      const over = messages - MAX_MESSAGES;
      if (over > 0)
        onMessage({
          kind: 'not-checked',
          what: `${over} more findings and test results`,
          why: 'not kept: over the limit for one step',
        });
      return { data, older: findings.older(), findings: shown, tests: totalsOf(counts) };
    },
  };
}

/** One for the step, with the first reason: the lines themselves are in its log. */
function notReadOf(
  agent: string,
  { finding, test }: Readonly<Record<'finding' | 'test', number>>,
  why: string,
): AgentMessage | null {
  if (finding + test === 0) return null;
  const kinds = [...(finding > 0 ? ['findings'] : []), ...(test > 0 ? ['tests'] : [])].join(' and ');
  const lines = finding + test === 1 ? '1 line was' : `${finding + test} lines were`;
  return {
    kind: 'not-checked',
    what: `${kinds} of ${agent}`,
    why: `${lines} not understood (${why}); see docs/agents/your-own.md for the fields`,
  };
}

function totalsOf({ passed, failed, skipped }: Readonly<Record<TestCase['status'], number>>): TestTotals | null {
  const selected = passed + failed + skipped;
  if (selected === 0) return null;
  const verdict = failed > 0 ? 'failed' : passed > 0 ? 'passed' : 'vacuous';
  return { passed, failed, skipped, selected, total: null, verdict };
}

function summaryOf(findings: number, tests: TestTotals | null): string {
  if (tests !== null && tests.failed > 0) return `${tests.failed} of ${tests.selected} tests fail`;
  if (tests !== null) return `${tests.passed} ${tests.passed === 1 ? 'test passes' : 'tests pass'}`;
  return findings === 0 ? 'done' : `${findings} ${findings === 1 ? 'finding' : 'findings'}`;
}

function errorOf(end: ProcessEnd, command: readonly string[]): StepError {
  const shown = command.join(' ');
  const rest = {
    command,
    exitCode: end.exitCode,
    lastLines: end.lastLines.filter((line) => !line.startsWith('{"kind":')),
  };
  switch (end.how) {
    case 'spawn':
      return { code: 'spawn', message: end.message ?? `${shown} could not be started.`, command };
    case 'signal':
      return { code: 'crashed', message: `${shown} was ended by ${end.signal}.`, ...rest };
    case 'exit':
      return { code: 'exit', message: `${shown} ended with exit code ${end.exitCode}.`, ...rest };
    case 'timeout':
    case 'aborted':
      return { code: 'cancelled', message: `${shown} was stopped.`, ...rest };
  }
}
