import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, HostFacts, Random, StateFiles } from '../env.ts';
import { childEnvironment } from './environment.ts';
import { createLedger, type GroupRecord } from './ledger.ts';
import { createProcessTable, startTimeNow, type GroupMark, type Reach } from './process-table.ts';

/** A group gets this long after TERM, then KILL: together within the promised 2 s. */
const TERM_MS = 1200;
const KILL_MS = 500;
const FIRST_LOOK_MS = 15;

/** A child process in a group of its own. */
export interface Group {
  readonly child: ChildProcess;
  /** Ends the group and all that descends from it, also what left the group. Resolves when it is gone, within 2 s. */
  kill(): Promise<void>;
  /** To be called after the child ended by itself: ends what it left in its group. A daemon that left the group is kept. */
  settle(): Promise<void>;
}

export interface StartOptions {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: 'caller' | 'tool';
  readonly extraEnv?: Readonly<Record<string, string>> | undefined;
  readonly stdio: StdioOptions;
  readonly lowPriority: boolean;
  /** How node IPC packs messages, where `stdio` asks for it. */
  readonly serialization?: 'json' | 'advanced';
}

/** Starts groups, remembers on disk which live, and ends them. */
export interface Groups {
  /** Throws what `spawn` throws at once, and where the disk has no room to remember it, before it starts; that a program is missing comes as the child's `error` event. */
  start(options: StartOptions): Promise<Group>;
  sweep(): Promise<number>;
  close(): Promise<void>;
}

export interface GroupsDeps {
  readonly files: StateFiles;
  readonly clock: Clock;
  readonly random: Random;
  readonly host: HostFacts;
  /** Folder for the records, in the workspace's state folder. */
  readonly folder: string;
  /** Nothing else in this process uses the folder: its records of this process are of a thread of it that died. */
  readonly alone?: boolean;
}

export function createGroups({ files, clock, random, host, folder, alone = false }: GroupsDeps): Groups {
  const table = createProcessTable(host.platform);
  const ledger = createLedger({ files, folder });
  const live = new Map<string, Group>();
  let starts = Promise.resolve();
  let self: Promise<{ readonly bootId: string; readonly startTime: string | null }> | null = null;

  const whoAmI = () =>
    (self ??= Promise.all([table.bootId(), table.startTime(host.pid)]).then(([bootId, startTime]) => ({
      bootId,
      startTime,
    })));
  const pause = (ms: number): Promise<void> => new Promise((resolve) => clock.timer(ms, resolve, { keepAlive: true }));

  async function start(options: StartOptions): Promise<Group> {
    const { bootId, startTime } = await whoAmI();
    // In an editor's process a start takes a whole turn's time (host/githost/git-host.ts): those that come together take turns.
    await (starts = starts.then(() => nextTurn()));
    const id = random.uuid();
    const [program = '', ...args] = options.argv;
    const room = ledger.reserve(id);
    let child: ChildProcess;
    try {
      child = spawn(program, args, {
        cwd: options.cwd,
        env: childEnvironment(host.env, {
          kind: options.environment,
          extra: { ...options.extraEnv, ...asNode(program) },
          group: id,
        }),
        detached: true,
        shell: false,
        stdio: options.stdio,
        windowsHide: true,
        ...(options.serialization === undefined ? {} : { serialization: options.serialization }),
      });
    } catch (error) {
      room.giveBack();
      throw error;
    }
    if (child.pid === undefined) {
      room.giveBack();
      return notStarted(child);
    }
    const record: GroupRecord = {
      id,
      pgid: child.pid,
      bootId,
      startTime: startTimeNow(child.pid),
      owner: { pid: host.pid, startTime },
    };
    const group = ownGroup(child, record);
    try {
      room.note(record);
    } catch (error) {
      await group.kill();
      throw error;
    }
    if (options.lowPriority) lowerPriority(child.pid);
    if (record.startTime === null) void noteLater(record);
    return group;
  }

  /**
   * Where the start time cannot be read at once (macOS), the record is completed as soon as it is known. Nobody may wait for it:
   * the end of a child that is gone by then would go unheard.
   */
  async function noteLater(record: GroupRecord): Promise<void> {
    const startTime = await table.startTime(record.pgid);
    if (startTime === null || !live.has(record.id)) return;
    try {
      ledger.note({ ...record, startTime });
    } catch (error) {
      // The disk filled up: the record stays without its time, and the next start leaves that group alone.
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }

  function ownGroup(child: ChildProcess, record: GroupRecord): Group {
    let ending: Promise<void> | null = null;
    const end = (reach: Reach): Promise<void> =>
      (ending ??= terminate(record, reach).then((gone) => {
        live.delete(record.id);
        if (gone) ledger.forget(record.id);
      }));
    const group: Group = { child, kill: () => end('tree'), settle: () => end('group') };
    live.set(record.id, group);
    return group;
  }

  /** False when something outlives even KILL (stuck in the kernel): its record stays, for the next start to look again. */
  async function terminate(mark: GroupMark, reach: Reach): Promise<boolean> {
    if (reach === 'group' && !signalGroup(mark.pgid, 0)) return true;
    if (await endedBy(mark, { reach, signal: 'SIGTERM', withinMs: TERM_MS })) return true;
    return endedBy(mark, { reach, signal: 'SIGKILL', withinMs: KILL_MS });
  }

  /** Signals whoever is alive until nobody is; false when the time is up. */
  async function endedBy(
    mark: GroupMark,
    {
      reach,
      signal,
      withinMs,
    }: { readonly reach: Reach; readonly signal: 'SIGTERM' | 'SIGKILL'; readonly withinMs: number },
  ): Promise<boolean> {
    const deadline = clock.monotonic() + withinMs;
    const told = new Set<number>();
    for (let wait = FIRST_LOOK_MS; ; wait = Math.min(wait * 2, 100)) {
      const members = await table.members(mark, reach);
      if (members.length === 0) return true;
      const untold = members.filter((pid) => !told.has(pid) || signal === 'SIGKILL');
      if (untold.length > 0) signalGroup(mark.pgid, signal);
      for (const pid of untold) signalOne(pid, signal);
      for (const pid of untold) told.add(pid);
      if (clock.monotonic() >= deadline) return false;
      await pause(wait);
    }
  }

  async function isLeftBehind(record: GroupRecord): Promise<boolean> {
    if (alone && record.owner.pid === host.pid) return true;
    const ownerStart = await table.startTime(record.owner.pid);
    return ownerStart === null || ownerStart !== record.owner.startTime;
  }

  async function sweepOne(record: GroupRecord, bootId: string): Promise<boolean> {
    const sameBoot = record.bootId === bootId;
    if (sameBoot && !(await isLeftBehind(record))) return false;
    const leader = sameBoot ? await table.startTime(record.pgid) : null;
    const samePgid = leader !== null && leader === record.startTime;
    // Where the id may belong to somebody else by now, only those that carry our mark are ours.
    const mark = { id: record.id, pgid: samePgid ? record.pgid : NO_GROUP };
    const found = sameBoot && (await table.members(mark, 'tree')).length > 0;
    if (!found || (await terminate(mark, 'tree'))) ledger.forget(record.id);
    return found;
  }

  return {
    start,
    async sweep() {
      const records = ledger.all().filter(({ id }) => !live.has(id));
      if (records.length === 0) return 0;
      const { bootId } = await whoAmI();
      const swept = await Promise.all(records.map((record) => sweepOne(record, bootId)));
      return swept.filter(Boolean).length;
    },
    async close() {
      await Promise.all([...live.values()].map((group) => group.kill()));
    },
  };
}

/** In VS Code on the desktop, what runs us is Electron, which is a Node only where it is told to be one. */
function asNode(program: string): Readonly<Record<string, string>> {
  const isElectron = process.versions['electron'] !== undefined && program === process.execPath;
  return isElectron ? { ELECTRON_RUN_AS_NODE: '1' } : {};
}

/** No process has it: stands for "no group is known to be ours". */
const NO_GROUP = -1;

/** A program that could not be started has no group; its `error` event says why. */
function notStarted(child: ChildProcess): Group {
  return { child, kill: () => Promise.resolve(), settle: () => Promise.resolve() };
}

/** False when there is no such group. */
function signalGroup(pgid: number, signal: NodeJS.Signals | 0): boolean {
  return pgid > 1 && signalOne(-pgid, signal);
}

function signalOne(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    // ESRCH: gone in the meantime. EPERM: only zombies left (macOS), or not ours to end.
    if (error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM')) return false;
    throw error;
  }
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch (error) {
    // It has ended already; any other reason would be a bug of ours.
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_SYSTEM_ERROR')) throw error;
  }
}
