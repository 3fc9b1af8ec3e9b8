import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Decision, Lineage } from '../../src/contract/activities.ts';
import type { Origin, StoredEvent } from '../../src/contract/events.ts';
import type { Result } from '../../src/contract/failures.ts';
import { settledData } from '../../src/orchestrator/activity/activity-fold.ts';
import type { SettledBurst, Triggers } from '../../src/orchestrator/activity/api.ts';
import { createPauses, type Pauses } from '../../src/orchestrator/activity/pauses.ts';
import { createTriggers, type TriggersDeps } from '../../src/orchestrator/activity/triggers.ts';
import { applyToRuns, emptyRuns, leftOpenOf } from '../../src/orchestrator/board/run-fold.ts';
import { writtenCommands } from '../../src/orchestrator/commands/check-commands.ts';
import type { Services } from '../../src/orchestrator/commands/services.ts';
import { composeServices, type Composed } from '../../src/orchestrator/host/compose.ts';
import { guardRunner } from '../../src/orchestrator/host/worker/memory.ts';
import type { Runner } from '../../src/orchestrator/workflow/api.ts';
import { eventually } from './eventually.ts';
import { createRepository, writeTree } from './git-repository.ts';
import { tempFolder } from './temp-folder.ts';

/** An agent that notes its files and its process, finds what is WRONG, then waits for as long as `hold` is there; its child waits with it. */
const LOOK = `
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
const { step, files, with: given } = JSON.parse(readFileSync(0, 'utf8'));
const notes = process.env.NOTES_OF_LOOK;
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
appendFileSync(notes + '/calls.jsonl', JSON.stringify({ step, files, pids: [process.pid, child.pid] }) + '\\n');
for (const file of files)
  if (existsSync(file) && readFileSync(file, 'utf8').includes('WRONG'))
    console.log(JSON.stringify({ kind: 'finding', rule: 'look.wrong', severity: 'error', message: 'This is wrong.', file,
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 5 } } }));
while (!given.quick && existsSync(notes + '/hold')) await new Promise((resolve) => setTimeout(resolve, 20));
child.kill();
`;

export interface LookCall {
  readonly step: string;
  readonly files: readonly string[];
  readonly pids: readonly number[];
}

export interface TriggersRig {
  readonly root: string;
  readonly stateBase: string;
  readonly services: Services;
  readonly runner: Runner;
  readonly triggers: Triggers;
  readonly pauses: Pauses;
  readonly settings: { automaticRuns: boolean; maxRunsPerHour: number; maxHops: number };
  /** Of this process's memory, 0 to 1. */
  readonly memory: { share: number };
  /** Writes files, approves every command that files of the workspace would start. */
  write(files: Readonly<Record<string, string>>): void;
  approve(): Promise<void>;
  calls(): readonly LookCall[];
  /** From now on the agent waits, or goes on. */
  hold(on: boolean): void;
  /** Hands over a burst of writes to these files, settled as the engine does. */
  burst(
    paths: readonly string[],
    how?: { readonly origin?: Origin; readonly lineage?: Lineage },
  ): Promise<readonly Decision[]>;
  /** Such a burst while it is open; false where nothing would start. */
  foresee(paths: readonly string[], how?: { readonly origin?: Origin; readonly lineage?: Lineage }): Promise<boolean>;
  /** What agents were readied for. */
  readonly prepared: readonly { readonly agents: readonly string[]; readonly files: readonly string[] }[];
  decided(): Promise<readonly StoredEvent[]>;
  /** Those of the next leader, not started. */
  another(): Triggers;
  idle(): Promise<void>;
  close(): Promise<void>;
}

export const value = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
};

/** Workflow `checks` (on activity in src) and agent `look` in a real repository, with the real runner and real processes. */
export async function createTriggersRig(files: Readonly<Record<string, string>> = {}): Promise<TriggersRig> {
  const folder = tempFolder('triggers');
  const root = join(folder.path, 'repo');
  const notes = join(folder.path, 'notes');
  const stateBase = join(folder.path, 'state');
  writeTree(notes, { 'calls.jsonl': '' });
  createRepository(root, {
    'src/a.ts': 'a\n',
    'src/b.ts': 'b\n',
    'docs/c.md': 'c\n',
    'look.mjs': LOOK,
    '.savepoint/agents/look.yaml':
      'id: look\nprotocol: command\ncommand: [node, look.mjs]\nidempotent: true\ninputs: ["src/**"]\n',
    '.savepoint/workflows/checks.yaml':
      'id: checks\non: { activity: { paths: ["src/**"] } }\nsteps:\n  - { id: look, agent: look }\n',
    '.savepoint/workflows/on-save-checks.yaml': 'id: on-save-checks\nsteps:\n  - { id: look, agent: look }\n',
    ...files,
  });
  const before = { ...process.env };
  process.env['SAVEPOINT_STATE_DIR'] = stateBase;
  process.env['NOTES_OF_LOOK'] = notes;
  const composed: Composed = value(await composeServices(root, { host: 'editor' }));
  const { services } = composed;
  const { runner: unguarded, journal } = value(await services.openRunner());
  const memory = { share: 0 };
  const runner = guardRunner(unguarded, { used: () => memory.share });
  const settings = { automaticRuns: true, maxRunsPerHour: 120, maxHops: 3 };
  const pauses = createPauses({ files: services.env.files, stateDir: services.stateDir });
  const prepared: TriggersRig['prepared'][number][] = [];
  const runs = emptyRuns();
  journal.subscribe((event) => void applyToRuns(runs, event));
  const deps: TriggersDeps = {
    ...{ env: services.env, journal, runner, pauses, workspace: services.workspace, library: services.library },
    reader: services.reader(),
    agents: services.registry,
    prepare: async (calls, files) => {
      prepared.push({ agents: calls.map(({ agent }) => agent), files });
    },
    settings: () => settings,
    leftOpen: (workflow) => leftOpenOf(runs, workflow),
    onFailure: ({ message }) => {
      throw new Error(message);
    },
  };
  const triggers = createTriggers(deps);
  value(await triggers.start());
  let count = 0;

  function burstOf(
    paths: readonly string[],
    { origin = 'human', lineage }: { readonly origin?: Origin; readonly lineage?: Lineage },
  ): SettledBurst {
    const changed = paths.map((path) => ({
      path,
      change: existsSync(join(root, path)) ? ('modified' as const) : ('deleted' as const),
    }));
    const at = new Date().toISOString();
    const id = `activity-${++count}`;
    const times = { startedAt: at, lastAt: at, settledAt: at };
    const view = { id, origin, ...times, files: changed, total: paths.length, writes: 1, label: '', decisions: [] };
    return { activities: [view], files: changed, lineage: lineage ?? null };
  }

  const rig: TriggersRig = {
    ...{ root, stateBase, services, runner, triggers, pauses, settings, memory },
    write: (given) => writeTree(root, given),
    async approve() {
      for (const command of await writtenCommands(services)) services.registry.keepApproval(command);
    },
    calls: () =>
      readFileSync(join(notes, 'calls.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as LookCall),
    hold(on) {
      if (on) writeFileSync(join(notes, 'hold'), '');
      else rmSync(join(notes, 'hold'), { force: true });
    },
    async burst(paths, how = {}) {
      const burst = burstOf(paths, how);
      for (const view of burst.activities) {
        const data = settledData(view, new Map());
        value(await journal.append([{ source: 'savepoint/activity', type: 'activity.settled', data }]));
      }
      return value(await triggers.settled(burst));
    },
    foresee: (paths, how = {}) => triggers.foresee(burstOf(paths, how)),
    prepared,
    decided: async () => [...services.reader().events({ types: ['activity.decided'] })],
    another: () => createTriggers(deps),
    idle: () => eventually('nothing is at work', () => runner.live().length === 0),
    async close() {
      triggers.close();
      await composed.close();
      for (const name of ['SAVEPOINT_STATE_DIR', 'NOTES_OF_LOOK'])
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      await folder.remove();
    },
  };
  return rig;
}
