import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { ProcessEnd, Processes } from '../../process/processes.ts';
import type { Benchmark } from './benchmarks.ts';
import { parseProfile, type CpuProfile } from './profile.ts';

/** One process of one side. */
export interface Measurement {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly end: ProcessEnd;
  /** Fastest batch in milliseconds by name of the benchmark ('' for a script that is one). Empty when nothing was measured. */
  readonly times: ReadonlyMap<string, number>;
}

export interface Meter {
  measure(benchmark: Benchmark, tree: string, maxMs: number): Promise<Measurement>;
  /** The same once with a CPU profile, of the one benchmark `only` where the library can run it alone. */
  profile(benchmark: Benchmark, tree: string, only: string): Promise<CpuProfile | null>;
}

export interface MeterDeps {
  readonly processes: Processes;
  readonly node: string;
  /** Absolute path of meter.mjs. */
  readonly preload: string;
  readonly signal: AbortSignal;
  /** Absolute, exists: results and profiles pass through it. */
  readonly scratch: string;
  readonly timeLeftMs: () => number;
}

/** Below this a "benchmark" was optimised away: two clock readings differ by more. */
const LEAST_MS = 1e-6;
const PROFILE_MS = 1000;
const PROFILE_BATCHES = 250;
const resultSchema = z.object({ name: z.string(), ms: z.number() });

export function createMeter(deps: MeterDeps): Meter {
  const results = join(deps.scratch, 'results.jsonl');
  const profiles = join(deps.scratch, 'profiles');

  async function run(job: Job): Promise<Measurement> {
    const cwd = join(job.tree, job.benchmark.folder);
    const argv = commandOf(deps, job);
    await rm(results, { force: true });
    const end = await deps.processes.run({
      argv,
      cwd,
      environment: 'caller',
      extraEnv: { ...job.benchmark.env, ...environmentOf(job, { results, preload: deps.preload }) },
      signal: deps.signal,
      timeoutMs: Math.max(1, deps.timeLeftMs()),
    });
    return { command: argv, cwd, end, times: await readTimes(results) };
  }

  return {
    measure: (benchmark, tree, maxMs) => run({ benchmark, tree, maxMs, profiles: null, only: null }),
    async profile(benchmark, tree, only) {
      await rm(profiles, { recursive: true, force: true });
      await mkdir(profiles, { recursive: true });
      await run({
        benchmark,
        tree,
        maxMs: PROFILE_MS,
        profiles,
        only: only === '' ? null : only.replace(/ #\d+$/, ''),
      });
      return largestProfile(profiles);
    },
  };
}

interface Job {
  readonly benchmark: Benchmark;
  readonly tree: string;
  readonly maxMs: number;
  /** Folder for CPU profiles when they are wanted. */
  readonly profiles: string | null;
  readonly only: string | null;
}

function commandOf({ node, preload }: MeterDeps, { benchmark, tree }: Job): readonly string[] {
  const file = join(tree, benchmark.file);
  if (benchmark.runner === 'vitest') {
    return [node, vitestEntry(tree, benchmark.folder), 'bench', '--run', file];
  }
  return [node, '--import', preload, ...benchmark.nodeFlags, file, ...benchmark.args];
}

/** In the package's own packages, else in the workspace's; where it is in neither, Node's own error says so. */
function vitestEntry(tree: string, folder: string): string {
  const own = join(tree, folder, 'node_modules/vitest/vitest.mjs');
  return existsSync(own) ? own : join(tree, 'node_modules/vitest/vitest.mjs');
}

/** Vitest measures in processes of its own, which get our preload by their environment. */
function environmentOf(
  { benchmark, maxMs, profiles, only }: Job,
  { results, preload }: { readonly results: string; readonly preload: string },
): Record<string, string> {
  return {
    SAVEPOINT_METER: results,
    SAVEPOINT_METER_MAX_MS: String(Math.round(maxMs)),
    ...(only === null ? {} : { SAVEPOINT_METER_ONLY: only }),
    ...(profiles === null
      ? {}
      : { SAVEPOINT_METER_PROFILE: profiles, SAVEPOINT_METER_BATCHES: String(PROFILE_BATCHES) }),
    ...(benchmark.runner === 'vitest' ? { CI: '1', NODE_OPTIONS: `--import=${JSON.stringify(preload)}` } : {}),
  };
}

async function readTimes(path: string): Promise<ReadonlyMap<string, number>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const times = new Map<string, number>();
  for (const line of text.split('\n').slice(0, -1)) {
    const { name, ms } = resultSchema.parse(JSON.parse(line));
    if (ms >= LEAST_MS) times.set(name, Math.min(ms, times.get(name) ?? ms));
  }
  return times;
}

/** Runners leave one profile per process: the one with most samples did the work. */
async function largestProfile(folder: string): Promise<CpuProfile | null> {
  let largest: CpuProfile | null = null;
  for (const name of await readdir(folder)) {
    const profile = parseProfile(await readFile(join(folder, name), 'utf8'));
    if (profile !== null && (profile.samples?.length ?? 0) > (largest?.samples?.length ?? 0)) largest = profile;
  }
  return largest;
}
