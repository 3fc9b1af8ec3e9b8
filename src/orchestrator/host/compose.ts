import { accessSync, constants, statSync, writeFileSync, type Stats } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Failure, type Result } from '../../contract/failures.ts';
import { BUILT_IN_AGENTS } from '../agents/facts.ts';
import { createMasker } from '../agents/security-auditor/secrets/masker.ts';
import { createRunBook } from '../commands/run-book.ts';
import type { Services } from '../commands/services.ts';
import { createInvoker } from '../integration/invoker.ts';
import { createBuiltinProtocol } from '../integration/protocols/builtin.ts';
import { createAgentRegistry } from '../integration/registry.ts';
import { createClaims } from '../journal/claims.ts';
import { readHistory } from '../journal/history.ts';
import type { Repair } from '../journal/journal.ts';
import { joinJournal } from '../journal/joined-journal.ts';
import { openJournal, type OpenedJournal } from '../journal/open-journal.ts';
import { createJournalReader, type HistoryReader } from '../journal/reader.ts';
import { reportDamage } from '../journal/report-damage.ts';
import { createProcesses } from '../process/create-processes.ts';
import { createGroups } from '../process/groups.ts';
import type { Runner } from '../workflow/api.ts';
import { createCheckedFiles } from '../workflow/checked-files.ts';
import { createLibrary } from '../workflow/library.ts';
import { createResultCache } from '../workflow/result-cache.ts';
import type { RunHost } from '../workflow/run-events.ts';
import { createRenewedRunner } from '../workflow/renewed-runner.ts';
import { createRunner, type RunnerDeps } from '../workflow/runner.ts';
import { CACHE_DIR } from '../workflow/tidy-up.ts';
import { createToolFacts } from '../workflow/tool-facts.ts';
import { createWorkspace } from '../workspace/create-workspace.ts';
import { spawnGit, type RunGit } from '../workspace/git-command.ts';
import { createGitHost } from './githost/git-host.ts';
import { createNodeEnv } from './node-env.ts';
import { PLACES, VERSION } from './places.ts';
import { stateDirOf } from './state-dir.ts';
import { workspaceNode } from './workspace-node.ts';

export interface Composed {
  readonly services: Services;
  /** "harbor-api on feat/invoice-credit": for the head of a live tree. */
  readonly place: () => Promise<string>;
  /** Durations of up to three completed runs of a workflow, newest first, milliseconds. */
  readonly earlier: (workflow: string) => readonly number[];
  /**
   * Damage of the journal that this process put in order, or met while reading and nobody has told of: stored as events where
   * the state folder can be written, and given back so that people can be told.
   */
  readonly tellDamage: () => Promise<readonly Repair[]>;
  /** How git is started here: in an editor by a process of its own. */
  readonly runGit: RunGit;
  /** Ends child processes, then the session. */
  readonly close: () => Promise<void>;
}

export interface ComposeOptions {
  /** This thread is the only one of the process that works on the folder; others of it before died. Default: not known. */
  readonly alone?: boolean;
  /** Whose process this is; default: a terminal's. */
  readonly host?: RunHost;
  /** Days of history to keep; default: CONTRACT's limit. */
  readonly historyDays?: number;
  /** What people wrote while a run was at work is not the run's. */
  readonly people?: RunnerDeps['people'];
  /** Told what the agents of every run of this process say. */
  readonly onMessage?: RunnerDeps['onMessage'];
  /** Told that the journal takes nothing more in. */
  readonly onStoreFailure?: (failure: Failure) => void;
}

/** Wires everything for one workspace. Nothing is written, locked or started before a command asks for it. */
export async function composeServices(folder: string, options: ComposeOptions = {}): Promise<Result<Composed>> {
  const env = createNodeEnv({ version: VERSION });
  const state = stateDirOf(folder, env.host);
  if (!state.ok) return state;
  const stateDir = state.value;
  const groups = createGroups({ ...env, folder: path.join(stateDir, 'groups'), alone: options.alone ?? false });
  const gitHost =
    options.host === 'editor'
      ? createGitHost({ groups, clock: env.clock, argv: [process.execPath, PLACES.gitHost], cwd: folder })
      : null;
  const runGit = gitHost?.run ?? spawnGit;
  const workspace = createWorkspace({ root: folder, stateDir, files: env.files, host: env.host, runGit });
  const { root } = workspace;
  const processes = createProcesses({ groups, clock: env.clock });
  const registry = createAgentRegistry({
    root,
    stateDir,
    files: env.files,
    builtIn: BUILT_IN_AGENTS,
    version: VERSION,
  });
  const checked = createCheckedFiles({ files: env.files, dir: path.join(stateDir, CACHE_DIR) });
  const library = createLibrary({
    root,
    builtinDir: PLACES.workflows,
    agents: registry,
    checked,
    savepointVersion: VERSION,
  });
  const node = await workspaceNode(root, env.host);
  const builtin = createBuiltinProtocol({
    groups,
    clock: env.clock,
    argv: [process.execPath, PLACES.toolHost],
    setup: {
      workspace: root,
      stateDir,
      version: VERSION,
      node,
      slotPath: path.join(path.dirname(stateDir), 'measuring.lock'),
    },
    history: () => readHistory({ env, stateDir }),
  });
  const invoker = createInvoker({ registry, builtin, processes, workspace });
  let read: HistoryReader | null = null;
  const reader = (): HistoryReader => (read ??= createJournalReader({ env, stateDir }));
  const claimsFor = (session: string | null) =>
    createClaims({ env, stateDir, session, highestRun: () => reader().highestRun() });
  const runs = createRunBook({ claims: claimsFor(null), reader });

  const keep = options.historyDays === undefined ? {} : { keptDays: options.historyDays };
  let opened: ReturnType<typeof open> | null = null;
  async function open(): Promise<Result<{ readonly runner: Runner; readonly journal: OpenedJournal }>> {
    const journal = openJournal({ env, stateDir, ...keep });
    if (!journal.ok) return journal;
    // What a dead Savepoint left running must be gone before any step starts.
    await processes.sweep();
    const joined = joinJournal(withFailures(journal.value, options.onStoreFailure));
    const runner = createRenewedRunner({
      first: { epoch: joined.journal.epoch, runner: runnerOn(joined.journal) },
      async open() {
        const another = openJournal({ env, stateDir, ...keep });
        if (!another.ok) return another;
        const observed = withFailures(another.value, options.onStoreFailure);
        joined.add(observed);
        return ok({ epoch: observed.epoch, runner: runnerOn(observed) });
      },
      sweep: () => processes.sweep(),
      reader: reader(),
      claims: claimsFor(null),
    });
    return ok({ runner, journal: joined.journal });
  }

  function runnerOn(journal: OpenedJournal): Runner {
    return createRunner({
      ...{ env, stateDir, workspace, library, invoker, journal },
      reader: reader(),
      claims: claimsFor(journal.session),
      agents: registry,
      tools: createToolFacts({ root, nodeVersion: async () => node.version }),
      cache: createResultCache(checked),
      mask: createMasker(),
      ...(options.host === undefined ? {} : { host: options.host }),
      ...(options.people === undefined ? {} : { people: options.people }),
      ...(options.onMessage === undefined ? {} : { onMessage: options.onMessage }),
      ...(options.onStoreFailure === undefined ? {} : { onStoreFailure: options.onStoreFailure }),
    });
  }

  const services: Services = {
    ...{ env, stateDir, workspace, library, registry, invoker, reader, runs },
    openRunner: () => (opened ??= open()),
    checkUserFile,
    writeUserFile,
  };
  return ok({
    ...{ services, runGit },
    async place() {
      const git = await workspace.git();
      return git?.branch ? `${path.basename(root)} on ${git.branch}` : path.basename(root);
    },
    earlier(workflow) {
      const durations: number[] = [];
      for (const view of runs.newest(30)) {
        if (view.workflow !== workflow || view.status !== 'completed' || view.endedAt === null) continue;
        durations.push(Date.parse(view.endedAt) - Date.parse(view.startedAt));
        if (durations.length === 3) break;
      }
      return durations;
    },
    async tellDamage() {
      const met = read?.damages().filter(({ known }) => !known) ?? [];
      if (met.length > 0) opened ??= open();
      const session = await opened;
      if (!session?.ok) return met.map(({ repair }) => repair);
      const { journal } = session.value;
      const told = await reportDamage({ env, stateDir, journal, reader: reader() });
      return [...journal.repaired, ...(told.ok ? told.value : met.map(({ repair }) => repair))];
    },
    async close() {
      const last = await opened;
      if (last?.ok) await last.value.runner.close();
      await invoker.close();
      await gitHost?.close();
      await processes.close();
      if (last?.ok) await last.value.journal.close();
    },
  });
}

function withFailures(journal: OpenedJournal, tell: ComposeOptions['onStoreFailure']): OpenedJournal {
  if (tell === undefined) return journal;
  return {
    ...journal,
    async append(events) {
      const stored = await journal.append(events);
      if (!stored.ok && stored.failure.code !== 'event-too-large') tell(stored.failure);
      return stored;
    },
  };
}

function checkUserFile(file: string): Result<null> {
  const target = path.resolve(file);
  const folder = path.dirname(target);
  const found = statOf(target);
  if (found?.isDirectory()) return unwritten(file, 'it is a folder');
  if (!statOf(folder)?.isDirectory()) return unwritten(file, 'its folder does not exist');
  try {
    accessSync(found ? target : folder, constants.W_OK);
    return ok(null);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return unwritten(file, error.message);
  }
}

function statOf(target: string): Stats | null {
  try {
    return statSync(target);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return null; // Not there, or below a file.
  }
}

function unwritten(file: string, why: string): Result<null> {
  return fail('usage', `A report cannot be written to ${file}: ${why}. Name a file in a folder that exists.`);
}

async function writeUserFile(file: string, text: string): Promise<Result<null>> {
  try {
    writeFileSync(path.resolve(file), text);
    return ok(null);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return unwritten(file, error.message);
  }
}
