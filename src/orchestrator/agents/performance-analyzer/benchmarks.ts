import { posix } from 'node:path';
import type { ImportGraph } from '../../workspace/import-graph.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/** One file of the repository that measures something, and how it is started. */
export interface Benchmark {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  /** `script`: a file that Node runs; `vitest`: a file for `vitest bench`. */
  readonly runner: 'script' | 'vitest';
  /** Where it runs: the folder of its package, relative to the workspace; '' for the root. */
  readonly folder: string;
  /** Flags before the file and arguments after it, as the package's script gives them. */
  readonly nodeFlags: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface FoundBenchmarks {
  readonly benchmarks: readonly Benchmark[];
  readonly notChecked: readonly { readonly what: string; readonly why: string }[];
}

const SCRIPT_NAMES = ['bench', 'benchmark', 'benchmarks'];
const BENCH_FILE = /(?:^|\/)(?:bench|benches|benchmark|benchmarks|perf)\/[^/]+\.[cm]?[jt]s$|\.bench\.[cm]?[jt]sx?$/;
const NOT_A_BENCH = /\.d\.[cm]?ts$|\.(?:test|spec|config)\.[cm]?[jt]sx?$/;
/** Libraries that decide by the clock how long to run: one run of theirs takes the same time whatever the code does. */
const BY_THE_CLOCK = /(?:from\s*|require\(\s*)['"](benchmark|benny|bench-node|cronometro|autocannon)['"]/;

/** The repository's benchmarks: what `scripts.bench` starts, and files that by name or place are benchmarks. */
export async function findBenchmarks(workspace: Workspace, graph: ImportGraph): Promise<FoundBenchmarks> {
  const files = await workspace.files({ reuse: true });
  const known = new Set(files);
  const found = new Map<string, Benchmark>();
  const notChecked: { what: string; why: string }[] = [];
  for (const manifest of files.filter((file) => posix.basename(file) === 'package.json')) {
    const folder = posix.dirname(manifest) === '.' ? '' : posix.dirname(manifest);
    for (const [name, script] of benchScripts((await workspace.read(manifest)) ?? '')) {
      const targets = targetsOf(script, folder).filter(({ file }) => known.has(file));
      for (const target of targets) found.set(target.file, target);
      if (targets.length === 0 && !/\bvitest\s+bench\b/.test(script)) {
        notChecked.push({
          what: `script ${name} of ${manifest}`,
          why: `"${script}" is no plain call of node with a file`,
        });
      }
    }
  }
  for (const file of files.filter((one) => BENCH_FILE.test(one) && !NOT_A_BENCH.test(one) && !found.has(one))) {
    found.set(file, { file, runner: 'script', folder: packageFolder(file, known), nodeFlags: [], args: [], env: {} });
  }
  const benchmarks: Benchmark[] = [];
  for (const benchmark of found.values()) {
    const text = (await workspace.read(benchmark.file)) ?? '';
    const clock = BY_THE_CLOCK.exec(text)?.[1];
    // A file that other benchmarks import and that measures nothing itself is a helper of theirs.
    if (graph.usedBy(benchmark.file).some((user) => found.has(user.file))) continue;
    if (clock !== undefined)
      notChecked.push({
        what: benchmark.file,
        why: `${clock} decides by the clock how long to run; tinybench, mitata, vitest and plain scripts are measured`,
      });
    else benchmarks.push(/from\s*['"]vitest['"]/.test(text) ? { ...benchmark, runner: 'vitest' } : benchmark);
  }
  return { benchmarks, notChecked };
}

function packageFolder(file: string, known: ReadonlySet<string>): string {
  let folder = posix.dirname(file);
  while (folder !== '.' && !known.has(`${folder}/package.json`)) folder = posix.dirname(folder);
  return folder === '.' ? '' : folder;
}

function benchScripts(manifest: string): readonly (readonly [name: string, script: string])[] {
  let scripts: unknown;
  try {
    const parsed: unknown = JSON.parse(manifest);
    scripts = isRecord(parsed) ? parsed['scripts'] : null;
  } catch {
    return []; // Not a manifest that npm could read either: then it has no scripts.
  }
  if (!isRecord(scripts)) return [];
  return Object.entries(scripts).flatMap(([name, script]) =>
    typeof script === 'string' && SCRIPT_NAMES.includes(name) ? [[name, script] as const] : [],
  );
}

/** The files that `node [flags] FILE [arguments]`, alone or joined by `&&`, runs. Anything else of a shell: none. */
export function targetsOf(script: string, folder: string): readonly Benchmark[] {
  const parts = script.split('&&').map((part) => part.trim());
  if (parts.some((part) => /[|;<>$`*&]/.test(part))) return [];
  const targets = parts.map((part) => targetOf(words(part), folder));
  return targets.every((target) => target !== null) ? targets : [];
}

/** Programs that run one file as node does; the flags that make Node do the same. */
const LAUNCHERS: Readonly<Record<string, readonly string[]>> = {
  node: [],
  tsx: ['--import', 'tsx'],
  'cross-env': [],
};
/** Flags of node that take the next word. */
const WITH_VALUE = new Set([
  '--import',
  '--loader',
  '--experimental-loader',
  '--require',
  '-r',
  '--conditions',
  '-C',
  '--env-file',
]);

function targetOf(all: readonly string[], folder: string): Benchmark | null {
  let rest = all;
  const env: Record<string, string> = {};
  const nodeFlags: string[] = [];
  let launched = false;
  for (;;) {
    const [word = '', ...after] = rest;
    const [, name, value] = /^([A-Z_][A-Z0-9_]*)=(.*)$/.exec(word) ?? [];
    if (name !== undefined && value !== undefined && !launched) env[name] = value;
    else if (!launched && LAUNCHERS[word] !== undefined) {
      nodeFlags.push(...LAUNCHERS[word]);
      launched = word !== 'cross-env';
    } else break;
    rest = after;
  }
  while (rest[0]?.startsWith('-') === true) {
    const taken = WITH_VALUE.has(rest[0]) ? 2 : 1;
    nodeFlags.push(...rest.slice(0, taken));
    rest = rest.slice(taken);
  }
  const [file, ...args] = rest;
  if (!launched || file === undefined) return null;
  return { file: posix.join(folder, file), runner: 'script', folder, nodeFlags, args, env };
}

/** Quotes group, and go away. */
function words(command: string): readonly string[] {
  return (command.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []).map((word) => word.replace(/["']/g, ''));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
