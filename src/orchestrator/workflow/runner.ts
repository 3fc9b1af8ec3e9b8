import path from 'node:path';
import type { AgentMessage } from '../../contract/agents.ts';
import { fail, ok, type Failure, type Result } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { RunTrigger, RunView } from '../../contract/runs.ts';
import type { Env } from '../env.ts';
import type { Claim, Claims } from '../journal/claims.ts';
import type { Journal, JournalReader } from '../journal/journal.ts';
import type { ScopeRequest, Workspace } from '../workspace/workspace.ts';
import type { ResumeRequest, RetryRequest, RunHandle, Runner, RunOptions, StartRequest } from './api.ts';
import type { RunCommand } from './command.ts';
import { maskDeep, type Mask } from './mask.ts';
import { createOpenRuns } from './open-runs.ts';
import { PARALLEL } from './parallel.ts';
import { callsOf, createPlan, overlayProblem, type Plan } from './plan.ts';
import type { AgentDirectory, Invoker, PeopleAtWork, ToolFacts, WorkflowLibrary } from './ports.ts';
import type { PrepareDeps } from './prepare.ts';
import type { ResultCache } from './result-cache.ts';
import { drive, type Driver } from './run-driver.ts';
import type { RunHost, RunStart } from './run-events.ts';
import { BY_HAND, isAutomatic, isFailing, questionOf } from './run-rules.ts';
import {
  createStart,
  currentAgents,
  openCalls,
  pinnedScopes,
  planRetry,
  resolveScopes,
  type Retry,
} from './run-start.ts';
import type { RunState } from './run-state.ts';
import { tidyUp } from './tidy-up.ts';
import { toNewEvent } from './new-event.ts';
import { endedHandle, foldedStart, viewOf } from './run-handle.ts';
import { cannotStore, cutOff, endedAlready, runLive, unknownRun, whyNotRetryable } from './refusals.ts';
import { createStoredRuns } from './stored-runs.ts';

export interface RunnerDeps {
  readonly env: Env;
  readonly stateDir: string;
  readonly journal: Journal;
  readonly reader: JournalReader;
  readonly claims: Claims;
  readonly workspace: Workspace;
  readonly library: WorkflowLibrary;
  readonly agents: AgentDirectory;
  readonly invoker: Invoker;
  readonly tools: ToolFacts;
  readonly cache: ResultCache;
  readonly mask: Mask;
  /** Default: nobody else is known. */
  readonly people?: PeopleAtWork;
  /** Most steps of a run at work at once; default: the number of cores, at least 2. */
  readonly parallel?: number;
  /** Whose process this is; default: a terminal's. */
  readonly host?: RunHost;
  /** Told what the agents of every run of this process say, beside who started it. */
  readonly onMessage?: (
    run: { readonly run: string; readonly number: number },
    step: string,
    message: AgentMessage,
  ) => void;
  /** Told when a run was cut off because the disk takes nothing more. */
  readonly onStoreFailure?: (failure: Failure) => void;
}

/** How often a live run looks whether another process asked to stop it; CONTRACT allows 500 ms in all. */
const STOP_POLL_MS = 150;
/** How long `cancelRun` waits for another process to end the run: a process tree is given 2 s to end. */
const STOP_WAIT_MS = 15_000;

const TAKES_NOTHING_OVER: Pick<PrepareDeps, 'takeOver' | 'mustRun'> = { takeOver: new Map(), mustRun: new Set() };

export function createRunner(deps: RunnerDeps): Runner {
  const { env, journal, claims, host = 'terminal' } = deps;
  const people = deps.people ?? { wrote: () => false };
  const maxParallel = deps.parallel ?? PARALLEL;
  const drivers = new Map<string, Driven>();
  /** Runs of which it is not stored how they ended. */
  const unsettled = new Set<string>();
  const openRuns = createOpenRuns({ files: env.files, stateDir: deps.stateDir, session: journal.session });
  const stored = createStoredRuns({
    ...{ journal, claims, openRuns },
    reader: deps.reader,
    locks: env.locks,
    lockPath: path.join(deps.stateDir, 'deaths.lock'),
  });
  const listeners = new Set<(view: RunView) => void>();
  let typing = false;
  let tidied = false;
  let cancelPoll = (): void => {};

  return {
    ...{ startRun, resumeRun, retryRun, cancelRun, supersedeRun, goOn, close },
    recordInterruptions: () => stored.recordDeaths(),
    live: () => [...drivers.values()].map(({ view }) => view()),
    onEnd(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    setTyping(active) {
      typing = active;
      if (!active) for (const { driver } of drivers.values()) driver.wake();
    },
  };

  async function startRun(request: StartRequest): Promise<Result<RunHandle>> {
    const definition = request.definition ? ok(request.definition) : await deps.library.find(request.workflow);
    if (!definition.ok) return definition;
    const known = await deps.agents.known();
    const plan = createPlan(definition.value, known);
    const overlay = request.with ?? {};
    const wrong = overlayProblem(plan, known, overlay);
    if (wrong !== null) return fail('usage', wrong);
    return launch({
      plan,
      overlay,
      scopeRequest: request.scope ?? {},
      request,
      retry: null,
      retryOf: null,
      trigger: request.trigger ?? BY_HAND,
    });
  }

  async function retryRun(ref: string, request: RetryRequest): Promise<Result<RunHandle>> {
    const found = find(ref);
    if (!found.ok) return found;
    const { state, live } = found.value;
    const { status, start } = state;
    if (status !== 'failed' && status !== 'compensated' && status !== 'cancelled')
      return fail('not-retryable', `Run ${start.number} ${whyNotRetryable(state, live)}`);
    const edited = request.edited ? await deps.library.find(start.workflow) : null;
    if (edited && !edited.ok) return edited;
    const plan = edited ? createPlan(edited.value, await deps.agents.known()) : start.plan;
    const retry = planRetry(state, { plan, from: request.from, undone: stored.undoneSince(state) });
    if (!retry.ok) return retry;
    const { overlay, scopeRequest } = start;
    return launch({ plan, overlay, scopeRequest, request, retry: retry.value, retryOf: start.run, trigger: BY_HAND });
  }

  async function launch(parts: {
    readonly plan: Plan;
    readonly overlay: JsonObject;
    readonly scopeRequest: ScopeRequest;
    readonly request: RunOptions & Pick<StartRequest, 'noCache' | 'supersedes' | 'look'>;
    readonly retry: Retry | null;
    readonly retryOf: string | null;
    readonly trigger: RunTrigger;
  }): Promise<Result<RunHandle>> {
    const { plan, overlay, scopeRequest, request, retry, retryOf, trigger } = parts;
    const agentHashes = await currentAgents(deps.agents, callsOf(plan, overlay), { trust: request.trust ?? false });
    if (!agentHashes.ok) return agentHashes;
    const scopes = await resolveScopes(deps.workspace, {
      ...{ request: scopeRequest, plan },
      look: request.look ?? { reuse: false },
    });
    if (!scopes.ok) return scopes;
    const recorded = await stored.recordDeaths();
    if (!recorded.ok) return recorded;
    const run = env.random.uuid();
    const claimed = claims.claimNew(run, { of: retryOf, isAtWork });
    if (!claimed.ok) return claimed;
    const noCache = request.noCache ?? false;
    const start = maskDeep(
      createStart({
        ...{ run, plan, overlay, scopeRequest, noCache, retryOf, trigger, host },
        number: claimed.value.number,
        session: journal.session,
        scopes: scopes.value,
        from: retry?.from ?? null,
      }),
      deps.mask,
    );
    const prepare = {
      agentHashes: agentHashes.value,
      scopes: scopes.value,
      takeOver: retry && !noCache ? retry.takeOver : TAKES_NOTHING_OVER.takeOver,
      mustRun: retry?.mustRun ?? TAKES_NOTHING_OVER.mustRun,
    };
    const replaced = (request.supersedes ?? []).map((old) => supersedeRun(old, { by: start.number }));
    // That an automatic run started is stored before its first step is looked at, which may take longer than people would wait.
    const after = isAutomatic({ start }) ? [...replaced, Promise.resolve()] : replaced;
    return begin({ start, state: null, command: { kind: 'start', start }, prepare, request, after });
  }

  async function resumeRun(ref: string, request: ResumeRequest): Promise<Result<RunHandle>> {
    const found = find(ref);
    if (!found.ok) return found;
    const { state: seen, live } = found.value;
    const { start } = seen;
    if (seen.phase === 'ended') return ok(endedHandle(seen));
    if (live) return runLive(start.number);
    const agentHashes = await currentAgents(deps.agents, openCalls(seen), { trust: request.trust ?? false });
    if (!agentHashes.ok) return agentHashes;
    const scopes = await pinnedScopes(deps.workspace, start);
    if (!scopes.ok) return scopes;
    const taken = await stored.takeOver(start, { of: start.retryOf, isAtWork });
    if (!taken.ok) return taken;
    const state = taken.value;
    if (state.phase === 'ended') return ok(endedHandle(state));
    const question = questionOf(state);
    if (question && request.answer === undefined) return askFirst(state, question);
    const command = { kind: 'resume', session: journal.session, host, answer: request.answer ?? null } as const;
    const prepare = { agentHashes: agentHashes.value, scopes: scopes.value, ...TAKES_NOTHING_OVER };
    return begin({ start, state, command, prepare, request });
  }

  async function goOn(): Promise<Result<readonly RunHandle[]>> {
    const recorded = await stored.recordDeaths();
    if (!recorded.ok) return recorded;
    const handles: RunHandle[] = [];
    for (const run of openRuns.left()) {
      const found = find(run);
      // Another window may be about to store how it ended: its end shows as running then.
      const phase = found.ok && !found.value.live ? found.value.state.phase : null;
      if (phase === 'interrupted' || phase === 'running') {
        const resumed = await resumeRun(run, {});
        if (resumed.ok) handles.push(resumed.value);
        else if (cannotStore(resumed.failure)) return resumed;
        // Then another window has it.
        else if (resumed.failure.code === 'run-live') continue;
      }
      openRuns.taken(run);
    }
    return ok(handles);
  }

  /** Stores that the run waits for a person, once. */
  async function askFirst(state: RunState, question: NonNullable<RunState['question']>): Promise<Result<never>> {
    const { run } = state.start;
    if (state.phase !== 'waiting') {
      const waiting = await journal.append([toNewEvent(run, { type: 'workflow.waiting', data: { run, ...question } })]);
      if (!waiting.ok) return waiting;
    }
    const released = claims.release(run);
    if (!released.ok) return released;
    const how = 'Say which with --again, --done or --fail.';
    return fail('needs-decision', `${question.question} ${how}`, { run, ...question });
  }

  async function cancelRun(ref: string): Promise<Result<RunView>> {
    const claim = claims.find(ref);
    const own = claim && drivers.get(claim.run);
    if (own) {
      own.driver.stop({ kind: 'cancel' });
      return own.done;
    }
    const state = claim && stored.stateOf(claim.run);
    if (state?.phase === 'ended') return endedAlready(state);
    if (claim?.live && claim.session !== journal.session) return cancelElsewhere(claim);
    return state ? cancelDead(state.start) : unknownRun(ref);
  }

  async function supersedeRun(ref: string, { by }: { readonly by: number | null }): Promise<Result<RunView>> {
    const claim = claims.find(ref);
    const own = claim && drivers.get(claim.run);
    if (!own) return fail('not-cancellable', `Run ${claim?.number ?? ref} is not at work in this window.`);
    const state = own.view();
    if (!isAutomatic(state))
      return fail('not-cancellable', `Run ${state.start.number} was started by hand: it goes on.`);
    if (!isFailing(state)) own.driver.stop({ kind: 'supersede', by });
    return own.done;
  }

  async function cancelElsewhere({ run, number }: Claim): Promise<Result<RunView>> {
    openRuns.requestStop(run);
    for (const deadline = env.clock.monotonic() + STOP_WAIT_MS; env.clock.monotonic() < deadline;) {
      await new Promise<void>((resolve) => env.clock.timer(STOP_POLL_MS, resolve, { keepAlive: true }));
      const state = stored.stateOf(run);
      if (state?.phase === 'ended') return ok(viewOf(state));
      // It ended otherwise, or was killed, before it heard.
      if (state && !claims.find(run)?.live) return cancelDead(state.start);
    }
    openRuns.takeStopRequest(run);
    return fail(
      'not-cancellable',
      `The process that has run ${number} did not answer. Try again, or end that process.`,
    );
  }

  /** Nothing of it is at work: only the record is missing. */
  async function cancelDead(start: RunStart): Promise<Result<RunView>> {
    const taken = await stored.takeOver(start);
    if (!taken.ok) return taken;
    const state = taken.value;
    if (state.phase === 'ended') return endedAlready(state);
    const scopes = { run: { kind: start.scope.kind, base: start.scope.base, files: [] } };
    const prepare = { agentHashes: new Map(), scopes, ...TAKES_NOTHING_OVER };
    const handle = begin({ start, state, command: { kind: 'cancel' }, prepare, request: {} });
    return handle.ok ? handle.value.done : handle;
  }

  async function close(): Promise<void> {
    const left = [...drivers.values()];
    for (const { driver } of left) driver.stop({ kind: 'interrupt' });
    for (const ended of await Promise.all(left.map(({ done }) => done)))
      if (host === 'editor' && ended.ok && ended.value.status === 'interrupted') openRuns.leave(ended.value.run);
    // What could not be stored is left for the next writer to find.
    if (unsettled.size === 0) openRuns.closed(journal.session);
  }

  /** `run-live` where this process has it already. */
  function begin(parts: {
    readonly start: RunStart;
    readonly state: RunState | null;
    readonly command: RunCommand;
    readonly prepare: Pick<PrepareDeps, 'agentHashes' | 'scopes' | 'takeOver' | 'mustRun'>;
    readonly request: RunOptions;
    /** No step begins before these have ended. */
    readonly after?: readonly Promise<unknown>[];
  }): Result<RunHandle> {
    const { start, state, command, prepare, request, after = [] } = parts;
    const { run, number } = start;
    if (drivers.has(run)) return runLive(number);
    openRuns.opened();
    unsettled.add(run);
    const { tools, cache, workspace, invoker, mask, stateDir } = deps;
    let held = after.length > 0;
    const parallel = (): number => (held ? 0 : typing && isAutomatic({ start }) ? 1 : maxParallel);
    const onMessage = (step: string, message: AgentMessage): void => {
      request.onMessage?.(step, message);
      deps.onMessage?.({ run, number }, step, message);
    };
    const driver = drive(
      { env, journal, tools, cache, workspace, invoker, mask, stateDir, parallel, onMessage, people, ...prepare },
      { state, command },
    );
    void Promise.all(after).then(() => {
      held = false;
      driver.wake();
    });
    const view = (): RunState => driver.state() ?? foldedStart(start, env.clock.now());
    const stop = (): void => driver.stop({ kind: 'interrupt' });
    if (request.signal?.aborted) stop();
    request.signal?.addEventListener('abort', stop, { once: true });
    const done = driver.done
      // Who replaces this one in turn waits for all that it had to wait for.
      .finally(() => Promise.all(after))
      .finally(() => {
        request.signal?.removeEventListener('abort', stop);
        drivers.delete(run);
        if (drivers.size === 0) cancelPoll();
      })
      .then((ended): Result<RunView> => {
        if (!ended.ok) return notStored(start, driver.state(), ended.failure);
        unsettled.delete(run);
        // Interrupted or waiting, it is anybody's to go on with.
        const released = ended.value.phase === 'ended' ? ok(null) : claims.release(run);
        if (!released.ok) return released;
        if (!tidied) tidyUp({ files: env.files, stateDir: deps.stateDir });
        tidied = true;
        const view = viewOf(ended.value);
        if (ended.value.phase === 'ended') for (const listener of listeners) listener(view);
        return ok(view);
      });
    drivers.set(run, { driver, view, done });
    if (drivers.size === 1) pollStopRequests();
    return ok({ run, number, done, view: () => viewOf(view()) });
  }

  /** Where that it was cut off is stored, anybody may go on with it (without room for that: when this session ends). */
  function notStored({ run, number }: RunStart, state: RunState | null, failure: Failure): Result<never> {
    if (cannotStore(failure)) deps.onStoreFailure?.(failure);
    const isStored = state?.phase === 'interrupted' && unsettled.delete(run);
    if (isStored && host === 'editor') openRuns.leave(run);
    if (isStored) claims.release(run);
    return cutOff(number, failure);
  }

  /** A run of which nothing is stored yet is about to be. */
  function isAtWork({ run, session, live }: Claim): boolean {
    return session === journal.session ? drivers.has(run) : live && stored.stateOf(run)?.phase !== 'ended';
  }

  function pollStopRequests(): void {
    cancelPoll = env.clock.timer(STOP_POLL_MS, () => {
      for (const [run, { driver }] of drivers) if (openRuns.takeStopRequest(run)) driver.stop({ kind: 'cancel' });
      pollStopRequests();
    });
  }

  function find(ref: string): Result<{ readonly state: RunState; readonly live: boolean }> {
    const claim = claims.find(ref);
    const state = claim && (drivers.get(claim.run)?.view() ?? stored.stateOf(claim.run));
    const elsewhere = claim !== null && claim.live && claim.session !== journal.session;
    // A claim without events: its first turn is being stored in another process.
    if (claim && !state && elsewhere) return runLive(claim.number);
    if (!claim || !state) return unknownRun(ref);
    // A run of this very session that no driver has is nobody's: it waits, or was interrupted.
    return ok({ state, live: drivers.has(claim.run) || elsewhere });
  }
}

/** A run at work in this process. */
interface Driven {
  readonly driver: Driver;
  readonly view: () => RunState;
  readonly done: Promise<Result<RunView>>;
}
