import type { EditorWrite } from '../../contract/worker.ts';

/** What the editor wrote while no worker was there to take it, in order, and bounded. */
export interface KeptWrites {
  keep(writes: readonly EditorWrite[]): void;
  /** Hands out what is kept, and starts anew. `lost`: writes that found no room. */
  take(): { readonly writes: readonly EditorWrite[]; readonly lost: number };
}

export const MAX_WRITES = 10_000;

export function createKeptWrites(): KeptWrites {
  let kept: EditorWrite[] = [];
  let lost = 0;
  return {
    keep(writes) {
      const room = MAX_WRITES - kept.length;
      kept.push(...writes.slice(0, room));
      lost += Math.max(0, writes.length - room);
    },
    take() {
      const taken = { writes: kept, lost };
      kept = [];
      lost = 0;
      return taken;
    },
  };
}
