import type { ActivityFile, Lineage } from '../../contract/activities.ts';
import type { StoredEvent } from '../../contract/events.ts';
import { ok, type Failure, type Result } from '../../contract/failures.ts';
import type { WorkerSettings } from '../../contract/worker.ts';
import type { Env } from '../env.ts';
import type { Journal, JournalReader } from '../journal/journal.ts';
import type { HeadMove } from '../workspace/head-log.ts';
import type { WorkTree } from '../workspace/work-tree.ts';
import type { ActivityEngine, SettledBurst, Triggers } from './api.ts';
import { createBursts } from './bursts.ts';
import { lookAt } from './disk-look.ts';
import { createLocate } from './editor-writes.ts';
import { nothingLeft, settledEvent } from './engine-decisions.ts';
import { takeMoves } from './git-intake.ts';
import { createForesight } from './foresight.ts';
import { createGitMoves, type GitMoves } from './git-moves.ts';
import { createHints } from './hints.ts';
import { createIngest } from './ingest.ts';
import { createKnownContents } from './known-contents.ts';
import { netChange, viewOf, type OpenActivity } from './open-activity.ts';
import { missedWrites } from './missed-writes.ts';
import type { Pauses } from './pauses.ts';
import type { PeopleWrites } from './people-writes.ts';
import { recover } from './recover.ts';
import { createRunWrites } from './run-writes.ts';

export interface ActivityEngineDeps {
  readonly env: Pick<Env, 'files' | 'clock' | 'random'>;
  readonly stateDir: string;
  readonly journal: Journal;
  readonly reader: JournalReader;
  readonly tree: WorkTree;
  readonly triggers: Triggers;
  readonly pauses: Pauses;
  /** Shared with the runner, which asks what people wrote. */
  readonly people: PeopleWrites;
  readonly settings: WorkerSettings;
  /** A failure of work that nobody waits for. */
  readonly onFailure: (failure: Failure) => void;
}

/** While git is at work it is looked again so often; nothing else tells of its end everywhere. */
const GIT_AGAIN_MS = 100;
/** A step's end is stored before its run is known to be past it. */
const STEP_END_MS = 50;
/** A window takes over within so long of the last leader's end (CONTRACT: 2 s), and the watcher has its delay. */
const TAKEOVER_MS = 5000;

/** All work is done in one line, so that each part starts from what the one before left known. */
export function createActivityEngine(deps: ActivityEngineDeps): ActivityEngine {
  const { env, journal, tree, triggers } = deps;
  const { clock } = env;
  const began = clock.monotonic();
  const closing = new AbortController();
  const known = createKnownContents({ tree });
  const runs = createRunWrites({ live: () => triggers.live() });
  /** Session → the last of its saves that this leader took in. */
  const upTo = new Map<string, number>();
  /** Session → the last event that was read of it when this leader began. */
  let read: ReadonlyMap<string, number> = new Map();
  const background = new Set<Promise<unknown>>();
  let settings = deps.settings;
  let leading = false;
  let line: Promise<unknown> = Promise.resolve();
  let git: GitMoves | null = null;
  /** Moves of HEAD that were told and could not be looked at. */
  let unread: readonly HeadMove[] = [];
  let gitAgain: (() => void) | null = null;
  let stepEnd: (() => void) | null = null;
  let stopNoting = (): void => undefined;

  const bursts = createBursts({ clock, settings: () => settings, catchUp: () => inLine(look).then(report), settled });
  const foresight = createForesight({ clock, look: foresee });
  const hints = createHints({ clock, due: () => inBackground(inLine(look)) });
  const hinted = createLocate({ root: tree.root, stateDir: deps.stateDir, real: false });
  const ingest = createIngest({
    ...{ env, journal, tree, known, bursts, runs, people: deps.people },
    locate: createLocate({ root: tree.root, stateDir: deps.stateDir, real: true }),
    leads: () => leading,
    onSaved: (save) => inBackground(triggers.saved({ ...save, origin: 'human' })),
  });

  function inLine<T>(work: () => Promise<T>): Promise<T> {
    const done = line.then(work);
    line = done.catch(() => undefined);
    return done;
  }

  function inBackground(work: Promise<Result<unknown>>): void {
    keep(work.then(report));
  }

  /** `close` waits for it. */
  function keep(work: Promise<void>): void {
    const done = work.finally(() => background.delete(done));
    background.add(done);
  }

  function report(result: Result<unknown>): void {
    if (!result.ok) deps.onFailure(result.failure);
  }

  /** Takes in what git did and what hints come to. Costs two calls of the system where there is nothing. */
  async function look(): Promise<Result<null>> {
    if (git === null || closing.signal.aborted) return ok(null);
    if (gitAgain !== null) return ok(null);
    if (git.isBusy(settings.maxWaitMs)) {
      bursts.gitBusy(true);
      waitForGit(false);
      return ok(null);
    }
    const from = clock.monotonic();
    const moves = [...unread, ...(await git.take(known.head()))];
    const taken = hints.take();
    if (moves.length === 0 && taken === null) return ok(null);
    unread = moves;
    const onCommit = (commit: Parameters<Triggers['committed']>[0]): void => inBackground(triggers.committed(commit));
    const moved = moves.length > 0 ? await takeMoves({ env, journal, tree, known, bursts, onCommit }, moves) : ok([]);
    if (moved.ok) unread = [];
    const changes = moved.ok
      ? await lookAt({ tree, known }, moves.length > 0 ? { found: moved.value } : { hinted: taken })
      : moved;
    hints.looked(clock.monotonic() - from);
    if (!changes.ok) {
      hints.failed();
      return changes;
    }
    const stored = await ingest.seen(changes.value, taken?.at ?? clock.now());
    if (stored.ok && changes.value.length > 0) grew();
    return stored;
  }

  /** HEAD moves a moment after the index is unlocked: one more pause, then it has. */
  function waitForGit(unlocked: boolean): void {
    gitAgain = clock.timer(GIT_AGAIN_MS, () => {
      const busy = git?.isBusy(settings.maxWaitMs) === true;
      if (busy || !unlocked) return waitForGit(!busy);
      gitAgain = null;
      bursts.gitBusy(false);
      inBackground(inLine(look));
    });
  }

  function settled(activities: readonly OpenActivity[]): void {
    foresight.over();
    inBackground(storeSettled(activities, new Map(upTo)));
  }

  async function storeSettled(
    activities: readonly OpenActivity[],
    held: ReadonlyMap<string, number>,
  ): Promise<Result<unknown>> {
    const at = new Date(clock.now()).toISOString();
    // Of thousands of files it takes some milliseconds: once each.
    const changes = new Map(activities.map((activity) => [activity, netChange([activity])]));
    const views = activities.map((activity) => viewOf(activity, at, changes.get(activity)));
    const groups = views.map((view) => {
      // Saves of other windows are a person's: until that activity is stored, nothing says that they are taken in.
      const end = settledEvent(view, view.origin === 'human' ? held : new Map());
      return view.writes > 0 ? [end] : [end, nothingLeft(view, at)];
    });
    for (const result of await Promise.all(groups.map((group) => journal.append(group)))) if (!result.ok) return result;
    const left = activities.filter(({ writes }) => writes > 0);
    return left.length === 0 ? ok(null) : triggers.settled(burstOf(left, at, changes));
  }

  function burstOf(
    activities: readonly OpenActivity[],
    at: string,
    changes: ReadonlyMap<OpenActivity, readonly ActivityFile[]>,
  ): SettledBurst {
    const [only] = activities.length === 1 ? activities : [];
    return {
      activities: activities.map((activity) => viewOf(activity, at, changes.get(activity))),
      files: (only && changes.get(only)) ?? netChange(activities),
      everything: activities.some(({ beyond }) => beyond > 0),
      lineage: lineageOf(activities),
    };
  }

  /** Called when writes are stored. */
  function grew(): void {
    if (leading && !closing.signal.aborted && bursts.open().some(({ writes }) => writes > 0)) foresight.grew();
  }

  function foresee(): Promise<boolean> {
    const open = bursts.open().filter(({ writes }) => writes > 0);
    if (open.length === 0 || closing.signal.aborted) return Promise.resolve(false);
    const changes = new Map(open.map((activity) => [activity, netChange([activity])]));
    const found = triggers.foresee(burstOf(open, new Date(clock.now()).toISOString(), changes));
    keep(found.then(() => undefined));
    return found;
  }

  /** Null as soon as one write cannot be a run's. */
  function lineageOf(activities: readonly OpenActivity[]): Lineage | null {
    if (activities.some((activity) => activity.runs.size === 0)) return null;
    const sure = activities.every(({ origin }) => origin.startsWith('run:'));
    return runs.lineageOf(new Set(activities.flatMap((activity) => [...activity.runs])), sure);
  }

  /** Events of this window's own session. */
  function noteOwn(event: StoredEvent): void {
    runs.note(event);
    if (event.type.startsWith('workflow.')) {
      stepEnd ??= clock.timer(STEP_END_MS, () => {
        stepEnd = null;
        inBackground(inLine(() => ingest.release()));
      });
    } else noteRunWrite(event);
  }

  function noteRunWrite(event: StoredEvent): void {
    if (!event.type.startsWith('file.') || !event.origin.startsWith('run:') || event.data['step'] === undefined) return;
    const path = event.data['path'];
    if (runs.proves(event)) inBackground(inLine(async () => ok(await ingest.runWrote(event))));
    else if (typeof path === 'string') hints.add([path], false);
  }

  async function follow(
    events: AsyncIterator<StoredEvent>,
    first: Promise<IteratorResult<StoredEvent>>,
  ): Promise<void> {
    for (let next = await first; next.done !== true; next = await events.next()) {
      const event = next.value;
      if (event.sequence <= (read.get(event.sessionid) ?? 0)) continue;
      runs.note(event);
      noteRunWrite(event);
      await inLine(async () => {
        if (!(await ingest.otherWindow(event))) return;
        upTo.set(event.sessionid, event.sequence);
        grew();
      });
    }
  }

  async function lead(): Promise<Result<null>> {
    // Followed before the past is read: between the two nothing is missed.
    const events = deps.reader
      .follow({ types: ['file.*', 'workflow.*'], fresh: true, except: journal.session }, closing.signal)
      [Symbol.asyncIterator]();
    const first = events.next();
    stopNoting = journal.subscribe(noteOwn);
    const past = await recover({ reader: deps.reader, clock, note: (event) => runs.note(event) });
    read = past.read;
    for (const [session, sequence] of past.upTo) upTo.set(session, sequence);
    const baseline = await known.refresh();
    git = createGitMoves({ env, tree, hint: () => inBackground(inLine(look)) });
    const since = clock.now() - Math.min(TAKEOVER_MS, clock.monotonic() - began);
    leading = true;
    bursts.restore(past.open);
    keep(follow(events, first));
    if (!baseline.ok) return baseline;
    const missed = await missedWrites({ tree, known }, { past, since });
    ingest.begin(missed.untold);
    const stored = await ingest.seen(missed.seen, clock.now());
    const looked = stored.ok ? await look() : stored;
    hints.add(missed.fresh, false);
    return looked;
  }

  return {
    wrote(writes) {
      const at = new Date(clock.now()).toISOString();
      return inLine(async () => {
        const stored = await ingest.editor(writes, at);
        if (stored.ok) grew();
        return stored;
      });
    },
    touched({ paths, lost }) {
      if (!leading || closing.signal.aborted) return;
      const own = paths.flatMap((path) => hinted(path) ?? []);
      if (own.length > 0 || lost > 0) hints.add(own, lost > 0);
    },
    lead: () => inLine(lead),
    configure(next) {
      settings = next;
      bursts.configure();
    },
    pause: (workflow, paused) => deps.pauses.set(workflow, paused),
    async close() {
      closing.abort();
      stopNoting();
      hints.close();
      foresight.over();
      bursts.close();
      git?.close();
      gitAgain?.();
      stepEnd?.();
      await line;
      while (background.size > 0) await Promise.all(background);
    },
  };
}
