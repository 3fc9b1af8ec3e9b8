import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { GROUP_VARIABLE } from './environment.ts';

/** A group of ours as it can be found again among all processes. */
export interface GroupMark {
  /** Process group and id of its first process. */
  readonly pgid: number;
  /** Id in GROUP_VARIABLE of all that descends from it. */
  readonly id: string;
}

/** `group`: who is in the process group; `tree`: also what descends from it and left the group. */
export type Reach = 'group' | 'tree';

/** The operating system's table of processes. Linux reads /proc, macOS asks `ps`. */
export interface ProcessTable {
  /** Changes with every start of the machine: process ids of another boot mean nothing. */
  bootId(): Promise<string>;
  /** When the process started, in a form that only compares; null when it does not live. */
  startTime(pid: number): Promise<string | null>;
  /** Live processes (zombies are not). */
  members(group: GroupMark, reach: Reach): Promise<readonly number[]>;
}

export function createProcessTable(platform: NodeJS.Platform): ProcessTable {
  return platform === 'linux' ? linuxTable : psTable;
}

interface Stat {
  readonly state: string;
  readonly ppid: number;
  readonly pgid: number;
  readonly startTime: string;
}

/** /proc/<pid>/stat: the name in brackets may hold anything, so fields are counted from its end (proc(5)). */
function parseStat(text: string): Stat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', ppid: Number(fields[1]), pgid: Number(fields[2]), startTime: fields[19] ?? '' };
}

/** Null when the process has gone or may not be looked at: both mean that it is none of ours. */
async function readProc(pid: number, name: string): Promise<string | null> {
  return readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => null);
}

/** Files of /proc that are open at a time. */
const AT_ONCE = 64;

const linuxTable: ProcessTable = {
  async bootId() {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'latin1')).trim();
  },
  async startTime(pid) {
    const text = await readProc(pid, 'stat');
    return text === null || parseStat(text).state === 'Z' ? null : parseStat(text).startTime;
  },
  async members(group, reach) {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
    const found: number[] = [];
    for (let at = 0; at < pids.length; at += AT_ONCE) {
      const some = pids.slice(at, at + AT_ONCE);
      const member = await Promise.all(some.map((pid) => isMember(pid, group, reach)));
      found.push(...some.filter((_, index) => member[index]));
    }
    return found;
  },
};

async function isMember(pid: number, group: GroupMark, reach: Reach): Promise<boolean> {
  const text = await readProc(pid, 'stat');
  if (text === null) return false;
  const stat = parseStat(text);
  if (stat.state === 'Z' || stat.state === 'X') return false;
  if (stat.pgid === group.pgid) return true;
  if (reach === 'group') return false;
  const environment = await readProc(pid, 'environ');
  return environment !== null && carries(environment, group.id);
}

function carries(environment: string, id: string): boolean {
  const at = environment.indexOf(`${GROUP_VARIABLE}=`);
  if (at < 0) return false;
  const value = environment.slice(at + GROUP_VARIABLE.length + 1).split('\0', 1)[0] ?? '';
  return value.split('/').includes(id);
}

/** Start time by one synchronous read, for the record that must be written before anything else happens. Linux only. */
export function startTimeNow(pid: number): string | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1')).startTime;
  } catch {
    return null; // It has ended already, or there is no /proc: the record then names no start time and is never swept.
  }
}

const run = promisify(execFile);

const psTable: ProcessTable = {
  async bootId() {
    return (await run('sysctl', ['-n', 'kern.boottime'])).stdout.trim();
  },
  async startTime(pid) {
    // ps exits 1 when there is no such process.
    const text = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).then(
      (done) => done.stdout.trim(),
      () => '',
    );
    return text === '' ? null : text;
  },
  async members(group, reach) {
    const { stdout } = await run('ps', ['-axo', 'pid=,ppid=,pgid=,stat=']);
    const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
    const alive = rows.filter(([, , , state]) => state !== undefined && !state.startsWith('Z'));
    const found = new Set<number>([group.pgid]);
    for (let size = 0; size !== found.size;) {
      size = found.size;
      for (const [pid, ppid, pgid] of alive) {
        if ((reach === 'tree' && found.has(Number(ppid))) || Number(pgid) === group.pgid) found.add(Number(pid));
      }
    }
    return alive.map(([pid]) => Number(pid)).filter((pid) => found.has(pid));
  },
};
