import type { Scope } from '../../../contract/agents.ts';
import type { Board, BoardChange, BoardSnapshot } from '../../../contract/board.ts';
import type { StoredEvent } from '../../../contract/events.ts';
import type { Finding } from '../../../contract/findings.ts';
import { forgetOpen, OPEN_FOR_MS } from '../../activity/activity-fold.ts';
import type { LeftOpen } from '../../activity/left-open.ts';
import { createBreath, type Breath } from '../../breath.ts';
import type { Clock } from '../../env.ts';
import { applyEvent, boardOf, emptyBoard, filesOf, runsInHour, type BoardFacts } from '../../board/board-fold.ts';
import { changesBetween } from '../../board/changes.ts';
import { addEarly, dismissEarly, isAtRest } from '../../board/early-findings.ts';
import { applyFacts, dismissFinding } from '../../board/finding-fold.ts';
import { createPace } from '../../board/pace.ts';
import { leftOpenOf, ownersOf, SHOWN_RUNS } from '../../board/run-fold.ts';
import type { Progress } from '../../board/run-row.ts';
import type { Journal, JournalReader } from '../../journal/journal.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/** UX, Rates: trees at most twice a second. */
const CHANGE_EVERY_MS = 500;
/** Findings alone do not wait for that: a person does, for them. */
const FINDINGS_EVERY_MS = 100;
/** How soon a run of a process that died shows as cut off. */
const LIVENESS_EVERY_MS = 1000;
/** What git did comes with writes of many files: they are looked at together. */
const RECHECK_AFTER_MS = 300;
/** Beside the sessions of the newest runs: for activities. */
const RECENT_SESSIONS = 5;

export interface BoardFeedDeps {
  readonly clock: Clock;
  /** Null where nothing can be stored: then what others store is shown. */
  readonly journal: Journal | null;
  readonly reader: JournalReader;
  readonly workspace: Workspace;
  /** Whether the session's owner lives; a session that died stays dead. */
  readonly isLive: (session: string) => boolean;
  readonly facts: () => Omit<BoardFacts, 'live' | 'progress'>;
  /** Whether nothing starts by itself now. */
  readonly paused: () => boolean;
  readonly tell: (change: BoardChange) => void;
  /** A session with runs at work died. */
  readonly onDeath: () => void;
  readonly onProblem: (error: unknown) => void;
}

export interface BoardFeed {
  /** Resolves when what is stored has been read. */
  readonly ready: Promise<void>;
  snapshot(): BoardSnapshot;
  /** A fact changed. */
  touch(): void;
  said(run: string, step: string, words: string): void;
  /** What a step of this process found, before its end stores it. */
  found(run: { readonly run: string; readonly number: number }, step: string, finding: Finding): void;
  dismissed(fingerprint: string): void;
  /** Automatic runs that began in the last hour, of every window. */
  runsInHour(): number;
  /** What the newest result of a workflow left open, of every process. */
  leftOpen(workflow: string): LeftOpen;
  /** Told every new event of every session, once. `own`: of a session of this process. */
  subscribe(listener: (event: StoredEvent, own: boolean) => void): void;
  close(): void;
}

/** Follows every session from now on, reads the newest of what is stored, and tells what changes on the board. */
export function createBoardFeed(deps: BoardFeedDeps): BoardFeed {
  const { clock, journal, reader } = deps;
  const fold = emptyBoard();
  const stop = new AbortController();
  /** Session → last event that was taken in: an event comes by reading and by following. */
  const taken = new Map<string, number>();
  const live = new Set<string>(journal === null ? [] : [journal.session]);
  const dead = new Set<string>();
  /** Runs without a start in what is kept. */
  const headless = new Set<string>();
  const progress = new Map<string, Progress>();
  const listeners = new Set<(event: StoredEvent, own: boolean) => void>();
  /** Until what is stored has been read. */
  let early: StoredEvent[] | null = [];
  let revision = 0;
  let told: Board | null = null;
  let cancelRecheck: (() => void) | null = null;
  let rechecking: Promise<void> = Promise.resolve();
  const pace = createPace({ clock, everyMs: CHANGE_EVERY_MS, work: tell });
  const findingsPace = createPace({ clock, everyMs: FINDINGS_EVERY_MS, work: tellFindings });
  const isOwn = (event: StoredEvent): boolean => journal?.owns(event.sessionid) ?? false;
  const unsubscribe = journal?.subscribe(onEvent);
  follow();
  const cancelLiveness = everyOther(checkLiveness);

  return {
    ready: read(),
    snapshot() {
      tell();
      told ??= board();
      return { revision, board: told };
    },
    touch: () => pace.touch(),
    said(run, step, words) {
      const before = progress.get(run);
      if (before?.[step] === words) return;
      progress.set(run, { ...before, [step]: words });
      pace.touch();
    },
    found(of, step, finding) {
      const at = new Date(clock.now()).toISOString();
      if (addEarly(fold.early, step, { ...of, at, finding })) findingsPace.touch();
    },
    dismissed(fingerprint) {
      dismissFinding(fold.findings, fingerprint);
      dismissEarly(fold.early, fingerprint);
      pace.touch();
    },
    runsInHour: () => runsInHour(fold, clock.now()),
    leftOpen: (workflow) => leftOpenOf(fold.runs, workflow),
    subscribe: (listener) => void listeners.add(listener),
    close() {
      stop.abort();
      unsubscribe?.();
      pace.close();
      findingsPace.close();
      cancelLiveness();
      cancelRecheck?.();
    },
  };

  async function read(): Promise<void> {
    const sessions = reader.sessions().filter(({ session }) => session !== journal?.session);
    const runs = [...new Set(sessions.flatMap((session) => session.runs))].sort();
    const wanted = new Set(runs.slice(-SHOWN_RUNS));
    const chosen = sessions.filter(
      (session, index) => index >= sessions.length - RECENT_SESSIONS || session.runs.some((run) => wanted.has(run)),
    );
    const breathe = createBreath(clock);
    for (const { session } of chosen) await readSession(session, { wanted, breathe });
    fold.runs.total = Math.max(fold.runs.total, runs.length);
    const waiting = early ?? [];
    early = null;
    for (const event of waiting) take(event);
    forgetOpen(fold.activities, new Date(clock.now() - OPEN_FOR_MS).toISOString());
    checkLiveness();
    recheckSoon();
  }

  async function readSession(
    session: string,
    { wanted, breathe }: { readonly wanted: ReadonlySet<string>; readonly breathe: Breath },
  ): Promise<void> {
    for (const event of reader.events({ session })) {
      const { run } = event.data;
      if (typeof run !== 'string' || wanted.has(run)) take(event);
      const pause = breathe();
      if (pause) await pause;
      if (stop.signal.aborted) return;
    }
  }

  /** Begins at once, before anything is read, so that nothing falls between the two. */
  function follow(): void {
    const others = { fresh: true, ...(journal === null ? {} : { except: journal.session }) };
    const events = reader.follow(others, stop.signal)[Symbol.asyncIterator]();
    const first = events.next();
    void (async () => {
      for (let next = await first; !next.done; next = await events.next()) {
        // This process's come from the journal at once.
        if (!isOwn(next.value)) onEvent(next.value);
      }
    })().catch(deps.onProblem);
  }

  function onEvent(event: StoredEvent): void {
    const { session } = event.data;
    // Who begins a run lives, until its lock says otherwise.
    if (BEGINNINGS.has(event.type) && typeof session === 'string' && !dead.has(session)) live.add(session);
    if (early !== null) early.push(event);
    else take(event);
    for (const listener of listeners) listener(event, isOwn(event));
  }

  function take(event: StoredEvent): void {
    if (event.sequence <= (taken.get(event.sessionid) ?? 0)) return;
    taken.set(event.sessionid, event.sequence);
    const applied = apply(event);
    if (applied === 'other') return;
    if (applied === 'unknown') readRun(event.data['run']);
    if (event.type === 'activity.decided' || event.type.startsWith('git.')) recheckSoon();
    if (isAtRest(event.type) && typeof event.data['run'] === 'string') progress.delete(event.data['run']);
    pace.touch();
    if (STEP_ENDS.has(event.type)) findingsPace.touch();
  }

  function apply(event: StoredEvent): ReturnType<typeof applyEvent> {
    return applyEvent(fold, event, {
      paused: deps.paused(),
      isAutomatic: (workflow) => deps.facts().workflows.some(({ id, automatic }) => id === workflow && automatic),
    });
  }

  /** An older run that somebody goes on with. */
  function readRun(run: unknown): void {
    if (typeof run !== 'string' || headless.has(run)) return;
    let known = false;
    for (const event of reader.events({ run, types: ['workflow.*'] })) known = apply(event) === 'done' || known;
    if (known) fold.runs.total--;
    else headless.add(run);
  }

  /** Locks are asked for only where a run that has not ended is somebody else's. */
  function checkLiveness(): void {
    for (const session of ownersOf(fold.runs)) {
      if (session === journal?.session || dead.has(session)) continue;
      const isLive = deps.isLive(session);
      if (isLive !== live.has(session)) pace.touch();
      if (isLive) live.add(session);
      else {
        dead.add(session);
        if (live.has(session)) void bury(session).catch(deps.onProblem);
      }
    }
  }

  /** The ends of its runs may be stored, and not have come yet: only what it left open was cut off. */
  async function bury(session: string): Promise<void> {
    const wanted = new Set(fold.runs.runs.keys());
    await readSession(session, { wanted, breathe: createBreath(clock) });
    if (stop.signal.aborted) return;
    live.delete(session);
    pace.touch();
    if (ownersOf(fold.runs).has(session)) deps.onDeath();
  }

  function everyOther(work: () => void): () => void {
    let cancel = (): void => undefined;
    const again = (): void => {
      cancel = clock.timer(LIVENESS_EVERY_MS, () => {
        if (early === null) work();
        again();
      });
    };
    again();
    return () => cancel();
  }

  function recheckSoon(): void {
    if (fold.findings.files.size === 0 || stop.signal.aborted) return;
    cancelRecheck ??= clock.timer(RECHECK_AFTER_MS, () => {
      cancelRecheck = null;
      rechecking = rechecking.then(recheck).catch(deps.onProblem);
    });
  }

  /** Findings of files that are not what was checked any more, or that do not differ from HEAD any more, go. */
  async function recheck(): Promise<void> {
    const { workspace } = deps;
    const files = [...fold.findings.files.keys()];
    const contents = await workspace.contentIds(files);
    const scope = (await workspace.git()) === null ? null : await workspace.scope({});
    const changed = scope?.ok ? await differing(scope.value) : null;
    if (applyFacts(fold.findings, { contents, changed })) pace.touch();
  }

  async function differing(scope: Scope): Promise<ReadonlySet<string>> {
    return new Set(scope.kind === 'changed' ? [...scope.files, ...(await deps.workspace.removed(scope))] : []);
  }

  function board(): Board {
    return boardOf(fold, { ...deps.facts(), live, progress });
  }

  function tell(): void {
    if (early !== null || stop.signal.aborted) return;
    const now = board();
    const change = told && changesBetween(told, now);
    told = now;
    if (change !== null) deps.tell({ revision: ++revision, ...change });
  }

  function tellFindings(): void {
    if (early !== null || told === null || stop.signal.aborted) return;
    const now = { ...told, files: filesOf(fold, deps.facts()) };
    const change = changesBetween(told, now);
    told = now;
    if (change !== null) deps.tell({ revision: ++revision, ...change });
  }
}

const BEGINNINGS: ReadonlySet<string> = new Set(['workflow.started', 'workflow.resumed']);
/** These may bring findings, and take some away. */
const STEP_ENDS: ReadonlySet<string> = new Set(['workflow.step.completed', 'workflow.step.failed']);
