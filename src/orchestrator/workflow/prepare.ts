import type { NeedResult, Scope } from '../../contract/agents.ts';
import type { Env } from '../env.ts';
import { createManifest, type Manifest } from './inputs.ts';
import type { ToolFacts } from './ports.ts';
import type { CachedResult, ResultCache, StepName } from './result-cache.ts';
import type { StepResult } from './run-events.ts';
import type { RunState, StepState } from './run-state.ts';
import type { WorkspaceLook } from './workspace-look.ts';

/** What a retry takes over from the run it retries, where the inputs are still the same. */
export interface TakeOver extends CachedResult {
  readonly hash: string;
}

export interface Prepared {
  readonly manifest: Manifest;
  readonly scope: Scope;
  readonly needs: Readonly<Record<string, NeedResult>>;
  /** A result for exactly these inputs. */
  readonly hit: (CachedResult & { readonly takenOver: boolean }) | null;
  readonly missedBecause: string | null;
  readonly diskMs: number;
}

export interface PrepareDeps {
  readonly env: Env;
  readonly tools: ToolFacts;
  readonly cache: ResultCache;
  readonly agentHashes: ReadonlyMap<string, string>;
  readonly scopes: RunScopes;
  readonly takeOver: ReadonlyMap<string, TakeOver>;
  /** Steps that must run even where a result is known. */
  readonly mustRun: ReadonlySet<string>;
}

export interface RunScopes {
  readonly run: Scope;
  readonly changed?: Scope;
  readonly all?: Scope;
}

/** Finds what a step is about to run on, and whether a result for exactly that is known. */
export async function prepareStep(
  deps: PrepareDeps,
  at: { readonly state: RunState; readonly step: StepState; readonly look: WorkspaceLook },
): Promise<Prepared> {
  const { state, step, look } = at;
  const { clock, host } = deps.env;
  const began = clock.monotonic();
  const scope = scopeOf(deps.scopes, state, step);
  const needs = needsOf(state, step);
  const manifest = await createManifest({
    step: step.plan,
    ...{ scope, needs, look },
    scopeRequest: state.start.scopeRequest,
    agentHash: deps.agentHashes.get(step.plan.agent) ?? step.plan.agentHash,
    nodeVersion: await deps.tools.nodeVersion(),
    savepointVersion: host.version,
    tools: await Promise.all(
      step.plan.inputs.tools.map(async (name) => [name, await deps.tools.toolVersion(name)] as const),
    ),
  });
  const found = lookUp(deps, { state, step, manifest });
  return { manifest, scope, needs, ...found, diskMs: clock.monotonic() - began };
}

export function stepName(state: RunState, step: StepState): StepName {
  return { workflow: state.start.workflow, step: step.plan.id };
}

/** Only a first start asks: a step that was cut off or failed goes on with the real thing. */
function lookUp(
  deps: PrepareDeps,
  { state, step, manifest }: { readonly state: RunState; readonly step: StepState; readonly manifest: Manifest },
): Pick<Prepared, 'hit' | 'missedBecause'> {
  const { id } = step.plan;
  if (step.attempts > 0 || state.start.noCache) return { hit: null, missedBecause: null };
  const candidate = deps.takeOver.get(id);
  if (candidate?.hash === manifest.hash) return { hit: { ...candidate, takenOver: true }, missedBecause: null };
  const because = (): string | null => deps.cache.missedBecause(stepName(state, step), manifest);
  if (!isCacheable(step))
    return { hit: null, missedBecause: candidate ? (because() ?? `the inputs of run ${candidate.number}`) : null };
  if (deps.mustRun.has(id)) return { hit: null, missedBecause: because() };
  const found = deps.cache.find(manifest.hash);
  if (found === 'damaged') return { hit: null, missedBecause: 'the kept result was damaged' };
  if (found === 'missing') return { hit: null, missedBecause: because() };
  return { hit: { ...found, takenOver: false }, missedBecause: null };
}

/** A step with an undo has effects, which a kept result would not have. */
export function isCacheable(step: StepState): boolean {
  return step.plan.inputs.files !== null && step.plan.compensate === null;
}

/** `with.scope` wins over the run's; what the run itself wrote is in scope of its later steps. */
function scopeOf(scopes: RunScopes, state: RunState, step: StepState): Scope {
  const asked = step.plan.with['scope'];
  const own = asked === 'all' || asked === 'changed' ? scopes[asked] : undefined;
  const scope = own ?? scopes.run;
  if (scope.kind === 'files') return scope;
  const written = [...state.steps.values()].flatMap(({ result }) => result?.written ?? []);
  return written.length === 0 ? scope : { ...scope, files: [...new Set([...scope.files, ...written])].sort() };
}

export function needsOf(state: RunState, step: StepState): Readonly<Record<string, NeedResult>> {
  return Object.fromEntries(step.plan.needs.map((need) => [need, needOf(state.steps.get(need))]));
}

function needOf(step: StepState | undefined): NeedResult {
  if (step?.phase === 'completed' || step?.phase === 'cached') return dataOf(step.result);
  return { error: step?.error ?? { code: 'cancelled', message: 'it did not run' } };
}

function dataOf(result: StepResult | null): NeedResult {
  return result?.data ?? null;
}
