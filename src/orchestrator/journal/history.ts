import type { History } from '../agents/agent.ts';
import type { Env } from '../env.ts';
import { carriedFold } from './carried.ts';
import { layoutOf } from './layout.ts';
import { createProjection } from './projection.ts';

/** File of the checkpoint of the facts that outlive the history: a cache. */
export const CARRIED_CHECKPOINT = 'facts.json';

/** Durations and outcomes of earlier runs, for agents. A run's tests are those of the last step that reported them. */
export async function readHistory(deps: { readonly env: Env; readonly stateDir: string }): Promise<History> {
  const layout = layoutOf(deps.stateDir);
  // Damage is the reader's to report.
  const onDamage = (): void => undefined;
  const projection = createProjection({
    env: deps.env,
    layout,
    name: CARRIED_CHECKPOINT,
    fold: carriedFold,
    onDamage,
  });
  const { tests, steps } = await projection.refreshInPieces();
  return { tests, steps };
}
