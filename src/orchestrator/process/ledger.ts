import { join } from 'node:path';
import type { FileHandle, StateFiles } from '../env.ts';
import { readIfThere, removeFile, replaceFile, writeAll } from '../state-file.ts';

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
/** More than a record takes: two ids, two times, two numbers. */
const RECORD_BYTES = 512;

/** Room on the disk for one record, so that no process starts of which none could be kept. To be ended by one of the two. */
export interface RecordRoom {
  note(record: GroupRecord): void;
  giveBack(): void;
}

export interface Ledger {
  /** Throws the operating system's error where there is no room. */
  reserve(id: string): RecordRoom;
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

  /** Written over in place and then named, so that readers find it whole. */
  function keep(handle: FileHandle, { temporary, record }: { temporary: string; record: GroupRecord }): void {
    try {
      const bytes = Buffer.from(format(record));
      writeAll(handle, bytes, 0);
      handle.truncate(bytes.length);
    } finally {
      handle.close();
    }
    files.rename(temporary, pathOf(record.id));
  }

  return {
    reserve(id) {
      const temporary = `${pathOf(id)}.${process.pid}.tmp`;
      files.makeDir(folder);
      const handle = files.open(temporary, 'create');
      const giveBack = (): void => {
        handle.close();
        removeFile(files, temporary);
      };
      try {
        writeAll(handle, Buffer.alloc(RECORD_BYTES, '\n'), 0);
      } catch (error) {
        giveBack();
        throw error;
      }
      return { giveBack, note: (record) => keep(handle, { temporary, record }) };
    },
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
