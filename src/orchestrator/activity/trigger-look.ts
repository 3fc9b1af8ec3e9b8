import type { WorkflowDefinition } from '../../contract/definitions.ts';
import { ok, type Result } from '../../contract/failures.ts';
import type { Library } from '../workflow/library.ts';
import { PARALLEL } from '../workflow/parallel.ts';
import { callsOf, createPlan } from '../workflow/plan.ts';
import type { AgentDirectory, PlannedCall } from '../workflow/ports.ts';
import { firstSteps } from '../workflow/run-rules.ts';
import type { ScopeRequest, Workspace } from '../workspace/workspace.ts';
import type { Asked, Looked, Occasion } from './decide-triggers.ts';

export interface TriggerLookDeps {
  readonly library: Pick<Library, 'list' | 'problems'>;
  readonly agents: AgentDirectory;
  readonly workspace: Workspace;
}

/** What the pure part of triggers cannot know. */
export interface TriggerLook {
  /** What still differs, and what may start. */
  of(
    occasion: Occasion,
    asked: readonly Asked[],
    workflows: readonly WorkflowDefinition[],
  ): Promise<Result<Omit<Looked, 'budget'>>>;
  /** Workflow files that say nothing usable, by the id that their name gives, with the first problem. */
  brokenFiles(): Promise<readonly { readonly id: string; readonly problem: string }[]>;
  /** What a run of it would call at its start, all at once. */
  firstCalls(workflow: WorkflowDefinition): Promise<readonly PlannedCall[]>;
  /** What it changed against the commit before it; of the first commit of all, everything. */
  scopeOfCommit(head: string): Promise<ScopeRequest>;
}

export function createTriggerLook(deps: TriggerLookDeps): TriggerLook {
  return { of, brokenFiles, firstCalls, scopeOfCommit };

  async function of(
    { kind }: Occasion,
    asked: readonly Asked[],
    workflows: readonly WorkflowDefinition[],
  ): ReturnType<TriggerLook['of']> {
    const files = [...new Set(asked.flatMap((one) => one.files))];
    const differing = kind === 'activity' || kind === 'save' ? await stillDiffering(files) : ok(null);
    if (!differing.ok) return differing;
    const there = differing.value?.size === 0 ? new Set(await deps.workspace.files({ reuse: true })) : null;
    const ignored = new Set(there ? (await existing(files)).filter((file) => !there.has(file)) : []);
    return ok({ differing: differing.value, ignored, unapproved: await unapproved(asked, workflows) });
  }

  async function stillDiffering(files: readonly string[]): Promise<Result<ReadonlySet<string>>> {
    if (files.length === 0) return ok(new Set());
    const scope = await deps.workspace.scope({ within: files });
    if (!scope.ok) return scope;
    const asked = new Set(files);
    const gone = (await deps.workspace.removed(scope.value)).filter((file) => asked.has(file));
    return ok(new Set([...scope.value.files, ...gone]));
  }

  async function existing(files: readonly string[]): Promise<readonly string[]> {
    return [...(await deps.workspace.contentIds(files, { reuse: true })).keys()];
  }

  async function unapproved(
    asked: readonly Asked[],
    workflows: readonly WorkflowDefinition[],
  ): Promise<ReadonlyMap<string, string>> {
    const known = await deps.agents.known();
    const refusals = await Promise.all(
      asked.map(async ({ workflow }) => {
        const definition = workflows.find(({ id }) => id === workflow);
        const calls = definition ? callsOf(createPlan(definition, known), {}) : [];
        const approved = await deps.agents.approve(calls, { trust: false });
        return approved.ok ? [] : [[workflow, approved.failure.message] as const];
      }),
    );
    return new Map(refusals.flat());
  }

  async function brokenFiles(): Promise<readonly { readonly id: string; readonly problem: string }[]> {
    const first = new Map<string, string>();
    for (const { file, range, message } of await deps.library.problems()) {
      const id = file.replace(/^.*\//, '').replace(/\.ya?ml$/, '');
      if (!first.has(id)) first.set(id, `${file}:${range.start.line + 1}: ${message}`);
    }
    return [...first].map(([id, problem]) => ({ id, problem }));
  }

  async function firstCalls(workflow: WorkflowDefinition): Promise<readonly PlannedCall[]> {
    const plan = createPlan(workflow, await deps.agents.known());
    const first = new Set(firstSteps(plan, PARALLEL).map(({ id }) => id));
    return callsOf(plan, {}, (step) => ({ step: first.has(step), undo: false }));
  }

  async function scopeOfCommit(head: string): Promise<ScopeRequest> {
    const since = `${head}^`;
    return (await deps.workspace.scope({ since })).ok ? { since } : { all: true };
  }
}
