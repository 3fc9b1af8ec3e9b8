import type { EditorWrite } from '../../contract/worker.ts';

/** What the editor wrote while no worker was there to take it, in order, and bounded. */
export interface KeptWrites {
  keep(more: Kept): void;
  /** Hands out what is kept, and starts anew. */
  take(): Kept;
}

export interface Kept {
  readonly writes: readonly EditorWrite[];
  /** How many more there were that found no room. */
  readonly lost: number;
}

export const MAX_WRITES = 10_000;

export function createKeptWrites(): KeptWrites {
  let kept: EditorWrite[] = [];
  let lost = 0;
  return {
    keep(more) {
      const room = MAX_WRITES - kept.length;
      kept.push(...more.writes.slice(0, room));
      lost += more.lost + Math.max(0, more.writes.length - room);
    },
    take() {
      const taken = { writes: kept, lost };
      kept = [];
      lost = 0;
      return taken;
    },
  };
}
