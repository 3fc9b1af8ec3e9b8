import type { Clock, HeldLock, Locks, StateFiles } from '../../env.ts';

/** Who does not lead looks so often whether it may: takeover within the promised 2 s. */
const LOOK_EVERY_MS = 800;

export interface Leadership {
  leads(): boolean;
  close(): void;
}

/**
 * One process of a folder leads: the one that holds the lock, which the operating system frees on its death. A leader whose lock
 * file is gone (somebody cleared the state folder) leads no more: another may hold a new one.
 */
export function createLeadership(deps: {
  readonly locks: Locks;
  readonly files: StateFiles;
  readonly clock: Clock;
  /** The lock file. */
  readonly path: string;
  readonly onLead: () => void;
  readonly onLost: () => void;
}): Leadership {
  const { locks, files, clock } = deps;
  let held: HeldLock | null = null;
  let cancel = (): void => undefined;
  look();

  return {
    leads: () => held !== null,
    close() {
      cancel();
      held?.release();
      held = null;
    },
  };

  function look(): void {
    cancel = clock.timer(LOOK_EVERY_MS, look);
    if (held === null) tryToLead();
    else if (files.stat(deps.path) === null) lose();
  }

  function tryToLead(): void {
    // Taking a lock that another has waits for it a while; asking does not.
    held = locks.isHeld(deps.path) ? null : locks.acquire(deps.path);
    if (held !== null) deps.onLead();
  }

  function lose(): void {
    cancel();
    held?.release();
    held = null;
    deps.onLost();
  }
}
