import { Cron } from 'croner';

/** When workflows with `on.schedule` are due. Pure but for the machine's time zone, in which schedules are read. */

export interface Scheduled {
  readonly workflow: string;
  readonly cron: string;
}

export interface Due {
  /** Each at most once, however many of its times have passed: a machine that slept starts no storm. */
  readonly due: readonly string[];
  /** Milliseconds until the next time of any; null where there is none. */
  readonly nextInMs: number | null;
}

/** Times after `since` up to `now`. Where the clock was set back, nothing is due before it has come to `since` again. */
export function dueBetween(scheduled: readonly Scheduled[], since: number, now: number): Due {
  const timed = scheduled.map(({ workflow, cron }) => ({ workflow, next: nextAfter(cron, since) }));
  const due = timed.filter(({ next }) => next !== null && next <= now).map(({ workflow }) => workflow);
  const coming = scheduled.flatMap(({ cron }) => nextAfter(cron, now) ?? []);
  return { due, nextInMs: coming.length === 0 ? null : Math.max(0, Math.min(...coming) - now) };
}

function nextAfter(cron: string, ms: number): number | null {
  return new Cron(cron, { paused: true }).nextRun(new Date(ms))?.getTime() ?? null;
}
