import type { Result } from '../../contract/failures.ts';
import type { Claims } from '../journal/claims.ts';
import type { JournalReader } from '../journal/journal.ts';
import type { Runner } from './api.ts';

/** A session of this process, with the runner that writes to it. */
export interface OwnSession {
  readonly epoch: number;
  readonly runner: Runner;
}

/**
 * A runner for a process that lives long. Events of a run are ordered by the number of their session, so a session may not go on
 * with a run that a newer one had last: for such a run this process opens one more session, and goes on in that.
 */
export function createRenewedRunner(deps: {
  readonly first: OwnSession;
  /** Opens one more session of this process. */
  readonly open: () => Promise<Result<OwnSession>>;
  /** Ends what dead processes of this workspace left at work: before anything of theirs is gone on with. */
  readonly sweep: () => Promise<unknown>;
  readonly reader: JournalReader;
  /** Those of somebody who only looks. */
  readonly claims: Pick<Claims, 'find'>;
}): Runner {
  const { reader, claims, first } = deps;
  const sessions: OwnSession[] = [];
  const listeners = new Set<Parameters<Runner['onEnd']>[0]>();
  let typing = false;
  let opening: Promise<Result<OwnSession>> = Promise.resolve({ ok: true, value: first });

  add(first);

  return {
    startRun: (request) => first.runner.startRun(request),
    retryRun: (ref, request) => first.runner.retryRun(ref, request),
    async resumeRun(ref, request) {
      const session = await sessionFor(ref);
      return session.ok ? session.value.runner.resumeRun(ref, request) : session;
    },
    async cancelRun(ref) {
      const session = await sessionFor(ref);
      return session.ok ? session.value.runner.cancelRun(ref) : session;
    },
    async supersedeRun(ref, how) {
      return (ownerOf(ref) ?? first).runner.supersedeRun(ref, how);
    },
    async goOn() {
      await deps.sweep();
      // The runs may be of any session that ended: the newest of ours is to be newer than they.
      const ended = reader.sessions().filter(({ live }) => !live);
      const session = await newerThan(Math.max(0, ...ended.map(({ epoch }) => epoch)));
      return session.ok ? session.value.runner.goOn() : session;
    },
    live: () => sessions.flatMap(({ runner }) => runner.live()),
    onEnd(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    setTyping(active) {
      typing = active;
      for (const { runner } of sessions) runner.setTyping(active);
    },
    recordInterruptions: () => newest().runner.recordInterruptions(),
    async close() {
      await Promise.all(sessions.map(({ runner }) => runner.close()));
    },
  };

  function add(session: OwnSession): void {
    sessions.push(session);
    session.runner.setTyping(typing);
    session.runner.onEnd((view) => {
      for (const listener of listeners) listener(view);
    });
  }

  function newest(): OwnSession {
    return sessions.at(-1) ?? first;
  }

  function ownerOf(ref: string): OwnSession | undefined {
    const run = claims.find(ref)?.run;
    return sessions.find(({ runner }) => runner.live().some(({ start }) => start.run === run));
  }

  /** The session that has the run at work, else one that may go on with it. */
  async function sessionFor(ref: string): Promise<Result<OwnSession>> {
    const owner = ownerOf(ref);
    const claim = claims.find(ref);
    // Where somebody else has it, whoever is asked says so.
    if (owner || claim === null || claim.live) return { ok: true, value: owner ?? newest() };
    await deps.sweep();
    const [last] = reader.events({ run: claim.run, limit: 1 });
    return newerThan(last?.epoch ?? 0);
  }

  /** A session of our own with a number that is not lower; one at a time is opened. */
  function newerThan(epoch: number): Promise<Result<OwnSession>> {
    opening = opening.then(async () => {
      if (newest().epoch >= epoch) return { ok: true, value: newest() };
      const opened = await deps.open();
      if (!opened.ok) return opened;
      add(opened.value);
      return opened;
    });
    return opening;
  }
}
