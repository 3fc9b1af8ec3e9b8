import path from 'node:path';
import { fail, ok, type Failure, type Result } from '../../contract/failures.ts';
import type { Env } from '../env.ts';
import { codeOf, layoutOf, lockName, namesIn } from './layout.ts';
import { failureOf } from './segment-writer.ts';
import { createExclusively, makeDurableDir } from './session-start.ts';

export interface Claim {
  readonly run: string;
  readonly number: number;
  /** The session that had the run last. */
  readonly session: string;
  /** Whether that session lives and has not let go of it: only then is the run anybody's. */
  readonly live: boolean;
  /** The run that it retries. */
  readonly retryOf: string | null;
}

interface ClaimFile {
  readonly run: string;
  readonly session: string;
  /** The session had the run and let go of it. */
  readonly released?: boolean;
  readonly retryOf?: string | null;
}

/** No other retry of the same run may be at work: steps of both would do the same thing, and undo it, twice. */
export interface OnlyRetry {
  /** The run that is retried; null where none is. */
  readonly of: string | null;
  /** Tells it of a claimed run, by its events. */
  readonly isAtWork: (claim: Claim) => boolean;
}

/** Who runs which run: files `runs/<number>.<k>`, made exclusively, k counting the owners from 0. */
export interface Claims {
  /** Takes the next number of this workspace for a run of this session. `run-live` where another one is the only retry. */
  claimNew(run: string, only?: OnlyRetry): Result<{ readonly number: number }>;
  /**
   * Takes over a run that nobody has: `run-live` where a live session has it, or another one is the only retry; `not-found` where
   * nobody ever had.
   */
  claim(run: string, only?: OnlyRetry): Result<null>;
  /** Lets go of a run of this session that is not at work any more, so that others may go on with it while this one lives. */
  release(run: string): Result<null>;
  /** By number or id. */
  find(ref: string): Claim | null;
  /** Newest first. */
  list(): readonly Claim[];
}

/**
 * Claims are not synced: a run's own events carry its number, so what a power loss takes of the claims is made good by
 * `highestRun`, the highest number in the history. `session` is null for those who only look.
 */
export function createClaims(deps: {
  readonly env: Env;
  readonly stateDir: string;
  readonly session: string | null;
  readonly highestRun: () => number;
}): Claims {
  const { env, session } = deps;
  const layout = layoutOf(deps.stateDir);
  /** Claim files never change, so each is read once. */
  const contents = new Map<string, ClaimFile>();
  let lastNumber = -1;
  // Asked once, and now: whatever begins later has a claim that is seen, and the history is at its shortest.
  const highestBefore = session === null ? 0 : deps.highestRun();

  return { claimNew, claim, release, find, list };

  function claimNew(run: string, only?: OnlyRetry): ReturnType<Claims['claimNew']> {
    return writing((owner) => {
      const retryOf = only?.of ?? null;
      const take = (): ReturnType<Claims['claimNew']> => ok({ number: takeNumber({ run, session: owner, retryOf }) });
      return retryOf === null ? take() : exclusively(run, only, take);
    });
  }

  function takeNumber(content: ClaimFile): number {
    if (lastNumber < 0) lastNumber = Math.max(highestBefore, highestClaim());
    while (!create({ number: lastNumber + 1, k: 0 }, content)) lastNumber = Math.max(lastNumber + 1, highestClaim());
    return ++lastNumber;
  }

  function claim(run: string, only?: OnlyRetry): Result<null> {
    return writing((owner) => exclusively(run, only, () => takeOver(run, owner)));
  }

  /** Only one process takes over at a time, so a claim without content is a power loss's, not one being written. */
  function exclusively<T>(run: string, only: OnlyRetry | undefined, work: () => Result<T>): Result<T> {
    const lock = env.locks.acquire(layout.claimsLock);
    if (lock === null) return fail('run-live', `Another process is taking over a run just now. Try again.`);
    try {
      const other = retryAtWork(run, only);
      return other ? retriedBy(other.number) : work();
    } finally {
      lock.release();
    }
  }

  function retryAtWork(run: string, only: OnlyRetry | undefined): Claim | undefined {
    const of = only?.of ?? null;
    if (of === null) return undefined;
    const retried = find(of)?.number ?? 0;
    return newerThan(retried).find((claim) => claim.retryOf === of && claim.run !== run && only?.isAtWork(claim));
  }

  function takeOver(run: string, owner: string): Result<null> {
    const found = find(run);
    if (found === null)
      return fail('not-found', `There is no run ${run} in this workspace. See them with: savepoint runs`);
    if (found.session === owner && found.live) return ok(null);
    return !found.live && next(found, { session: owner }) ? ok(null) : taken(found.number);
  }

  function release(run: string): Result<null> {
    return writing((owner) => {
      const found = find(run);
      // Where the name is taken, somebody else has the run already.
      if (found?.session === owner && found.live) next(found, { session: owner, released: true });
      return ok(null);
    });
  }

  /** What comes after a claim; false where somebody else was faster. */
  function next({ number, run, retryOf }: Claim, content: Omit<ClaimFile, 'run'>): boolean {
    const k = (owners().get(number) ?? -1) + 1;
    return create({ number, k }, { ...content, run, retryOf });
  }

  function find(ref: string): Claim | null {
    const byNumber = /^\d{1,9}$/.test(ref);
    const newestFirst = [...owners()].sort(([a], [b]) => b - a);
    for (const [number, k] of byNumber ? newestFirst.filter(([number]) => number === Number(ref)) : newestFirst) {
      const found = claimOf(number, k);
      if (found !== null && (byNumber || found.run === ref)) return found;
    }
    return null;
  }

  function list(): readonly Claim[] {
    return newerThan(0);
  }

  function newerThan(oldest: number): readonly Claim[] {
    return [...owners()]
      .filter(([number]) => number > oldest)
      .sort(([a], [b]) => b - a)
      .map(([number, k]) => claimOf(number, k))
      .filter((found) => found !== null);
  }

  /** Number of each run → its newest k. */
  function owners(): ReadonlyMap<number, number> {
    const newest = new Map<number, number>();
    for (const name of namesIn(env, layout.runs)) {
      const match = /^(\d+)\.(\d+)$/.exec(name);
      if (match === null) continue;
      const number = Number(match[1]);
      newest.set(number, Math.max(newest.get(number) ?? 0, Number(match[2])));
    }
    return newest;
  }

  function highestClaim(): number {
    return Math.max(0, ...owners().keys());
  }

  /** The newest owner that can be read: a file cut short by a power loss names nobody, and whoever made it is dead. */
  function claimOf(number: number, k: number): Claim | null {
    for (let at = k; at >= 0; at--) {
      const content = contentOf(`${number}.${at}`);
      if (content === null) continue;
      const live = !content.released && env.locks.isHeld(path.join(layout.sessions, lockName(content.session)));
      return { run: content.run, number, session: content.session, live, retryOf: content.retryOf ?? null };
    }
    return null;
  }

  function contentOf(name: string): ClaimFile | null {
    const known = contents.get(name);
    if (known !== undefined) return known;
    const content = parseClaim(textOf(name));
    // An unreadable one may be just being written by its maker.
    if (content !== null) contents.set(name, content);
    return content;
  }

  function textOf(name: string): string {
    try {
      return env.files.readFile(path.join(layout.runs, name)).toString('utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return '';
      throw error;
    }
  }

  function create(name: { readonly number: number; readonly k: number }, content: ClaimFile): boolean {
    return createExclusively(env, path.join(layout.runs, `${name.number}.${name.k}`), JSON.stringify(content));
  }

  function writing<T>(work: (owner: string) => Result<T>): Result<T> {
    if (session === null) throw new Error('claims opened for looking cannot claim');
    try {
      makeDurableDir(env, layout.runs);
      return work(session);
    } catch (error) {
      if (codeOf(error) === null) throw error;
      return { ok: false, failure: failureOf(error, layout.runs) };
    }
  }
}

function taken(number: number): { readonly ok: false; readonly failure: Failure } {
  return fail(
    'run-live',
    `Run ${number} is going on in another window or terminal. Stop it there, or with: savepoint cancel ${number}`,
  );
}

function retriedBy(number: number): { readonly ok: false; readonly failure: Failure } {
  return fail(
    'run-live',
    `Run ${number} retries it already. Wait for its end, or stop it with: savepoint cancel ${number}`,
  );
}

function parseClaim(text: string): ClaimFile | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('run' in value) || !('session' in value)) return null;
    return typeof value.run === 'string' && typeof value.session === 'string'
      ? {
          run: value.run,
          session: value.session,
          released: 'released' in value && value.released === true,
          retryOf: 'retryOf' in value && typeof value.retryOf === 'string' ? value.retryOf : null,
        }
      : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
