import { createPlan, type Plan } from '../../src/orchestrator/workflow/plan.ts';
import type { RunStart } from '../../src/orchestrator/workflow/run-events.ts';
import type { KnownAgent } from '../../src/orchestrator/workflow/ports.ts';

/** A step in as few words as a test needs; each has an agent of its own unless named. */
export interface StepSketch {
  readonly id: string;
  readonly agent?: string;
  readonly needs?: readonly string[];
  readonly sequential?: boolean;
  readonly retry?: { readonly max: number; readonly multiplier: number };
  readonly idempotent?: boolean;
  readonly compensate?: boolean;
  readonly undoIdempotent?: boolean;
}

export function planOf(sketch: {
  readonly onError?: 'fail' | 'rollback' | 'continue';
  readonly steps: readonly StepSketch[];
}): Plan {
  const agents = new Map<string, KnownAgent>();
  const add = (id: string, idempotent: boolean): string => {
    const rest = { timeoutMs: 1000, retry: { max: 0, multiplier: 2 }, mayWrite: true, operations: [] };
    agents.set(id, { id, definitionHash: id, idempotent, ...rest, inputs: { files: null, tools: [] } });
    return id;
  };
  const steps = sketch.steps.map(({ id, agent, needs, sequential, retry, idempotent, compensate, undoIdempotent }) => ({
    id,
    agent: add(agent ?? `agent-${id}`, idempotent ?? true),
    ...(needs ? { needs: [...needs] } : {}),
    ...(sequential ? { sequential } : {}),
    ...(retry ? { retry } : {}),
    ...(compensate ? { compensate: { agent: add(`undo-${id}`, undoIdempotent ?? true) } } : {}),
  }));
  return createPlan({ id: 'sketch', onError: sketch.onError ?? 'fail', steps }, agents);
}

export function startOf(plan: Plan, run = 'run-1'): RunStart {
  return {
    run,
    number: 1,
    session: 's1',
    workflow: plan.workflow,
    name: plan.name,
    definitionHash: plan.hash,
    plan,
    scopeRequest: {},
    scope: { kind: 'all', base: null, files: null, count: 0 },
    stepScopes: {},
    overlay: {},
    noCache: false,
    retryOf: null,
    from: null,
  };
}
