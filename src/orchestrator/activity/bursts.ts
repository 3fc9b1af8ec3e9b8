import type { Clock } from '../env.ts';
import type { Content, FileWrite } from './file-write.ts';
import { addWrite, openActivity, type OpenActivity } from './open-activity.ts';
import { dueAt, newGate, stepGate, type Gate, type GateInput, type GateSettings } from './settle-gate.ts';

/** What is open now: the settle gate with the clock, and what the activities of the burst hold. */
export interface Bursts {
  /** Adds the write to its writer's activity and says which; where there is none yet, `fresh` becomes its id. */
  add(write: FileWrite, how: { readonly at: string; readonly fresh: string }): string;
  /** Goes on with what a leader before left open. */
  restore(activities: readonly OpenActivity[]): void;
  /**
   * Takes a write that nobody was known for back out of its activity, because it turned out whose it is. Gives the content before
   * it; false where nobody's activity holds the file with this content.
   */
  disown(path: string, content: string | null): { readonly before: Content } | false;
  /** What is open now. */
  open(): readonly OpenActivity[];
  gitBusy(busy: boolean): void;
  configure(): void;
  close(): void;
}

/** A write's own time counts where it is this close to now: looks may be late, and clocks jump. */
const SANE_MS = 15_000;

/**
 * `catchUp` is awaited when a burst is due: what was hinted at by then still belongs to it. `settled` is called once for each burst,
 * within the call that ends it.
 */
export function createBursts(deps: {
  readonly clock: Clock;
  readonly settings: () => GateSettings;
  readonly catchUp: () => Promise<void>;
  readonly settled: (activities: readonly OpenActivity[]) => void;
}): Bursts {
  const { clock } = deps;
  const open = new Map<string, OpenActivity>();
  let gate: Gate = newGate();
  let cancel: (() => void) | null = null;
  let closed = false;

  function step(input: GateInput): string | null {
    const taken = stepGate(gate, input, { now: clock.monotonic(), settings: deps.settings() });
    gate = taken.gate;
    const over = (taken.settled ?? []).flatMap((id) => open.get(id) ?? []);
    for (const { id } of over) open.delete(id);
    arm();
    if (over.length > 0) deps.settled(over);
    return taken.activity;
  }

  function arm(): void {
    cancel?.();
    const due = closed ? null : dueAt(gate, deps.settings());
    cancel = due === null ? null : clock.timer(Math.max(0, due - clock.monotonic()), () => void whenDue());
  }

  async function whenDue(): Promise<void> {
    await deps.catchUp();
    if (!closed) step({ kind: 'time' });
  }

  /** On the clock that never goes back. */
  function monotonicOf(at: string, farthest: number): number {
    const ago = clock.now() - Date.parse(at);
    return clock.monotonic() - (ago >= 0 && ago <= farthest ? ago : 0);
  }

  return {
    add(write, { at, fresh }) {
      const save = write.via !== 'editor' ? null : write.reason === 'after-delay' ? 'auto' : 'hand';
      const moment = monotonicOf(at, SANE_MS);
      const id = step({ kind: 'write', origin: write.origin, at: moment, save, fresh }) ?? fresh;
      const activity = open.get(id) ?? openActivity({ id, origin: write.origin, at });
      open.set(id, activity);
      addWrite(activity, write, at);
      return id;
    },
    restore(activities) {
      if (activities.length === 0) return;
      for (const activity of activities) open.set(activity.id, activity);
      const times = activities.map(({ startedAt, lastAt }) => [startedAt, lastAt] as const);
      gate = {
        ...gate,
        burst: {
          startedAt: Math.min(...times.map(([first]) => monotonicOf(first, Infinity))),
          lastAt: Math.max(...times.map(([, last]) => monotonicOf(last, Infinity))),
          gaps: [],
          autoSavedAt: null,
          // Two of one writer, from two leaders, both end with this burst.
          activities: Object.fromEntries(
            activities.map(({ id, origin }, at) => [
              activities.findIndex((other) => other.origin === origin) === at ? origin : id,
              id,
            ]),
          ),
        },
      };
      arm();
    },
    disown(path, content) {
      for (const activity of open.values()) {
        const held = activity.origin === 'unknown' ? activity.paths.get(path) : undefined;
        if (held === undefined || held.after !== content) continue;
        activity.paths.delete(path);
        activity.writes--;
        return { before: held.before };
      }
      return false;
    },
    open: () => [...open.values()],
    gitBusy(busy) {
      if (gate.gitBusy !== busy) step({ kind: 'git', busy });
    },
    configure: arm,
    close() {
      closed = true;
      cancel?.();
      cancel = null;
    },
  };
}
