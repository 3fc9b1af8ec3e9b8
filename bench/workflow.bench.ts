import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fail, ok } from '../src/contract/failures.ts';
import type { WorkflowDefinition } from '../src/contract/definitions.ts';
import { createNodeEnv } from '../src/orchestrator/host/node-env.ts';
import { createClaims } from '../src/orchestrator/journal/claims.ts';
import { openJournal } from '../src/orchestrator/journal/open-journal.ts';
import { createJournalReader } from '../src/orchestrator/journal/reader.ts';
import type { Runner } from '../src/orchestrator/workflow/api.ts';
import { createCheckedFiles } from '../src/orchestrator/workflow/checked-files.ts';
import type { KnownAgent } from '../src/orchestrator/workflow/ports.ts';
import { createResultCache } from '../src/orchestrator/workflow/result-cache.ts';
import { createRunner } from '../src/orchestrator/workflow/runner.ts';
import { CACHE_DIR } from '../src/orchestrator/workflow/tidy-up.ts';
import type { Workspace } from '../src/orchestrator/workspace/workspace.ts';
import { compare, type Bench } from './lib/bench.ts';

/** The shape of tsddr-2.0: six steps in five levels. */
const LEVELS = 5;
const WORKFLOW: WorkflowDefinition = {
  id: 'no-op',
  onError: 'fail',
  steps: [
    { id: 'one', agent: 'no-op' },
    { id: 'two', agent: 'no-op', needs: ['one'] },
    { id: 'three', agent: 'no-op', needs: ['two'] },
    { id: 'four', agent: 'no-op', needs: ['two'] },
    { id: 'five', agent: 'no-op', needs: ['three', 'four'] },
    { id: 'six', agent: 'no-op', needs: ['five'] },
  ],
};
const AGENT: KnownAgent = {
  id: 'no-op',
  definitionHash: 'no-op',
  timeoutMs: 60_000,
  retry: { max: 0, multiplier: 2 },
  idempotent: true,
  mayWrite: false,
  operations: [],
  inputs: { files: null, tools: [] },
};
const ALONE_RUNS = 60;
const TOGETHER = 64;
const TOGETHER_RUNS = 640;
/** What a step's events take as stored lines, bytes: step started and completed, agent invoked and completed. */
const LEVEL_BYTES = 2_200;

const env = createNodeEnv({ version: 'bench' });

export const benches: readonly Bench[] = [
  {
    name: 'workflow-alone',
    about: 'six no-op steps in five levels; floor: a write + fdatasync for each level and one for the end',
    goal: { ratio: 1.7, kind: 'max' },
    run: () =>
      compare({
        pairs: 11,
        unit: 'ms',
        measured: () =>
          inFolder((folder) =>
            withRunner(folder, async (run) => 1000 / (await rate(run, { runs: ALONE_RUNS, together: 1 }))),
          ),
        floor: () => inFolder(async (folder) => 1000 / (await bareRate(folder, { runs: ALONE_RUNS, together: 1 }))),
      }),
  },
  {
    name: 'workflow-64',
    about: 'the same, 64 in flight; floor: the same writes, one fdatasync for all that a turn hands over',
    goal: { ratio: 0.4, kind: 'min' },
    run: () =>
      compare({
        pairs: 9,
        unit: 'workflows/s',
        measured: () =>
          inFolder((folder) => withRunner(folder, (run) => rate(run, { runs: TOGETHER_RUNS, together: TOGETHER }))),
        floor: () => inFolder((folder) => bareRate(folder, { runs: TOGETHER_RUNS, together: TOGETHER })),
      }),
  },
];

interface Load {
  readonly runs: number;
  readonly together: number;
}

async function withRunner(folder: string, work: (run: () => Promise<void>) => Promise<number>): Promise<number> {
  const opened = openJournal({ env, stateDir: folder });
  if (!opened.ok) throw new Error(opened.failure.message);
  const journal = opened.value;
  const runner = runnerIn(folder, journal);
  const value = await work(async () => {
    const started = await runner.startRun({ workflow: 'no-op' });
    const ended = started.ok ? await started.value.done : started;
    if (!ended.ok) throw new Error(ended.failure.message);
    if (ended.value.status !== 'completed') throw new Error(`the run is ${ended.value.status}`);
  });
  await runner.close();
  await journal.close();
  return value;
}

function runnerIn(stateDir: string, journal: Parameters<typeof createRunner>[0]['journal']): Runner {
  const reader = createJournalReader({ env, stateDir });
  return createRunner({
    ...{ env, stateDir, journal, reader },
    claims: createClaims({ env, stateDir, session: journal.session, highestRun: () => reader.highestRun() }),
    workspace: emptyWorkspace(stateDir),
    library: { find: async (id) => (id === WORKFLOW.id ? ok(WORKFLOW) : fail('not-found', id)) },
    agents: { known: async () => new Map([[AGENT.id, AGENT]]), approve: async () => ok(null) },
    invoker: { invoke: async () => ({ ok: true, data: null, summary: '' }) },
    tools: { nodeVersion: async () => process.version, toolVersion: async () => null },
    cache: createResultCache(createCheckedFiles({ files: env.files, dir: path.join(stateDir, CACHE_DIR) })),
    mask: (text) => text,
    parallel: 4,
  });
}

/** A workspace without files: what is measured is the engine. */
function emptyWorkspace(root: string): Workspace {
  return {
    root,
    git: async () => null,
    gitMissing: async () => false,
    scope: async () => ok({ kind: 'all', base: null, files: [] }),
    files: async () => [],
    contentIds: async () => new Map(),
    read: async () => null,
    readBase: async () => null,
    changedLines: async () => [],
    dismissed: () => new Set(),
    removed: async () => [],
    skipped: () => [],
  };
}

/** Runs a second. */
async function rate(run: () => Promise<void>, load: Load): Promise<number> {
  let left = load.runs;
  const started = performance.now();
  const lane = async (): Promise<void> => {
    while (left-- > 0) await run();
  };
  await Promise.all(Array.from({ length: load.together }, lane));
  return load.runs / ((performance.now() - started) / 1000);
}

/** The smallest thing that promises the same: per level, and once for the end, what a turn hands over is written and synced. */
async function bareRate(folder: string, load: Load): Promise<number> {
  const fd = openSync(path.join(folder, 'bare.jsonl'), 'wx');
  const line = `${JSON.stringify({ data: 'x'.repeat(LEVEL_BYTES - 12) })}\n`;
  let lines: string[] = [];
  let waiting: (() => void)[] = [];
  const flush = (): void => {
    const written = waiting;
    writeSync(fd, lines.join(''));
    [lines, waiting] = [[], []];
    fdatasyncSync(fd);
    for (const acknowledge of written) acknowledge();
  };
  const append = (): Promise<void> => {
    lines.push(line);
    return new Promise((resolve) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push(resolve);
    });
  };
  const value = await rate(async () => {
    for (let level = 0; level <= LEVELS; level++) await append();
  }, load);
  closeSync(fd);
  return value;
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'savepoint-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
