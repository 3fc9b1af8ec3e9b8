import path from 'node:path';
import type { AgentMessage } from '../../../contract/agents.ts';
import type { HealthRow } from '../../../contract/board.ts';
import { ok, type Failure, type Result } from '../../../contract/failures.ts';
import type { WorkerEvents, WorkerSettings, WorkerSetup } from '../../../contract/worker.ts';
import { createPauses, type Pauses } from '../../activity/pauses.ts';
import { createPeopleWrites } from '../../activity/people-writes.ts';
import { createPace } from '../../board/pace.ts';
import type { Services } from '../../commands/services.ts';
import type { Env } from '../../env.ts';
import type { Journal, Repair } from '../../journal/journal.ts';
import { codeOf, layoutOf, lockName } from '../../journal/layout.ts';
import { clearExpiredInPieces } from '../../journal/retention.ts';
import type { Runner } from '../../workflow/api.ts';
import { createDismissals, type Dismissals } from '../../workspace/dismissals.ts';
import { createWorkTree } from '../../workspace/work-tree.ts';
import { composeServices, type Composed } from '../compose.ts';
import { withSettingsFile } from './with-settings-file.ts';
import { createAutomatic, type Automatic } from './automatic.ts';
import { createBoardFeed, type BoardFeed } from './board-feed.ts';
import { readFacts, type FolderFacts } from './facts.ts';
import { budgetsRow, flowRow, journalRow, workerRow } from './health.ts';
import { createLeadership, type Leadership } from './leadership.ts';
import { guardPreparer, guardRunner, type Memory } from './memory.ts';

/** One folder at work: its services, its board, and who leads. */
export interface Desk {
  /** Their runner refuses new work while memory is short, and nothing is readied for any. */
  readonly services: Services;
  readonly feed: BoardFeed;
  readonly pauses: Pauses;
  /** Null where nothing can be stored. */
  readonly automatic: Automatic | null;
  configure(settings: WorkerSettings): void;
  setTyping(active: boolean): void;
  /** Workflow or agent files, approvals or pauses may have changed. */
  refresh(): void;
  readonly dismissals: Dismissals;
  /** Ends what is at work, orderly. */
  close(): Promise<void>;
}

export interface DeskDeps {
  readonly setup: WorkerSetup;
  readonly env: Env;
  readonly memory: Memory;
  readonly tell: <E extends keyof WorkerEvents>(event: E, data: WorkerEvents[E]) => void;
  /** Told of each test of a run of this process. */
  readonly onTest: (run: { readonly run: string; readonly number: number }, test: WorkerEvents['test']['test']) => void;
  /** A bug, or a state folder that was taken away: this thread cannot go on. */
  readonly onFatal: (error: unknown) => void;
}

/** Approvals and pauses of other windows show within this time. */
const REFRESH_EVERY_MS = 500;
/** How often the leader asks whether a day has passed since expired history was cleared. */
const TIDY_EVERY_MS = 60 * 60_000;

/** The failure is one of the state folder's place; where it can only be read, the desk shows what is there and says why. */
export async function startDesk(deps: DeskDeps): Promise<Result<Desk>> {
  const { env, setup } = deps;
  const withFile = (given: WorkerSettings): WorkerSettings => withSettingsFile(given, deps.tell);
  let settings = withFile(setup.settings);
  let storeFailure: Failure | null = null;
  let feed: BoardFeed | null = null;
  let leadership: Leadership | null = null;
  let automatic: Automatic | null = null;
  let cancelTidying = (): void => undefined;
  const closing = new AbortController();
  const people = createPeopleWrites();
  const composed = await composeServices(setup.folder, {
    alone: true,
    host: 'editor',
    historyDays: settings.historyDays,
    people,
    onMessage: heardAgent,
    onStoreFailure(failure) {
      storeFailure ??= failure;
      feed?.touch();
    },
  });
  if (!composed.ok) return composed;
  const services = guarded(composed.value.services, { memory: deps.memory, stuck: () => storeFailure });
  const { stateDir } = services;
  const opened = await services.openRunner();
  if (!opened.ok) storeFailure = opened.failure;
  const journal = opened.ok ? opened.value.journal : null;
  const runner = opened.ok ? opened.value.runner : null;
  const repairs = await damage(composed.value, deps);
  const pauses = createPauses({ files: env.files, stateDir });
  const dismissals = createDismissals({ files: env.files, stateDir });
  let facts: FolderFacts = await readFacts(services, { pauses, settings });
  const refreshing = createPace({
    clock: env.clock,
    everyMs: REFRESH_EVERY_MS,
    work: () => inBackground(refreshNow()),
  });

  const { root } = services.workspace;
  const tree = await createWorkTree({ ...env, root, stateDir, runGit: composed.value.runGit });
  const board = createBoardFeed({
    clock: env.clock,
    journal,
    reader: services.reader(),
    workspace: services.workspace,
    isLive: (session) => env.locks.isHeld(path.join(layoutOf(stateDir).sessions, lockName(session))),
    facts: boardFacts,
    paused: isPaused,
    tell: (change) => deps.tell('changed', change),
    onDeath: () => inBackground(goOn()),
    onProblem: deps.onFatal,
  });
  feed = board;
  board.subscribe((event) => {
    const path = event.subject ?? event.data['path'];
    const isOurs = typeof path === 'string' && path.startsWith('.savepoint/');
    if (isOurs || event.type.startsWith('git.')) refreshing.touch();
  });
  const warn = (text: string): void => deps.tell('log', { level: 'warn', text });
  automatic =
    journal === null || runner === null
      ? null
      : createAutomatic({
          ...{ services, journal, runner, pauses, people, warn, tree },
          leftOpen: (workflow) => board.leftOpen(workflow),
          log: (text) => deps.tell('log', { level: 'debug', text }),
          settings: () => settings,
          onFailure: ({ message }) => warn(message),
        });
  board.subscribe((event, own) => {
    if (!own) automatic?.bus.deliver(event);
  });
  leadership =
    journal === null
      ? null
      : createLeadership({
          locks: env.locks,
          files: env.files,
          clock: env.clock,
          path: path.join(stateDir, 'triggers.lock'),
          onLead: () => {
            board.touch();
            inBackground(board.ready.then(() => automatic?.lead()));
            tidyLater();
          },
          onLost: () => deps.onFatal(new Error(`The state folder ${stateDir} was taken away.`)),
        });
  const unwatch = journal === null ? [] : watchMarks();
  await board.ready;
  hideDismissed();
  inBackground(goOn());

  return ok({
    ...{ services, feed: board, pauses, dismissals, automatic },
    configure(next) {
      settings = withFile(next);
      automatic?.engine.configure(settings);
      refreshing.touch();
    },
    setTyping: (active) => runner?.setTyping(active),
    refresh: () => refreshing.touch(),
    async close() {
      for (const stop of unwatch) stop();
      closing.abort();
      cancelTidying();
      refreshing.close();
      await automatic?.close();
      board.close();
      await composed.value.close();
      leadership?.close();
    },
  });

  function heardAgent(
    run: { readonly run: string; readonly number: number },
    step: string,
    message: AgentMessage,
  ): void {
    if (message.kind === 'progress') feed?.said(run.run, step, message.message);
    else if (message.kind === 'finding') feed?.found(run, step, message.finding);
    else if (message.kind === 'test') deps.onTest(run, message.test);
  }

  /** Runs that an editor had, this one before it was restarted or another one that died. */
  async function goOn(): Promise<void> {
    const gone = runner === null ? ok([]) : await runner.goOn();
    if (!gone.ok) deps.tell('log', { level: 'warn', text: gone.failure.message });
    else for (const { number } of gone.value) deps.tell('log', { level: 'info', text: `Run ${number} goes on.` });
  }

  /** A window may be open for weeks; its start has cleared what was too old then. */
  function tidyLater(): void {
    cancelTidying = env.clock.timer(TIDY_EVERY_MS, () => {
      inBackground(tidy().then(() => (closing.signal.aborted ? undefined : tidyLater())));
    });
  }

  async function tidy(): Promise<void> {
    try {
      const what = { env, layout: layoutOf(stateDir), keptDays: settings.historyDays };
      await clearExpiredInPieces(what, closing.signal);
    } catch (error) {
      if (codeOf(error) === null) throw error;
      warn(`Expired history could not be cleared: ${String(error)}`);
    }
  }

  async function refreshNow(): Promise<void> {
    facts = await readFacts(services, { pauses, settings });
    board.touch();
    await automatic?.again();
  }

  /** What it meets is a failure that is told, or a bug. */
  function inBackground(work: Promise<void> | undefined): void {
    work?.catch(deps.onFatal);
  }

  /** What other windows and terminals approve, pause and dismiss shows here too. */
  function watchMarks(): readonly (() => void)[] {
    const watch = (name: string, changed: () => void): (() => void) => {
      const dir = path.join(stateDir, name);
      env.files.makeDir(dir);
      return env.files.watch(dir, changed);
    };
    return [
      watch('approved', () => refreshing.touch()),
      watch('paused', () => refreshing.touch()),
      watch('dismissed', hideDismissed),
    ];
  }

  /** Also what was stored before it was dismissed. */
  function hideDismissed(): void {
    for (const fingerprint of dismissals.all()) board.dismissed(fingerprint);
  }

  function isPaused(): boolean {
    return facts.paused || !settings.automaticRuns;
  }

  function boardFacts(): ReturnType<Parameters<typeof createBoardFeed>[0]['facts']> {
    const leads = leadership?.leads() ?? false;
    return {
      role: leads ? 'leader' : 'follower',
      session: journal?.session ?? '',
      paused: isPaused(),
      workflows: facts.workflows,
      definitions: facts.definitions,
      unapproved: facts.unapproved,
      maxProblems: settings.maxProblems,
      readOnly: storeFailure?.message ?? null,
      health: health(leads),
    };
  }

  function health(leads: boolean): readonly HealthRow[] {
    return [
      facts.agents,
      journalRow({ failure: storeFailure, repairs }),
      workerRow({ leads, memory: deps.memory.used() }),
      budgetsRow({ runs: feed?.runsInHour() ?? 0, most: settings.maxRunsPerHour }),
      ...(automatic === null ? [] : [flowRow(automatic.bus.flow())]),
    ];
  }
}

/** Damage that the journal's opening put in order, told to people once. */
async function damage(composed: Composed, { tell }: Pick<DeskDeps, 'tell'>): Promise<readonly Repair[]> {
  const repairs = await composed.tellDamage();
  for (const { file } of repairs)
    tell('log', { level: 'warn', text: `${file} was damaged and has been put in order. See Doctor.` });
  return repairs;
}

function guarded(
  services: Services,
  { memory, stuck }: { readonly memory: Memory; readonly stuck: () => Failure | null },
): Services {
  let opening: ReturnType<Services['openRunner']> | null = null;
  const open = async (): Promise<Result<{ readonly runner: Runner; readonly journal: Journal }>> => {
    const opened = await services.openRunner();
    return opened.ok ? ok({ ...opened.value, runner: guardRunner(opened.value.runner, memory, stuck) }) : opened;
  };
  return {
    ...services,
    invoker: { ...services.invoker, prepare: guardPreparer(services.invoker, memory, stuck) },
    openRunner: () => (opening ??= open()),
  };
}
