import type { Scope } from '../../contract/agents.ts';
import { fail, ok, type Result } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { RunTrigger } from '../../contract/runs.ts';
import { breathe } from '../breath.ts';
import type { Look, ScopeRequest, Workspace } from '../workspace/workspace.ts';
import { callsOf, downstreamOf, overlayPlan, type Plan } from './plan.ts';
import type { AgentDirectory, PlannedCall } from './ports.ts';
import type { RunScopes, TakeOver } from './prepare.ts';
import type { PinnedScope, RunHost, RunStart } from './run-events.ts';
import { mayStillCall } from './run-rules.ts';
import type { RunState } from './run-state.ts';

/** Longer lists of files are not stored with the run, characters in all. */
const MAX_STORED_SCOPE = 1_000_000;

export interface StartParts {
  readonly run: string;
  readonly number: number;
  readonly session: string;
  readonly plan: Plan;
  readonly overlay: JsonObject;
  readonly scopeRequest: ScopeRequest;
  readonly scopes: RunScopes;
  readonly noCache: boolean;
  readonly retryOf: string | null;
  readonly from: string | null;
  readonly trigger: RunTrigger;
  readonly host: RunHost;
}

export function createStart(parts: StartParts): RunStart {
  const { scopes, plan, overlay, scopeRequest, ...rest } = parts;
  const { changed, all } = scopes;
  return {
    ...rest,
    workflow: plan.workflow,
    name: plan.name,
    definitionHash: plan.hash,
    plan: overlayPlan(plan, overlay),
    overlay,
    scopeRequest: plainScopeRequest(scopeRequest),
    scope: pinScope(scopes.run),
    stepScopes: { ...(changed ? { changed: pinScope(changed) } : {}), ...(all ? { all: pinScope(all) } : {}) },
  };
}

/** Only what was asked for, so that equal requests are equal JSON. */
function plainScopeRequest({ files, since, all, within, also = [] }: ScopeRequest): ScopeRequest {
  if (files) return { files };
  if (within) return { within, ...(also.length > 0 ? { also } : {}) };
  if (since !== undefined) return { since };
  return all ? { all } : {};
}

function pinScope({ files, ...scope }: Scope): PinnedScope {
  const long = files.reduce((sum, { length }) => sum + length + 3, 0) > MAX_STORED_SCOPE;
  return { ...scope, files: scope.kind === 'all' || long ? null : files, count: files.length };
}

/** The scopes that a plan needs, all of one look at the work tree. */
export async function resolveScopes(
  workspace: Workspace,
  of: { readonly request: ScopeRequest; readonly plan: Plan; readonly look: Look },
): Promise<Result<RunScopes>> {
  const run = await workspace.scope(of.request, of.look);
  if (!run.ok) return run;
  const others: { changed?: Scope; all?: Scope } = {};
  for (const name of ['changed', 'all'] as const) {
    if (!of.plan.steps.some((step) => step.with['scope'] === name)) continue;
    const scope = await workspace.scope(name === 'all' ? { all: true } : {}, { reuse: true });
    if (!scope.ok) return scope;
    others[name] = scope.value;
  }
  await breathe();
  return ok({ run: run.value, ...others });
}

/** The scopes that the run was started with; lists that were not stored are asked for again. */
export async function pinnedScopes(workspace: Workspace, start: RunStart): Promise<Result<RunScopes>> {
  const again = async (pinned: PinnedScope, request: ScopeRequest): Promise<Result<Scope>> => {
    const { files, kind, base } = pinned;
    return files ? ok({ kind, base, files }) : workspace.scope(request);
  };
  const run = await again(start.scope, start.scopeRequest);
  if (!run.ok) return run;
  const { changed, all } = start.stepScopes;
  const changedScope = changed ? await again(changed, {}) : null;
  if (changedScope && !changedScope.ok) return changedScope;
  const allScope = all ? await again(all, { all: true }) : null;
  if (allScope && !allScope.ok) return allScope;
  return ok({
    run: run.value,
    ...(changedScope ? { changed: changedScope.value } : {}),
    ...(allScope ? { all: allScope.value } : {}),
  });
}

/** Calls that the run may still make. */
export function openCalls(state: RunState): readonly PlannedCall[] {
  const { plan, overlay } = state.start;
  return callsOf(plan, overlay, (step) => mayStillCall(state, step));
}

/** Hashes of all agents as they are now; `definition` when one of the calls' is gone, `approval` when a command may not start. */
export async function currentAgents(
  agents: AgentDirectory,
  calls: readonly PlannedCall[],
  options: { readonly trust: boolean },
): Promise<Result<ReadonlyMap<string, string>>> {
  const known = await agents.known();
  const missing = calls.find(({ agent }) => !known.has(agent));
  if (missing)
    return fail('definition', `The ${missing.where} needs the agent ${missing.agent}, which is not there any more.`);
  const approved = await agents.approve(calls, options);
  return approved.ok ? ok(new Map([...known].map(([id, { definitionHash }]) => [id, definitionHash]))) : approved;
}

export interface Retry {
  readonly from: string;
  readonly takeOver: ReadonlyMap<string, TakeOver>;
  readonly mustRun: ReadonlySet<string>;
}

/**
 * What a retry keeps of the run: every completed step that is neither the first to run again nor downstream of it. `undone`: steps
 * that were undone after this run.
 */
export function planRetry(
  state: RunState,
  of: { readonly plan: Plan; readonly from: string | undefined; readonly undone: ReadonlySet<string> },
): Result<Retry> {
  const { plan, from, undone } = of;
  const { run, number } = state.start;
  const first = from ?? firstFailed(state);
  if (!plan.steps.some(({ id }) => id === first))
    return fail(
      'usage',
      `There is no step ${first} in ${plan.workflow}. Steps: ${plan.steps.map(({ id }) => id).join(', ')}.`,
    );
  const mustRun = downstreamOf(plan, first);
  const kept = [...state.steps.values()].flatMap((step): [string, TakeOver][] => {
    const { phase, result, inputHash, stale, undo, plan: pinned } = step;
    const whole = (phase === 'completed' || phase === 'cached') && !stale && undo.phase === 'none';
    if (!whole || !result || inputHash === null || mustRun.has(pinned.id) || undone.has(pinned.id)) return [];
    return [[pinned.id, { hash: inputHash, result, run: step.cached ?? run, number: step.cachedNumber ?? number }]];
  });
  return ok({ from: first, takeOver: new Map(kept), mustRun });
}

/** In time; where none failed (the run was stopped), the first that did not complete. */
function firstFailed(state: RunState): string {
  const steps = [...state.steps.values()];
  const failed = steps
    .filter(({ phase }) => phase === 'failed')
    .sort((a, b) => ((a.endedAt ?? '') < (b.endedAt ?? '') ? -1 : 1));
  const open = steps.find(({ phase }) => phase !== 'completed' && phase !== 'cached');
  return (failed[0] ?? open ?? steps[0])?.plan.id ?? '';
}
