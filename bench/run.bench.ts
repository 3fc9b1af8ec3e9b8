import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { composeServices } from '../src/orchestrator/host/compose.ts';
import { createRepository, writeTree } from '../test/support/git-repository.ts';
import { compare, type Bench } from './lib/bench.ts';

/** The shape of tsddr-2.0, which the bare spawns follow too: one level after the other. */
const LEVELS = [['one'], ['two'], ['three', 'four'], ['five'], ['six']] as const;
const NEEDS: Readonly<Record<string, string>> = {
  one: '[]',
  two: '[one]',
  three: '[two]',
  four: '[two]',
  five: '[three, four]',
  six: '[five]',
};
/** Node as the bench runs in, doing nothing: the least that a tool of a JavaScript project costs. */
const COMMAND = [process.execPath, '-e', '0'] as const;
const SOURCES = 20;
const PAIRS = 15;

export const benches: readonly Bench[] = [
  {
    name: 'run-cold',
    about: 'savepoint run of six commands (node -e 0), nothing cached; floor: the six spawned bare',
    goal: { ratio: 1.6, kind: 'max' },
    run: () =>
      inWorkspace(({ folder, savepoint }) =>
        compare({
          pairs: PAIRS,
          unit: 'ms',
          measured: () => timed(() => savepoint('run', 'six', '--json', '--no-cache')),
          floor: () => timed(() => spawnLevels(folder)),
        }),
      ),
  },
  {
    name: 'run-resident',
    about: 'the same in a process that stays; same floor',
    goal: { ratio: 1.1, kind: 'max' },
    run: () =>
      inWorkspace(({ folder }) =>
        withRunner(folder, (run) =>
          compare({
            pairs: PAIRS,
            unit: 'ms',
            measured: () => timed(run),
            floor: () => timed(() => spawnLevels(folder)),
          }),
        ),
      ),
  },
  {
    name: 'run-cached',
    about: 'savepoint run of the six, all from cache; floor: node -e 0 and one git status',
    goal: { ratio: 1.6, kind: 'max' },
    run: () =>
      inWorkspace(({ folder, savepoint }) =>
        compare({
          pairs: PAIRS,
          unit: 'ms',
          measured: () => timed(() => savepoint('run', 'six', '--json')),
          floor: () =>
            timed(async () => {
              await ended(COMMAND, folder);
              await ended(['git', 'status', '--porcelain=v2'], folder);
            }),
        }),
      ),
  },
];

interface Place {
  readonly folder: string;
  /** Runs the built command line there and resolves when it ended well. */
  readonly savepoint: (...words: readonly string[]) => Promise<void>;
}

/** A repository with six command agents whose results may be kept, and a change; all gone afterwards. */
async function inWorkspace<T>(work: (place: Place) => Promise<T>): Promise<T> {
  const home = mkdtempSync(path.join(tmpdir(), 'savepoint-bench-'));
  const folder = path.join(home, 'workspace');
  process.env['SAVEPOINT_STATE_DIR'] = path.join(home, 'state');
  try {
    writeWorkspace(folder);
    const cli = commandLine();
    const savepoint = (...words: readonly string[]): Promise<void> => ended([process.execPath, cli, ...words], folder);
    await savepoint('trust', '--yes', '--json');
    return await work({ folder, savepoint });
  } finally {
    delete process.env['SAVEPOINT_STATE_DIR'];
    rmSync(home, { recursive: true });
  }
}

function writeWorkspace(folder: string): void {
  const ids = LEVELS.flat();
  const steps = ids.map((id) => `  - { id: ${id}, agent: ${id}, needs: ${NEEDS[id]} }\n`).join('');
  const agents = ids.map((id): readonly [string, string] => [
    `.savepoint/agents/${id}.yaml`,
    `id: ${id}\nprotocol: command\ncommand: ${JSON.stringify(COMMAND)}\ninputs: ["src/**"]\n`,
  ]);
  const sources = Array.from({ length: SOURCES }, (_, file): readonly [string, string] => [
    `src/file-${file}.js`,
    `export const value = ${file};\n`,
  ]);
  createRepository(folder, {
    ...Object.fromEntries([...agents, ...sources]),
    '.savepoint/workflows/six.yaml': `id: six\nsteps:\n${steps}`,
  });
  writeTree(folder, { 'src/file-0.js': 'export const value = "changed";\n' });
}

/** As people install it; SAVEPOINT_CLI names another build. */
function commandLine(): string {
  const given = process.env['SAVEPOINT_CLI'];
  if (given !== undefined) return path.resolve(given);
  const root = path.dirname(import.meta.dirname);
  execFileSync(process.execPath, [path.join(root, 'scripts', 'build.ts')], { stdio: 'inherit' });
  return path.join(root, 'dist', 'savepoint.js');
}

async function withRunner<T>(folder: string, work: (run: () => Promise<void>) => Promise<T>): Promise<T> {
  const composed = await composeServices(folder);
  if (!composed.ok) throw new Error(composed.failure.message);
  const { services, close } = composed.value;
  try {
    const opened = await services.openRunner();
    if (!opened.ok) throw new Error(opened.failure.message);
    const { runner } = opened.value;
    return await work(async () => {
      const started = await runner.startRun({ workflow: 'six', noCache: true });
      const run = started.ok ? await started.value.done : started;
      if (!run.ok) throw new Error(run.failure.message);
      if (run.value.status !== 'completed') throw new Error(`the run is ${run.value.status}`);
    });
  } finally {
    await close();
  }
}

async function spawnLevels(folder: string): Promise<void> {
  for (const level of LEVELS) await Promise.all(level.map(() => ended(COMMAND, folder)));
}

/** Resolves when the process ended with exit code 0. */
function ended([program = '', ...words]: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd, stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ${words.join(' ')} ended with ${code}`)),
    );
  });
}

/** Milliseconds. */
async function timed(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
