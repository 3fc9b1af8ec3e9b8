import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentRequest } from '../../../contract/agents.ts';
import { loadImportGraph } from '../../workspace/import-graph.ts';
import { isCodeFile } from '../../workspace/import-requests.ts';
import { parsedSourcesOf } from '../../workspace/parsed-source.ts';
import type { AgentContext } from '../agent.ts';
import { findBenchmarks, type Benchmark } from './benchmarks.ts';
import { compare, type Comparison } from './compare.ts';
import { createMeter, type Meter } from './measure.ts';
import { findCulprit, readChangedCode, type ChangedCode } from './naming.ts';
import { emitFinding, slowerFinding, verdictLine, verdictWords, type SlowPlace } from './report.ts';
import type { Verdict } from './statistics.ts';
import { makeTrees, type Trees } from './trees.ts';

export interface BenchmarkReport {
  /** `benchmark`: its file. */
  readonly verdicts: readonly { readonly benchmark: string; readonly name: string; readonly verdict: string }[];
  /** Where it is slower. */
  readonly slower: readonly { readonly rule: string; readonly file: string; readonly name: string }[];
}

const NOTHING: BenchmarkReport = { verdicts: [], slower: [] };
/** When no timeout is given: the agent's own default. */
const DEFAULT_TIMEOUT_MS = 60_000;
/** Part of the timeout that measuring may take; the rest is for the trees, the profiles and the end. */
const MEASURING = 0.8;
const WHAT = 'benchmarks against the base';

/** What the comparison is between, and which benchmarks can tell. */
interface Plan {
  readonly base: string;
  readonly differing: readonly string[];
  readonly changedCode: readonly string[];
  readonly benchmarks: readonly Benchmark[];
}

/** Runs the repository's benchmarks that reach the change, on base and change; says what is slower and where. */
export async function compareWithBase(
  request: AgentRequest,
  context: AgentContext,
  preload: string,
): Promise<BenchmarkReport> {
  const plan = await makePlan(request, context);
  if (typeof plan === 'string') {
    context.emit({ kind: 'not-checked', what: WHAT, why: plan });
    return NOTHING;
  }
  const release = await context.exclusive();
  try {
    return await measureAll({ plan, request, context, preload });
  } finally {
    release();
  }
}

async function makePlan(request: AgentRequest, context: AgentContext): Promise<Plan | string> {
  const { workspace } = context;
  const base = request.scope.base ?? (await workspace.git())?.head ?? null;
  if (base === null) return 'there is no commit to compare with';
  const difference = await workspace.scope({ since: base });
  if (!difference.ok) return difference.failure.message;
  const differing = difference.value.files;
  const asked = new Set(request.scope.files);
  const changed = request.scope.kind === 'all' ? differing : differing.filter((file) => asked.has(file));
  const changedCode = changed.filter(isCodeFile);
  if (changedCode.length === 0) return 'no code file differs from the base';
  if (!knowsHooks(context.node.version))
    return `they need Node 22.15 or newer, and this workspace runs ${context.node.version}`;
  const graph = await loadImportGraph({ workspace, cacheFile: join(ownFolder(request), 'import-graph.json') });
  const { benchmarks, notChecked } = await findBenchmarks(workspace, graph);
  for (const { what, why } of notChecked) context.emit({ kind: 'not-checked', what, why });
  if (benchmarks.length === 0)
    return 'there is no benchmark that Savepoint can run (scripts.bench, bench/*.js, *.bench.ts)';
  const own = new Set(benchmarks.map(({ file }) => file));
  const reached = graph.reaching(changedCode.filter((file) => !own.has(file)));
  const telling = graph.complete ? benchmarks.filter(({ file }) => reached.has(file)) : benchmarks;
  if (telling.length === 0) return `none of the ${String(benchmarks.length)} benchmark files uses a changed file`;
  return { base, differing, changedCode, benchmarks: telling };
}

function ownFolder({ stateDir, agent }: AgentRequest): string {
  return join(stateDir, 'agents', agent);
}

/** module.registerHooks, which the meter stands on. */
function knowsHooks(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 5) || (major === 22 && minor >= 15);
}

/** Everything that the measuring of one run shares. */
interface Session {
  readonly plan: Plan;
  readonly context: AgentContext;
  readonly trees: Trees;
  readonly meter: Meter;
  readonly timeLeftMs: () => number;
}

async function measureAll(job: {
  readonly plan: Plan;
  readonly request: AgentRequest;
  readonly context: AgentContext;
  readonly preload: string;
}): Promise<BenchmarkReport> {
  const { plan, request, context, preload } = job;
  const deadline = context.clock.monotonic() + (request.timeoutMs ?? DEFAULT_TIMEOUT_MS) * MEASURING;
  const timeLeftMs = (): number => deadline - context.clock.monotonic();
  const folder = join(ownFolder(request), 'ab');
  context.emit({ kind: 'progress', message: 'preparing base and change' });
  const trees = await makeTrees({
    workspace: context.workspace,
    processes: context.processes,
    signal: context.signal,
    folder,
    revision: plan.base,
    differing: plan.differing,
    shared: plan.benchmarks.map(({ file }) => file).filter((file) => plan.differing.includes(file)),
  });
  if ('how' in trees) {
    context.signal.throwIfAborted();
    context.emit({
      kind: 'not-checked',
      what: WHAT,
      why: `the base could not be unpacked: ${trees.message ?? trees.lastLines.at(-1) ?? trees.how}`,
    });
    return NOTHING;
  }
  const scratch = join(folder, 'scratch');
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  const meter = createMeter({
    processes: context.processes,
    node: context.node.path,
    preload,
    signal: context.signal,
    scratch,
    timeLeftMs,
  });
  return compareAll({ plan, context, trees, meter, timeLeftMs });
}

async function compareAll(session: Session): Promise<BenchmarkReport> {
  const { plan, context } = session;
  const verdicts: { benchmark: string; name: string; verdict: string }[] = [];
  const slower: { readonly benchmark: Benchmark; readonly name: string; readonly verdict: Verdict }[] = [];
  for (const [index, benchmark] of plan.benchmarks.entries()) {
    const comparison = await compareOne(benchmark, index, session);
    emitEvidence(comparison, context);
    if (comparison.kind === 'not-compared') {
      context.signal.throwIfAborted();
      context.emit({ kind: 'not-checked', what: benchmark.file, why: comparison.why });
      continue;
    }
    for (const [name, verdict] of comparison.verdicts) {
      context.emit({ kind: 'log', stream: 'note', text: verdictLine(titleOf(benchmark, name), verdict) });
      verdicts.push({ benchmark: benchmark.file, name, verdict: verdictWords(verdict) });
      if (verdict.kind === 'slower') slower.push({ benchmark, name, verdict });
    }
  }
  return { verdicts, slower: await reportSlower(slower, session) };
}

function compareOne(benchmark: Benchmark, index: number, session: Session): Promise<Comparison> {
  const { plan, context } = session;
  const filesLeft = plan.benchmarks.length - index;
  const until = session.timeLeftMs() * (1 - 1 / filesLeft);
  return compare(benchmark, {
    meter: session.meter,
    trees: session.trees,
    signal: context.signal,
    timeLeftMs: () => session.timeLeftMs() - until,
    otherComparisons: plan.benchmarks.length - 1,
    progress: (pair, of) =>
      context.emit({
        kind: 'progress',
        message: `${benchmark.file}: pair ${String(pair)} of ${String(of)}`,
        fraction: (index + pair / of) / plan.benchmarks.length,
      }),
  });
}

/** The copies stay until the next measurement, so that the quoted command can be run by hand. */
function emitEvidence({ benchmark, last }: Comparison, context: AgentContext): void {
  if (last === null) return;
  const { command, cwd, end } = last;
  context.emit({
    kind: 'evidence',
    evidence: {
      tool: `benchmark ${benchmark.file}`,
      version: `node ${context.node.version}`,
      command,
      cwd,
      exitCode: end.exitCode,
      durationMs: end.durationMs,
    },
  });
}

type SlowBenchmark = { readonly benchmark: Benchmark; readonly name: string; readonly verdict: Verdict };

/** One finding per function: several benchmarks that one change slows say it once, by the clearest of them. */
async function reportSlower(slower: readonly SlowBenchmark[], session: Session): Promise<BenchmarkReport['slower']> {
  if (slower.length === 0) return [];
  const { plan, context } = session;
  const { workspace } = context;
  const code = await readChangedCode({
    workspace,
    sources: parsedSourcesOf(workspace),
    base: plan.base,
    files: plan.changedCode,
  });
  const said = new Set<string>();
  const found: { rule: string; file: string; name: string }[] = [];
  for (const { benchmark, name, verdict } of slower.toSorted((a, b) => b.verdict.ratio - a.verdict.ratio)) {
    context.emit({ kind: 'progress', message: `${titleOf(benchmark, name)}: looking where the time goes` });
    const place = (await culpritOf({ benchmark, name, verdict }, code, session)) ?? (await firstChange(session));
    const key = `${place.file}:${String(place.range.start.line)}`;
    if (said.has(key)) continue;
    said.add(key);
    const finding = slowerFinding(titleOf(benchmark, name), verdict, place);
    found.push({ rule: finding.rule, file: place.file, name: place.name });
    emitFinding(finding, (await workspace.read(place.file)) ?? '', context);
  }
  return found;
}

async function culpritOf(slow: SlowBenchmark, code: ChangedCode, session: Session): Promise<SlowPlace | null> {
  const { meter, trees } = session;
  const change = await meter.profile(slow.benchmark, trees.change, slow.name);
  const base = await meter.profile(slow.benchmark, trees.base, slow.name);
  if (change === null || base === null) return null;
  const culprit = findCulprit(
    code,
    { profile: base, tree: trees.base, time: 1 },
    { profile: change, tree: trees.change, time: slow.verdict.ratio },
  );
  return culprit === null ? null : { ...culprit.place, hottest: culprit.hottest };
}

/** Where no profile tells: the first line of the change. */
async function firstChange({ plan, context }: Session): Promise<SlowPlace> {
  const [file = ''] = plan.changedCode;
  const scope = { kind: 'changed', base: plan.base, files: plan.changedCode } as const;
  const line = (await context.workspace.changedLines(scope, file))[0]?.[0] ?? 0;
  return {
    file,
    name: '',
    range: { start: { line, character: 0 }, end: { line: line + 1, character: 0 } },
    hottest: [],
  };
}

function titleOf({ file }: Benchmark, name: string): string {
  return name === '' ? file : `${file} "${name}"`;
}
