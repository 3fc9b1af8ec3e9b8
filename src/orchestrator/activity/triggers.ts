import type { Decision } from '../../contract/activities.ts';
import { ok, type Failure, type Result } from '../../contract/failures.ts';
import type { RunView } from '../../contract/runs.ts';
import type { WorkflowDefinition } from '../../contract/definitions.ts';
import type { WorkerSettings } from '../../contract/worker.ts';
import { breathe } from '../breath.ts';
import type { Env } from '../env.ts';
import type { Journal, JournalReader } from '../journal/journal.ts';
import type { Runner, StartRequest } from '../workflow/api.ts';
import type { Preparer } from '../workflow/ports.ts';
import { cannotStore } from '../workflow/refusals.ts';
import { BY_HAND, isAutomatic } from '../workflow/run-rules.ts';
import type { RunState } from '../workflow/run-state.ts';
import type { ScopeRequest } from '../workspace/workspace.ts';
import type { LiveRun, SettledBurst, Triggers } from './api.ts';
import { budgetOf, withinHour, type Budget } from './budget.ts';
import {
  holding,
  onRun,
  verdict,
  whoAsks,
  whoStarts,
  type Asked,
  type Occasion,
  type RunAtWork,
  type Situation,
  type Verdict,
} from './decide-triggers.ts';
import { createDecisionLog, type DecidedFor } from './decision-log.ts';
import { createHeld, type HeldOccasion } from './held.ts';
import { recoverTriggers } from './recover-triggers.ts';
import type { LeftOpen } from './left-open.ts';
import type { Pauses } from './pauses.ts';
import { createScheduleClock } from './schedule-clock.ts';
import { createTriggerLook, type TriggerLookDeps } from './trigger-look.ts';

export interface TriggersDeps extends TriggerLookDeps {
  readonly env: Pick<Env, 'clock'>;
  readonly journal: Journal;
  readonly reader: JournalReader;
  readonly runner: Runner;
  readonly pauses: Pauses;
  /** Readies agents for calls that a run is likely to make soon. */
  readonly prepare: Preparer['prepare'];
  /** What the newest result of a workflow left open, of every process. */
  readonly leftOpen: (workflow: string) => LeftOpen;
  /** As they are now. */
  readonly settings: () => Pick<WorkerSettings, 'automaticRuns' | 'maxRunsPerHour' | 'maxHops'>;
  /** A failure of work that nobody waits for. */
  readonly onFailure: (failure: Failure) => void;
}

/** More files than these are not listed with a run: it then looks at everything that differs from HEAD. */
const MAX_LISTED = 1000;

/**
 * Occasions are taken one after another, so that no two ever start the same workflow at once; the runs that one starts begin in
 * parallel. A decision is stored after the start that it tells of, so that what is stored happened.
 */
export function createTriggers(deps: TriggersDeps): Triggers {
  const { clock } = deps.env;
  const { runner } = deps;
  const look = createTriggerLook(deps);
  const log = createDecisionLog({ journal: deps.journal, clock });
  const schedule = createScheduleClock({ clock, onDue: (due) => unawaited(inTurn(() => decide(scheduled(due), {}))) });
  const unsubscribe = runner.onEnd(ended);
  const held = createHeld();
  let cancelBudget: (() => void) | null = null;
  /** Monotonic times, oldest first. */
  let startedAt: readonly number[] = [];
  let queue: Promise<unknown> = Promise.resolve();
  let saves: { readonly path: string; readonly event: string; readonly origin: Occasion['activities'][0]['origin'] }[] =
    [];

  return {
    settled: (burst) => inTurn(() => decide(occasionOf(burst), { activities: burst.activities.map(({ id }) => id) })),
    foresee,
    saved(save) {
      saves.push(save);
      return inTurn(() => decideSaves(save.event));
    },
    committed: ({ head, files, event }) =>
      inTurn(async () => decide(commitOf(files), { event }, { scope: await look.scopeOfCommit(head) })),
    live: () => runner.live().map(liveRun),
    again,
    async start() {
      const recovered = await recoverTriggers({ clock, reader: deps.reader, paused: isPaused() });
      startedAt = recovered.startedAt;
      for (const { burst, verdicts } of recovered.held) held.keep(occasionOf(burst), verdicts);
      schedule.start((await deps.library.list()).map(({ definition }) => definition));
      for (const burst of recovered.undecided) {
        const decided = await inTurn(() =>
          decide(occasionOf(burst), { activities: burst.activities.map(({ id }) => id) }),
        );
        if (!decided.ok) return decided;
      }
      return again();
    },
    close() {
      schedule.close();
      cancelBudget?.();
      unsubscribe();
    },
  };

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = queue.then(work);
    // Whoever asked meets a rejection; the next one's turn comes all the same.
    queue = turn.catch(() => undefined);
    return turn;
  }

  function unawaited(work: Promise<Result<unknown>>): void {
    void work.then((result) => {
      if (!result.ok) deps.onFailure(result.failure);
    });
  }

  function isPaused(): boolean {
    const { all, workflows } = deps.pauses.read();
    return all || workflows.size > 0 || !deps.settings().automaticRuns;
  }

  /** What is still held for the same reason is told by its first decision already. */
  function again(): Promise<Result<null>> {
    return inTurn(async () => {
      for (const { workflow, occasion } of held.take()) {
        const ids = occasion.activities.map(({ id }) => id);
        const of = occasion.kind === 'save' ? { event: ids.at(-1) } : { activities: ids };
        const decided = await decide(occasion, of, { anew: { workflow } });
        if (!decided.ok) return decided;
      }
      return ok(null);
    });
  }

  /** Saves that came while others were decided are one occasion: the later ones join what it starts. */
  async function decideSaves(event: string): Promise<Result<readonly Decision[]>> {
    const [first, ...others] = saves;
    if (first?.event !== event) return ok([]);
    saves = [];
    const workflows = await deps.library.list();
    if (!workflows.some(({ definition }) => definition.on?.save)) return ok([]);
    const files = [...new Set([first, ...others].map(({ path }) => path))].map((path) => ({
      path,
      change: 'modified' as const,
    }));
    const activity = { id: event, origin: first.origin, files };
    const decided = await decide({ kind: 'save', activities: [activity], files, lineage: null }, { event });
    if (!decided.ok) return decided;
    const joined = decided.value.map((one): Verdict => (one.decision === 'started' ? joining(one) : one));
    for (const other of others) {
      const stored = await log.store({ activities: [], event: other.event }, joined);
      if (!stored.ok) return stored;
    }
    return decided;
  }

  async function foresee(burst: SettledBurst): Promise<boolean> {
    const workflows = (await deps.library.list()).map(({ definition }) => definition);
    const considered = await consider(occasionOf(burst), { workflows, broken: [] });
    // What could not be looked at is told when the burst is over.
    const starts = considered.ok ? considered.value.starts : [];
    for (const { workflow, files } of starts) {
      const definition = workflows.find(({ id }) => id === workflow);
      if (definition) await deps.prepare(await look.firstCalls(definition), files);
    }
    return starts.length > 0;
  }

  /** What starts for the occasion as things are now, the verdicts on the rest, and runs that nothing needs any more. */
  async function consider(
    occasion: Occasion,
    { workflows, broken }: { readonly workflows: readonly WorkflowDefinition[]; readonly broken: Situation['broken'] },
  ): Promise<Result<ReturnType<typeof whoStarts>>> {
    const { asked, verdicts } = whoAsks(occasion, {
      ...{ workflows, broken },
      atWork: runner.live().filter(isAutomatic).map(runAtWork),
      paused: deps.pauses.read(),
      leftOpen: deps.leftOpen,
      ...deps.settings(),
    });
    if (asked.length === 0) return ok({ starts: [], verdicts, over: [] });
    await breathe();
    const looked = await look.of(occasion, asked, workflows);
    if (!looked.ok) return looked;
    await breathe();
    const found = whoStarts(asked, { ...looked.value, budget: budgetNow() });
    return ok({ ...found, verdicts: [...verdicts, ...found.verdicts] });
  }

  async function decide(
    occasion: Occasion,
    of: Partial<DecidedFor>,
    { scope, anew }: { readonly scope?: ScopeRequest; readonly anew?: Pick<HeldOccasion, 'workflow'> } = {},
  ): Promise<Result<readonly Decision[]>> {
    const decidedFor = { activities: [], ...of };
    const all = (await deps.library.list()).map(({ definition }) => definition);
    schedule.update(all);
    const only = anew?.workflow ?? null;
    await breathe();
    const workflows = only === null ? all : all.filter(({ id }) => id === only);
    const broken = occasion.kind === 'activity' && only === null ? await look.brokenFiles() : [];
    const considered = await consider(occasion, { workflows, broken });
    if (!considered.ok) return considered;
    const { starts, verdicts, over } = considered.value;
    const replaced = over.map(({ run }) => runner.supersedeRun(run, { by: null }));
    const started = await Promise.all(
      starts.map((one) =>
        start(one, {
          scope: scope ?? scopeOf(occasion, one),
          look: { reuse: occasion.kind !== 'schedule' },
          trigger: {
            kind: occasion.kind,
            activities: decidedFor.activities,
            lineage: occasion.lineage,
            beside: starts.map(({ workflow }) => workflow).filter((id) => id !== one.workflow),
          },
        }),
      ),
    );
    const failed = started.find((one) => 'failure' in one);
    if (failed) return { ok: false, failure: failed.failure };
    const decided = [...verdicts, ...started.flatMap((one) => ('verdict' in one ? [one.verdict] : []))];
    hold(occasion, decided);
    const news = decided.filter((one) => anew?.workflow !== one.workflow || one.held !== true);
    const stored = await log.store(decidedFor, news);
    await Promise.all(replaced);
    return stored;
  }

  /** Resuming and approving are told of; that the budget has room again is not. */
  function hold(occasion: Occasion, verdicts: readonly Verdict[]): void {
    held.keep(occasion, verdicts);
    const { left, freesInMs } = budgetNow();
    if (held.isEmpty() || left > 0 || cancelBudget !== null) return;
    cancelBudget = clock.timer(freesInMs, () => {
      cancelBudget = null;
      unawaited(again());
    });
  }

  function budgetNow(): Budget {
    startedAt = withinHour(startedAt, clock.monotonic());
    return budgetOf(startedAt, clock.monotonic(), deps.settings().maxRunsPerHour);
  }

  /** The verdict on the start, or the failure where nothing can be stored any more. */
  async function start(
    { workflow, replaces }: Asked,
    request: Pick<StartRequest, 'scope' | 'look' | 'trigger'>,
  ): Promise<{ readonly verdict: Verdict } | { readonly failure: Failure }> {
    const stored = storedStart();
    const begun = await runner.startRun({ workflow, ...request, supersedes: replaces.map(({ run }) => run) });
    if (!begun.ok) {
      stored.close();
      const { code, message } = begun.failure;
      if (cannotStore(begun.failure)) return begun;
      if (code === 'approval') return { verdict: holding(workflow, 'untrusted', message) };
      if (code === 'out-of-memory') return { verdict: holding(workflow, 'over-budget', message) };
      return { verdict: verdict(workflow, 'filtered', message) };
    }
    const handle = begun.value;
    startedAt = [...startedAt, clock.monotonic()];
    await Promise.race([stored.of(handle.run), handle.done]);
    stored.close();
    return { verdict: onRun(verdict(workflow, 'started', `started run ${handle.number}`), handle) };
  }

  function storedStart(): { of(run: string): Promise<void>; close(): void } {
    const seen = new Set<string>();
    let wake = (): void => {};
    const unsubscribe = deps.journal.subscribe(({ type, data }) => {
      if (type !== 'workflow.started' || typeof data['run'] !== 'string') return;
      seen.add(data['run']);
      wake();
    });
    return {
      async of(run) {
        while (!seen.has(run)) await new Promise<void>((resolve) => (wake = resolve));
      },
      close: unsubscribe,
    };
  }

  /** That a run came wholly from cache, or was replaced, shows only at its end. */
  function ended(view: RunView): void {
    const { trigger, workflow, status, replacedBy, steps } = view;
    // Memory may be free again.
    unawaited(again());
    if (trigger.kind === 'manual') return;
    const of = { activities: trigger.activities };
    if (status === 'superseded') {
      const why = replacedBy === null ? 'nothing differs from HEAD any more' : `replaced by run ${replacedBy}`;
      unawaited(log.store(of, [onRun(verdict(workflow, 'superseded', why), view)]));
    }
    if (status !== 'completed' || !steps.every((step) => step.status === 'cached')) return;
    const sources = [...new Set(steps.flatMap(({ cachedNumber }) => cachedNumber ?? []))];
    const why = `from cache, ${sources.length === 1 ? 'run' : 'runs'} ${sources.join(', ')}`;
    unawaited(log.store(of, [onRun(verdict(workflow, 'cached', why), view)]));
  }
}

function joining({ workflow, run, number }: Decision): Verdict {
  return { workflow, decision: 'joined', why: `run ${number ?? ''} looks at it`, run, number };
}

function occasionOf(burst: SettledBurst): Occasion {
  return { kind: 'activity', ...burst };
}

function commitOf(files: readonly string[]): Occasion {
  const changed = files.map((path) => ({ path, change: 'modified' as const }));
  return { kind: 'commit', activities: [], files: changed, lineage: null };
}

function scheduled(due: readonly string[]): Occasion {
  return { kind: 'schedule', activities: [], files: [], lineage: null, due };
}

function scopeOf({ kind }: Occasion, { files, again, everything }: Asked): ScopeRequest {
  return kind === 'schedule' || everything || files.length > MAX_LISTED ? {} : { within: files, also: again };
}

function runAtWork({ start }: RunState): RunAtWork {
  const { run, number, workflow, scopeRequest, trigger = BY_HAND } = start;
  const within = scopeRequest.within ?? null;
  return { run, number, workflow, kind: trigger.kind, activities: trigger.activities, within };
}

function liveRun(state: RunState): LiveRun {
  const { run, number, workflow, trigger = BY_HAND } = state.start;
  const steps = [...state.steps.values()].flatMap(({ plan, phase, undo }) => {
    const call = phase === 'running' ? plan : undo.phase === 'running' ? plan.compensate : null;
    return call ? [{ id: plan.id, mayWrite: call.mayWrite }] : [];
  });
  return { run, number, workflow, automatic: isAutomatic(state), lineage: trigger.lineage, steps };
}
