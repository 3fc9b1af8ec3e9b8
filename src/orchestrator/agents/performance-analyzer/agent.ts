import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AgentOutcome, AgentRequest } from '../../../contract/agents.ts';
import type { Agent, AgentContext, Operation } from '../agent.ts';
import { compareWithBase, type BenchmarkReport } from './compare-with-base.ts';
import { LEAST_SAMPLES, slowerSteps, slowerTests, type DurationReport, type Slower } from './durations.ts';
import { emitFinding, slowStepLine, slowTestFinding, TOO_NOISY } from './report.ts';

/** `meter`: the folder of what measures inside the workspace's Node; beside this file in the sources, above it in the bundle. */
export function createAgent({ meter = meterFolder() }: { readonly meter?: URL } = {}): Agent {
  const preload = fileURLToPath(new URL('meter.mjs', meter));
  const run: Operation = (request, context) => analyze(request, context, preload);
  return { id: 'performance-analyzer', operations: { analyze: run, validate: run } };
}

function meterFolder(): URL {
  const beside = new URL('./meter/', import.meta.url);
  return existsSync(beside) ? beside : new URL('../meter/', import.meta.url);
}

async function analyze(request: AgentRequest, context: AgentContext, preload: string): Promise<AgentOutcome> {
  try {
    const durations = await checkDurations(request, context);
    const benchmarks = await compareWithBase(request, context, preload);
    return {
      ok: true,
      data: { benchmarks: benchmarks.verdicts, slower: benchmarks.slower, slowerTests: durations.slower },
      summary: summaryOf(durations, benchmarks),
      ...(durations.compared + benchmarks.verdicts.length === 0 ? { nothingChecked: true } : {}),
    };
  } catch (error) {
    if (!context.signal.aborted) throw error;
    return { ok: false, error: { code: 'cancelled', message: 'Measuring was stopped.' } };
  }
}

interface Durations {
  /** Keys of tests. */
  readonly slower: readonly string[];
  readonly compared: number;
}

async function checkDurations(request: AgentRequest, context: AgentContext): Promise<Durations> {
  const history = await context.history();
  const tests = slowerTests(history, request.run);
  const steps = slowerSteps(history, request.run);
  for (const slower of tests.slower) await reportTest(slower, context);
  for (const slower of steps.slower) context.emit({ kind: 'log', stream: 'note', text: slowStepLine(slower) });
  if (tests.compared === 0) {
    const hasRun = Object.values(history.tests).some(([newest]) => newest?.run === request.run);
    context.emit({ kind: 'not-checked', what: 'durations of tests', why: whyNotCompared(tests, hasRun) });
  }
  return { slower: tests.slower.map(({ key }) => key), compared: tests.compared + steps.compared };
}

function whyNotCompared({ tooNew }: DurationReport, hasRun: boolean): string {
  if (tooNew > 0) return `no test has ${String(LEAST_SAMPLES)} earlier passes to compare with`;
  return hasRun ? 'no test passed in this run before this step' : 'no test ran in this run before this step';
}

async function reportTest(slower: Slower, context: AgentContext): Promise<void> {
  const [file = '', ...names] = slower.key.split(' > ');
  const text = await context.workspace.read(file);
  if (text === null) return; // A test of a file that is gone has no place to stand.
  const lines = text.split('\n');
  const line = Math.max(
    0,
    lines.findIndex((one) => one.includes(names.at(-1) ?? '')),
  );
  const range = { start: { line, character: 0 }, end: { line, character: lines[line]?.length ?? 0 } };
  emitFinding(slowTestFinding(slower, file, range), text, context);
}

function summaryOf(durations: Durations, { verdicts }: BenchmarkReport): string {
  const count = (words: string): number => verdicts.filter(({ verdict }) => verdict === words).length;
  const slower = count('slower');
  if (slower > 0) return `${plural(slower, 'benchmark')} slower than before`;
  if (durations.slower.length > 0) return `${plural(durations.slower.length, 'test')} slower than usual`;
  if (verdicts.length > 0 && count(TOO_NOISY) === verdicts.length) return TOO_NOISY;
  if (verdicts.length > 0) return `no slowdown in ${plural(verdicts.length - count(TOO_NOISY), 'benchmark')}`;
  return durations.compared > 0 ? 'no test slower than usual' : 'nothing to measure';
}

function plural(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
