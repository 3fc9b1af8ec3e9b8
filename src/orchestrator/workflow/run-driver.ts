import type { AgentMessage, AgentRequest } from '../../contract/agents.ts';
import { ok, type Failure, type Result } from '../../contract/failures.ts';
import type { Env } from '../env.ts';
import type { Journal } from '../journal/journal.ts';
import { diskFull } from '../state-file.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { startCall, type Call, type CallEnd } from './call.ts';
import { boundError, contentsOf, createCollector, type Collector } from './collect.ts';
import type { EventGroup, RunCommand } from './command.ts';
import { decide } from './decide.ts';
import { CANCELLED, keyOf } from './decide-step.ts';
import { undoKeyOf } from './decide-undo.ts';
import { createInbox } from './inbox.ts';
import { maskDeep, type Mask } from './mask.ts';
import { messageEvents, toNewEvent, writtenEvent } from './new-event.ts';
import type { PinnedCall } from './plan.ts';
import type { Invoker, PeopleAtWork } from './ports.ts';
import { isCacheable, needsOf, prepareStep, stepName, type PrepareDeps, type Prepared } from './prepare.ts';
import { asRunEvent } from './run-events.ts';
import { readySteps, readyUndo } from './run-rules.ts';
import { evolve, type RunState, type StepState } from './run-state.ts';
import { openStepLog, stepLogPath, type StepLog } from './step-log.ts';
import { createStepClock, endTimes } from './step-clock.ts';
import { changedFiles, createLook, type WorkspaceLook } from './workspace-look.ts';

export interface DriverDeps extends PrepareDeps {
  readonly env: Env;
  readonly stateDir: string;
  readonly journal: Journal;
  readonly workspace: Workspace;
  readonly invoker: Invoker;
  readonly mask: Mask;
  readonly people: PeopleAtWork;
  /** Most steps at work at once, now. */
  readonly parallel: () => number;
  readonly onMessage: (step: string, message: AgentMessage) => void;
}

/** One run at work in this process. */
export interface Driver {
  /** The run as stored when it has ended, waits or was interrupted. Fails where the disk does; nothing is at work then. */
  readonly done: Promise<Result<RunState>>;
  /** As stored; null before its first event is. */
  state(): RunState | null;
  /** Ends what is at work, then stores that the run was cancelled, superseded or interrupted; of several, the first of these. */
  stop(how: Stop): void;
  /** Looks again at what may begin: `parallel` may allow more. */
  wake(): void;
}

export type Stop =
  | { readonly kind: 'cancel' }
  | { readonly kind: 'supersede'; readonly by: number | null }
  /** `because`: what nobody asked for; `done` then fails with it. */
  | { readonly kind: 'interrupt'; readonly because?: Failure };

const STOP_RANK: Readonly<Record<Stop['kind'], number>> = { interrupt: 1, supersede: 2, cancel: 3 };

type Message =
  | { readonly kind: 'ended'; readonly work: Work; readonly end: CallEnd }
  | { readonly kind: 'due'; readonly step: string }
  | { readonly kind: 'look' };

/** A call of a step or of its undo. */
interface Work {
  readonly step: string;
  readonly undo: boolean;
  readonly call: PinnedCall;
  readonly collector: Collector;
  readonly log: StepLog;
  readonly running: Call;
}

interface Turn {
  readonly groups: EventGroup[];
  readonly starts: { readonly step: string; readonly undo: boolean }[];
  /** For the caches, after the turn is stored. */
  readonly afterwards: (() => void)[];
  readonly written: { readonly step: string; readonly file: string; readonly content: string | null }[];
  look: WorkspaceLook | null;
}

/**
 * Drives a run: turn by turn it takes what happened, decides, begins what may begin, stores all of that with one flush, and only
 * then lets agents start. Between two turns the run's state is exactly what is stored.
 */
export function drive(
  deps: DriverDeps,
  begin: { readonly state: RunState | null; readonly command: RunCommand },
): Driver {
  const { env, journal } = deps;
  const { clock } = env;
  const inbox = createInbox<Message>();
  const works = new Map<string, Work>();
  const prepared = new Map<string, Prepared & { readonly before: ReadonlyMap<string, string> }>();
  const due = new Set<string>();
  const timers = new Map<string, () => void>();
  /** Stopped after their start was stored, before anything of them ran. */
  const neverBegan = new Set<string>();
  const times = createStepClock(clock);
  let stored = begin.state;
  let planned = begin.state;
  let stopping: Stop | null = null;

  const apply = (turn: Turn, command: RunCommand): RunState => {
    const decision = decide(planned, command, new Date(clock.now()).toISOString());
    turn.groups.push(...decision.groups);
    planned = decision.state;
    return decision.state;
  };

  const lookOf = (turn: Turn): WorkspaceLook => (turn.look ??= createLook(deps.workspace, { fresh: true }));

  async function run(): Promise<Result<RunState>> {
    const first: Turn = { ...newTurn(), look: createLook(deps.workspace, { fresh: false }) };
    let state = apply(first, begin.command);
    for (let turn = first; ; turn = newTurn()) {
      if (turn !== first) for (const message of await inbox.take()) await handle(turn, message);
      if (stopping === null) await beginReady(turn);
      else if (works.size === 0)
        apply(turn, stopping.kind === 'interrupt' ? { kind: 'interrupt', neverBegan: [...neverBegan] } : stopping);
      const flushed = await flush(turn);
      if (!flushed.ok) return flushed;
      state = flushed.value;
      for (const after of turn.afterwards) after();
      if (state.phase !== 'running') return cutOffBy() ?? ok(state);
      armTimers(state);
      for (const start of turn.starts) {
        if (stopping === null) startWork(state, start);
        else neverBegan.add(start.step);
      }
    }
  }

  function cutOffBy(): Result<never> | null {
    const failure = stopping?.kind === 'interrupt' ? stopping.because : undefined;
    return failure === undefined ? null : { ok: false, failure };
  }

  async function handle(turn: Turn, message: Message): Promise<void> {
    if (message.kind === 'due') due.add(message.step);
    if (message.kind === 'ended') await ended(turn, message.work, message.end);
  }

  /**
   * A call that was aborted and did not finish is left as it is when the run is to go on later; when it is cancelled, what the
   * step had found so far is kept.
   */
  async function ended(turn: Turn, work: Work, end: CallEnd): Promise<void> {
    works.delete(work.step);
    const { problem, diskFull: logFull } = work.log.close();
    if (problem !== null) deps.onMessage(work.step, { kind: 'log', text: problem, stream: 'note' });
    const told = maskDeep(end.outcome, deps.mask);
    // Of a step that failed while its output found no room nobody knows whether it would have.
    const isFull = !told.ok && (told.diskFull === true || logFull);
    if (isFull) stop({ kind: 'interrupt', because: diskFull(deps.stateDir) });
    const stopped = !told.ok && (end.aborted || isFull);
    if (stopped && told.error.code === 'spawn') neverBegan.add(work.step);
    if (stopped && (work.undo || stopping?.kind !== 'cancel')) return;
    const outcome = stopped ? { ok: false as const, error: CANCELLED } : told;
    const chance = { now: clock.now(), jitter: env.random.float() };
    const { step } = work;
    if (work.undo) {
      const durationMs = Math.round(end.durationMs);
      if (outcome.ok) apply(turn, { kind: 'undo-succeeded', step, durationMs });
      else apply(turn, { kind: 'undo-failed', step, error: boundError(outcome.error), durationMs, chance });
      return;
    }
    const checked = await checkAfter(turn, step);
    const kept = work.collector.finish(outcome, [...checked.written.keys()]);
    const result = { ...kept, contents: contentsOf(kept.findings, prepared.get(step)?.before) };
    const timeMs = endTimes(end, outcome.ok ? (outcome.timeMs ?? {}) : {}, checked.diskMs);
    const last = prepared.get(step);
    if (outcome.ok) {
      const state = apply(turn, { kind: 'succeed', step, stale: checked.stale, result, timeMs });
      if (last) turn.afterwards.push(() => remember(state, step, last));
    } else {
      const changedSince =
        last && !stopped
          ? deps.cache.changedSince({ workflow: known(planned).start.workflow, step }, last.manifest)
          : null;
      apply(turn, { kind: 'fail', step, error: boundError(outcome.error), result, timeMs, changedSince, chance });
    }
    for (const file of result.written) turn.written.push({ step, file, content: checked.written.get(file) ?? null });
  }

  /** Whether the inputs are still what they were, and which files changed meanwhile that no person saved → their contents. */
  async function checkAfter(
    turn: Turn,
    id: string,
  ): Promise<{ stale: boolean; written: ReadonlyMap<string, string>; diskMs: number }> {
    const began = clock.monotonic();
    const before = prepared.get(id);
    const step = known(planned).steps.get(id);
    if (!before || !step) return { stale: false, written: new Map(), diskMs: 0 };
    const look = lookOf(turn);
    const { hash } = await look.inputFiles(step.plan.inputs.files, before.scope);
    const changed = changedFiles(before.before, await look.all());
    const written = new Map(changed.filter(([file, content]) => !deps.people.wrote(file, content)));
    return { stale: hash !== before.manifest.filesHash, written, diskMs: clock.monotonic() - began };
  }

  function remember(state: RunState, id: string, last: Prepared): void {
    const step = state.steps.get(id);
    if (!step?.result || (step.phase !== 'completed' && step.phase !== 'cached')) return;
    const { run, number } = state.start;
    const at = step.endedAt ?? state.startedAt;
    const own = step.phase === 'completed';
    if (own && !step.stale && isCacheable(step))
      deps.cache.keep(last.manifest.hash, { run, number, result: step.result });
    const from = { run: step.cached ?? run, number: step.cachedNumber ?? number };
    deps.cache.completed({ of: stepName(state, step), manifest: last.manifest, ...from, at, stale: step.stale });
  }

  async function beginReady(turn: Turn): Promise<void> {
    for (;;) {
      const state = known(planned);
      times.ready(readySteps(state, { parallel: Infinity, due }).map(({ plan }) => plan.id));
      const undo = readyUndo(state, due);
      if (undo) {
        apply(turn, { kind: 'begin-undo', step: undo.plan.id });
        begun(turn, { step: undo.plan.id, undo: true });
      }
      const steps = readySteps(state, { parallel: deps.parallel(), due });
      if (steps.length === 0) return;
      for (const step of steps) await beginStep(turn, step);
    }
  }

  async function beginStep(turn: Turn, step: StepState): Promise<void> {
    const { id } = step.plan;
    const queued = times.begin(id);
    const look = lookOf(turn);
    const preparing = await prepareStep(deps, { state: known(planned), step, look });
    const { manifest, hit, missedBecause, diskMs } = preparing;
    const timeMs = { ...queued, disk: Math.round(diskMs) };
    if (hit) {
      const { run: cached, number: cachedNumber, takenOver, result } = hit;
      const take = { step: id, cached, cachedNumber, takenOver, inputHash: manifest.hash, result, timeMs };
      const state = apply(turn, { kind: 'take', ...take });
      turn.afterwards.push(() => remember(state, id, preparing));
      return;
    }
    prepared.set(id, { ...preparing, before: await look.all() });
    apply(turn, { kind: 'begin', step: id, inputHash: manifest.hash, missedBecause, timeMs });
    begun(turn, { step: id, undo: false });
  }

  function begun(turn: Turn, start: Turn['starts'][number]): void {
    due.delete(start.step);
    timers.delete(start.step);
    turn.starts.push(start);
  }

  /** Everything of the turn is handed over before anything is awaited: one write, one fdatasync. */
  async function flush(turn: Turn): Promise<Result<RunState>> {
    const run = known(planned).start.run;
    const files = turn.written.map(({ step, ...written }) => [writtenEvent({ run, step }, written)]);
    const groups = [...files, ...turn.groups.map((group) => group.map((event) => toNewEvent(run, event)))];
    const results = await Promise.all(groups.map((group) => journal.append(group)));
    for (const result of results) {
      if (!result.ok) return result;
      for (const event of result.value) {
        const own = asRunEvent(event);
        if (own) stored = evolve(stored, own);
      }
    }
    planned = stored;
    return ok(known(stored));
  }

  function startWork(state: RunState, start: Turn['starts'][number]): void {
    const step = state.steps.get(start.step);
    const call = start.undo ? step?.plan.compensate : step?.plan;
    if (!step || !call) throw new Error(`nothing to start for ${start.step}`);
    const { run } = state.start;
    const collector = createCollector();
    const log = openStepLog({ files: env.files, file: stepLogPath(deps.stateDir, run, start.step) });
    const of = { run, step: start.step, call };
    const onMessage = (given: AgentMessage): void => {
      const message = maskDeep(given, deps.mask);
      if (message.kind === 'log' || message.kind === 'progress')
        log.line(message.kind === 'log' ? message.text : message.message);
      deps.onMessage(start.step, message);
      // Not awaited: after a failure every later append fails alike, and the turn that stores the step's end meets it.
      if (collector.add(message))
        for (const event of [messageEvents(of, message)]) if (event.length > 0) void journal.append(event);
    };
    const running = startCall(
      { invoker: deps.invoker, clock, timeoutMs: call.timeoutMs, onMessage },
      requestOf(state, step, { call, undo: start.undo }),
    );
    const work: Work = { ...start, call, collector, log, running };
    works.set(start.step, work);
    void running.ended.then((end) => inbox.put({ kind: 'ended', work, end }));
  }

  function requestOf(
    state: RunState,
    step: StepState,
    of: { readonly call: PinnedCall; readonly undo: boolean },
  ): AgentRequest {
    const { run } = state.start;
    const { id } = step.plan;
    const given = prepared.get(id);
    return {
      run,
      step: id,
      attempt: of.undo ? step.undo.attempts : step.attempts,
      idempotencyKey: of.undo ? undoKeyOf(run, id) : keyOf(run, id),
      workspace: deps.workspace.root,
      stateDir: deps.stateDir,
      agent: of.call.agent,
      operation: of.call.operation,
      scope: given?.scope ?? deps.scopes.run,
      timeoutMs: of.call.timeoutMs,
      with: of.call.with,
      needs: given?.needs ?? needsOf(state, step),
      ...(of.undo ? { compensate: { step: id, result: step.result?.data ?? null } } : {}),
    };
  }

  /** The wait between two tries survives a restart, and never gets longer by a clock that jumps. */
  function armTimers(state: RunState): void {
    for (const { plan, phase, nextTryAt, undo } of state.steps.values()) {
      const at = phase === 'retrying' ? nextTryAt : undo.phase === 'retrying' ? undo.nextTryAt : null;
      if (at === null || timers.has(plan.id)) continue;
      const ms = Math.min(MAX_WAIT_MS, Math.max(0, Date.parse(at) - clock.now()));
      times.waiting(plan.id);
      timers.set(
        plan.id,
        clock.timer(
          ms,
          () => {
            times.waited(plan.id);
            inbox.put({ kind: 'due', step: plan.id });
          },
          { keepAlive: true },
        ),
      );
    }
  }

  /** Whatever ended the drive, nothing of it goes on. */
  async function cleanUp(): Promise<void> {
    for (const cancel of timers.values()) cancel();
    const left = [...works.values()];
    for (const work of left) work.running.abort();
    await Promise.all(left.map(({ running }) => running.ended));
    for (const work of left) work.log.close();
  }

  function stop(how: Stop): void {
    if (stopping === null || STOP_RANK[how.kind] > STOP_RANK[stopping.kind]) stopping = how;
    for (const work of works.values()) work.running.abort();
    inbox.put({ kind: 'look' });
  }

  return {
    done: run().finally(cleanUp),
    stop,
    state: () => stored,
    wake: () => inbox.put({ kind: 'look' }),
  };
}

/** The longest wait between two tries (CONTRACT), milliseconds. */
const MAX_WAIT_MS = 60_000;

function newTurn(): Turn {
  return { groups: [], starts: [], afterwards: [], written: [], look: null };
}

function known(state: RunState | null): RunState {
  if (!state) throw new Error('a run is driven before it began');
  return state;
}
