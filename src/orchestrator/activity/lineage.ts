import type { Lineage } from '../../contract/activities.ts';
import type { RunTrigger } from '../../contract/runs.ts';

/** What led to the writes of a run: for what they start next. Takes what `workflow.started` holds. Pure. */
export function lineageOf(run: {
  readonly run: string;
  readonly workflow: string;
  readonly trigger?: RunTrigger | undefined;
}): Lineage {
  const { lineage = null, beside = [] } = run.trigger ?? {};
  const ancestors = new Set([...(lineage?.ancestors ?? []), run.workflow, ...beside]);
  return { run: run.run, ancestors: [...ancestors], hops: (lineage?.hops ?? 0) + 1 };
}
