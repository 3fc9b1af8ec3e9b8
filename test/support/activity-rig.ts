import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StoredEvent } from '../../src/contract/events.ts';
import type { WorkerSettings } from '../../src/contract/worker.ts';
import { createActivityEngine } from '../../src/orchestrator/activity/activity-engine.ts';
import type { ActivityEngine } from '../../src/orchestrator/activity/api.ts';
import { createPauses } from '../../src/orchestrator/activity/pauses.ts';
import { createPeopleWrites, type PeopleWrites } from '../../src/orchestrator/activity/people-writes.ts';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import type { Journal } from '../../src/orchestrator/journal/journal.ts';
import { openJournal } from '../../src/orchestrator/journal/open-journal.ts';
import { createJournalReader } from '../../src/orchestrator/journal/reader.ts';
import { createWorkTree } from '../../src/orchestrator/workspace/work-tree.ts';
import type { SimulatedClock } from './simulated-env.ts';
import { createRepository, writeTree } from './git-repository.ts';
import { createNotingTriggers, type NotingTriggers } from './noting-triggers.ts';
import { tempFolder } from './temp-folder.ts';

/** CONTRACT's figures, shorter: tests wait for real files and the real git. */
export const QUICK: WorkerSettings = {
  automaticRuns: true,
  maxRunsPerHour: 120,
  maxProblems: 50,
  quietMinMs: 700,
  quietMaxMs: 1400,
  autoSaveQuietMs: 2000,
  maxWaitMs: 20_000,
  maxHops: 3,
  historyDays: 30,
  written: {},
};

/** One window: its session, its engine, what its triggers were asked. */
export interface EditorWindow {
  readonly engine: ActivityEngine;
  readonly triggers: NotingTriggers;
  readonly journal: Journal;
  readonly people: PeopleWrites;
  /** Events of its own session, in order. */
  readonly events: StoredEvent[];
  of(...types: readonly string[]): readonly StoredEvent[];
  /** What work in the background failed with; a test takes out what it expects. */
  readonly failures: string[];
  /** Writes a file and tells the engine as the editor does. */
  save(file: string, text: string, reason?: 'manual' | 'after-delay' | 'focus-out'): Promise<void>;
  /** Tells of paths as the watcher does. */
  hint(...files: readonly string[]): void;
  close(): Promise<void>;
}

export interface ActivityRig {
  readonly root: string;
  readonly stateDir: string;
  /** On disk only. */
  write(files: Readonly<Record<string, string>>): void;
  remove(file: string): void;
  move(from: string, to: string): void;
  window(options?: { readonly settings?: Partial<WorkerSettings>; readonly leads?: boolean }): Promise<EditorWindow>;
  dispose(): Promise<void>;
}

export function createActivityRig(
  files: Readonly<Record<string, string>> = { 'src/a.ts': 'a\n' },
  options: {
    readonly git?: boolean;
    /** Default: the machine's. With this one no burst ends, and no hint is looked at, before a test lets time pass. */
    readonly clock?: SimulatedClock;
  } = {},
): ActivityRig {
  const home = tempFolder('activity');
  const root = path.join(home.path, 'ws');
  const stateDir = path.join(home.path, 'state');
  mkdirSync(root);
  if (options.git === false) writeTree(root, files);
  else createRepository(root, files);
  const windows = new Set<EditorWindow>();

  return {
    root,
    stateDir,
    write: (more) => writeTree(root, more),
    remove: (file) => rmSync(path.join(root, file), { recursive: true }),
    move: (from, to) => renameSync(path.join(root, from), path.join(root, to)),
    async window({ settings = {}, leads = true } = {}) {
      const opened = await openWindow({ root, stateDir, settings: { ...QUICK, ...settings }, clock: options.clock });
      windows.add(opened);
      const window = { ...opened, close: async () => (windows.delete(opened) ? opened.close() : undefined) };
      if (leads) {
        const led = await window.engine.lead();
        if (!led.ok) throw new Error(led.failure.message);
      }
      return window;
    },
    async dispose() {
      for (const window of windows) await window.close();
      await home.remove();
    },
  };
}

async function openWindow(of: {
  readonly root: string;
  readonly stateDir: string;
  readonly settings: WorkerSettings;
  readonly clock: SimulatedClock | undefined;
}): Promise<EditorWindow> {
  const { root, stateDir, settings } = of;
  const real = createNodeEnv({ version: '0.0.0-test' });
  const env = { ...real, clock: of.clock ?? real.clock };
  const opened = openJournal({ env, stateDir });
  if (!opened.ok) throw new Error(opened.failure.message);
  const journal = opened.value;
  const events: StoredEvent[] = [];
  journal.subscribe((event) => events.push(event));
  const failures: string[] = [];
  const triggers = createNotingTriggers();
  const people = createPeopleWrites();
  const engine = createActivityEngine({
    ...{ env, stateDir, journal, triggers, settings, people },
    reader: createJournalReader({ env, stateDir }),
    tree: await createWorkTree({ root, stateDir, files: env.files, host: env.host }),
    pauses: createPauses({ files: env.files, stateDir }),
    onFailure: ({ message }) => failures.push(message),
  });
  return {
    ...{ engine, triggers, journal, events, people, failures },
    of: (...types) => events.filter(({ type }) => types.includes(type)),
    async save(file, text, reason = 'manual') {
      const at = path.join(root, file);
      mkdirSync(path.dirname(at), { recursive: true });
      writeFileSync(at, text);
      const stored = await engine.wrote([{ kind: 'saved', path: at, reason }]);
      if (!stored.ok) throw new Error(stored.failure.message);
    },
    hint: (...files) => engine.touched({ paths: files.map((file) => path.join(root, file)), lost: 0 }),
    async close() {
      await engine.close();
      await journal.close();
      if (failures.length > 0) throw new Error(failures.join('\n'));
    },
  };
}
