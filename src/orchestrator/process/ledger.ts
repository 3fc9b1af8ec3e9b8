import { join } from 'node:path';
import type { StateFiles } from '../env.ts';
import { readIfThere, removeFile, replaceFile } from '../state-file.ts';

/** One live process group of ours, as kept in the state folder until it has ended. */
export interface GroupRecord {
  readonly id: string;
  readonly pgid: number;
  readonly bootId: string;
  /** Of the group's first process; null when it ended before it could be read. */
  readonly startTime: string | null;
  /** The Savepoint process that started it. */
  readonly owner: { readonly pid: number; readonly startTime: string | null };
}

const FIELDS = 6;

export interface Ledger {
  /** Not synced to disk: after a power loss there is no process left to find. Throws the operating system's error. */
  note(record: GroupRecord): void;
  forget(id: string): void;
  /** Records of every Savepoint process; a damaged one is removed. */
  all(): readonly GroupRecord[];
}

/** One file per group in `folder`, so that processes never wait for each other. */
export function createLedger({ files, folder }: { readonly files: StateFiles; readonly folder: string }): Ledger {
  const pathOf = (id: string): string => join(folder, `${id}.group`);

  function read(name: string): readonly GroupRecord[] {
    const path = join(folder, name);
    const text = readIfThere(files, path)?.toString('utf8');
    if (text === undefined) return [];
    const record = parse(text);
    if (record !== null) return [record];
    removeFile(files, path);
    return [];
  }

  return {
    note(record) {
      replaceFile(files, pathOf(record.id), Buffer.from(format(record)));
    },
    forget(id) {
      removeFile(files, pathOf(id));
    },
    all() {
      if (files.stat(folder) === null) return [];
      return files
        .readDir(folder)
        .filter((name) => name.endsWith('.group'))
        .flatMap(read);
    },
  };
}

/** One field a line: needs no schema library, which would cost every start 20 ms. */
function format({ id, pgid, bootId, startTime, owner }: GroupRecord): string {
  return [id, pgid, bootId, startTime ?? '', owner.pid, owner.startTime ?? ''].join('\n') + '\n';
}

function parse(text: string): GroupRecord | null {
  const [id = '', pgid, bootId = '', startTime = '', ownerPid, ownerStart = '', end] = text.split('\n', FIELDS + 1);
  const record = {
    id,
    pgid: Number(pgid),
    bootId,
    startTime: startTime || null,
    owner: { pid: Number(ownerPid), startTime: ownerStart || null },
  };
  const whole = end === '' && Number.isSafeInteger(record.pgid) && Number.isSafeInteger(record.owner.pid);
  return whole && id !== '' ? record : null;
}
