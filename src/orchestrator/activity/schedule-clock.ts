import type { WorkflowDefinition } from '../../contract/definitions.ts';
import type { Clock } from '../env.ts';
import { dueBetween, type Scheduled } from './schedule.ts';

/** The clock of `on.schedule`. Without a workflow that has one there is no timer. */
export interface ScheduleClock {
  /** From now on; times that have passed before are not made good. */
  start(workflows: Workflows): void;
  /** The workflows as they now are. */
  update(workflows: Workflows): void;
  close(): void;
}

type Workflows = readonly Pick<WorkflowDefinition, 'id' | 'on'>[];

/** A machine that slept, or whose clock was set, is noticed after so many milliseconds at the latest. */
const LONGEST_WAIT_MS = 60_000;

const DAY_MS = 24 * 60 * 60_000;

export function createScheduleClock(deps: {
  readonly clock: Clock;
  readonly onDue: (workflows: readonly string[]) => void;
}): ScheduleClock {
  const { clock } = deps;
  let scheduled: readonly Scheduled[] = [];
  let since: number | null = null;
  let cancel = (): void => {};

  function arm(): void {
    cancel();
    if (since === null || scheduled.length === 0) return;
    const { nextInMs } = dueBetween(scheduled, clock.now(), clock.now());
    if (nextInMs !== null) cancel = clock.timer(Math.min(LONGEST_WAIT_MS, nextInMs), tick);
  }

  function tick(): void {
    const now = clock.now();
    const { due } = dueBetween(scheduled, since ?? now, now);
    // A clock that is set back comes to times again that have started something; one that was days ahead must not wait for them.
    since = since !== null && since > now && since - now < DAY_MS ? since : now;
    if (due.length > 0) deps.onDue(due);
    arm();
  }

  function update(workflows: Workflows): void {
    const before = JSON.stringify(scheduled);
    scheduled = workflows.flatMap(({ id, on }) => (on?.schedule ? [{ workflow: id, cron: on.schedule.cron }] : []));
    if (JSON.stringify(scheduled) !== before) arm();
  }

  return {
    start(workflows) {
      since = clock.now();
      update(workflows);
      arm();
    },
    update,
    close() {
      cancel();
      since = null;
    },
  };
}
