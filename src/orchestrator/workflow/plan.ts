import { createHash } from 'node:crypto';
import type { InputDeclaration } from '../../contract/agents.ts';
import type { WorkflowDefinition } from '../../contract/definitions.ts';
import { durationMs } from '../../contract/durations.ts';
import type { JsonObject } from '../../contract/json.ts';
import { withProblems } from '../definitions/with-problems.ts';
import type { KnownAgent, PlannedCall } from './ports.ts';

/** One call of an agent with everything resolved that decides how it is made. */
export interface PinnedCall {
  readonly agent: string;
  readonly operation: string;
  readonly agentHash: string;
  readonly with: JsonObject;
  /** Per attempt. */
  readonly timeoutMs: number;
  readonly idempotent: boolean;
  readonly mayWrite: boolean;
}

export interface PinnedStep extends PinnedCall {
  readonly id: string;
  readonly needs: readonly string[];
  /** Length of the longest chain of needs before it. */
  readonly level: number;
  readonly retry: { readonly max: number; readonly multiplier: number };
  /** Runs alone in its level. */
  readonly sequential: boolean;
  readonly inputs: InputDeclaration;
  readonly compensate: PinnedCall | null;
}

/** A workflow as a run is started on it: stored with the run, and what `resume` goes on with. */
export interface Plan {
  readonly workflow: string;
  readonly name: string;
  readonly onError: 'rollback' | 'continue' | 'fail';
  readonly steps: readonly PinnedStep[];
  /** SHA-256 of all of the above, without values laid over it for one run. */
  readonly hash: string;
}

/** Resolves a checked definition. Every agent and operation in it must be known (definitions.ts sees to that). */
export function createPlan(definition: WorkflowDefinition, agents: ReadonlyMap<string, KnownAgent>): Plan {
  const levels = levelsOf(definition);
  const steps = definition.steps.map((step): PinnedStep => {
    const agent = agentOf(agents, step.agent);
    const { compensate } = step;
    return {
      id: step.id,
      ...pinCall(agent, step),
      needs: step.needs ?? [],
      level: levels.get(step.id) ?? 0,
      retry: step.retry ?? definition.retry ?? agent.retry,
      sequential: step.sequential ?? false,
      inputs: inputsOf(agent, step.operation),
      compensate: compensate ? pinCall(agentOf(agents, compensate.agent), compensate) : null,
    };
  });
  const plan = { workflow: definition.id, name: definition.name ?? definition.id, onError: definition.onError, steps };
  return { ...plan, hash: createHash('sha256').update(JSON.stringify(plan)).digest('hex') };
}

/** Lays values over each step's `with`; the plan's hash stays that of the definition. */
export function overlayPlan(plan: Plan, overlay: JsonObject): Plan {
  return { ...plan, steps: plan.steps.map((step) => ({ ...step, with: { ...step.with, ...overlay } })) };
}

/** The first value laid over that a step would not understand; null when there is none. */
export function overlayProblem(
  plan: Plan,
  agents: ReadonlyMap<string, KnownAgent>,
  overlay: JsonObject,
): string | null {
  for (const { id, agent, operation } of plan.steps) {
    const rules = agents.get(agent)?.operations.find(({ name }) => name === operation)?.with ?? {};
    const [problem] = withProblems(rules, overlay);
    if (problem) return `The step ${id} would not understand --with: ${problem.message}`;
  }
  return null;
}

/** Which calls of a step may come. */
export interface MayCall {
  readonly step: boolean;
  readonly undo: boolean;
}

/** Every call that the plan may lead to, undoing included; `overlay`: values that the user laid over each step's `with`. */
export function callsOf(
  plan: Plan,
  overlay: JsonObject,
  mayCall: (step: string) => MayCall = () => ({ step: true, undo: true }),
): readonly PlannedCall[] {
  return overlayPlan(plan, overlay).steps.flatMap((pinned) => {
    const { id, compensate } = pinned;
    const may = mayCall(id);
    const step = { ...callOf(pinned), where: `step ${id} of ${plan.workflow}`, typed: Object.keys(overlay) };
    const where = `undo of step ${id} of ${plan.workflow}`;
    const undo = compensate && { ...callOf(compensate), where, typed: [] };
    return [...(may.step ? [step] : []), ...(undo && may.undo ? [undo] : [])];
  });
}

function callOf({ agent, operation, with: values }: PinnedCall): Pick<PlannedCall, 'agent' | 'operation' | 'with'> {
  return { agent, operation, with: values };
}

/** The step and every step that needs it, directly or not. */
export function downstreamOf(plan: Plan, step: string): ReadonlySet<string> {
  const found = new Set([step]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const { id, needs } of plan.steps) if (needs.some((need) => found.has(need))) found.add(id);
  }
  return found;
}

function pinCall(
  agent: KnownAgent,
  call: {
    readonly operation?: string | undefined;
    readonly with?: JsonObject | undefined;
    readonly timeout?: string | undefined;
  },
): PinnedCall {
  return {
    agent: agent.id,
    operation: call.operation ?? agent.operations[0]?.name ?? 'run',
    agentHash: agent.definitionHash,
    with: call.with ?? {},
    timeoutMs: call.timeout === undefined ? agent.timeoutMs : durationMs(call.timeout),
    idempotent: agent.idempotent,
    mayWrite: agent.mayWrite,
  };
}

function inputsOf(agent: KnownAgent, operation: string | undefined): InputDeclaration {
  const named = operation === undefined ? agent.operations[0] : agent.operations.find(({ name }) => name === operation);
  return named?.inputs ?? agent.inputs;
}

function agentOf(agents: ReadonlyMap<string, KnownAgent>, id: string): KnownAgent {
  const agent = agents.get(id);
  if (!agent) throw new Error(`the definition was not checked: unknown agent ${id}`);
  return agent;
}

function levelsOf(definition: WorkflowDefinition): ReadonlyMap<string, number> {
  const needs = new Map(definition.steps.map((step) => [step.id, step.needs ?? []]));
  const levels = new Map<string, number>();
  const levelOf = (id: string): number => {
    const known = levels.get(id);
    if (known !== undefined) return known;
    const level = Math.max(-1, ...(needs.get(id) ?? []).map(levelOf)) + 1;
    levels.set(id, level);
    return level;
  };
  for (const id of needs.keys()) levelOf(id);
  return levels;
}
