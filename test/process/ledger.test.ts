import assert from 'node:assert/strict';
import { createLedger, type GroupRecord } from '../../src/orchestrator/process/ledger.ts';
import type { StateFiles } from '../../src/orchestrator/env.ts';
import { createSimulatedDisk } from '../support/simulated-disk.ts';
import { proves } from '../requirements.ts';

const record = (id: string): GroupRecord => ({
  id,
  pgid: 4711,
  bootId: 'boot',
  startTime: '99',
  owner: { pid: 4710, startTime: '98' },
});

describe(proves('A1', 'records of process groups, with several Savepoints at work'), () => {
  const folder = '/state/groups';
  let files: StateFiles;
  beforeEach(() => {
    files = createSimulatedDisk(() => 0).files;
  });

  it('gives back what was noted, and nothing that was forgotten', () => {
    const ledger = createLedger({ files, folder });
    ledger.note(record('a'));
    ledger.note(record('b'));
    ledger.note({ ...record('b'), startTime: null });
    ledger.forget('a');
    assert.deepEqual(createLedger({ files, folder }).all(), [{ ...record('b'), startTime: null }]);
  });

  it('goes on where another one forgets a record at the same time', () => {
    const other = createLedger({ files, folder });
    other.note(record('a'));
    other.note(record('b'));
    const readDir = (dir: string): readonly string[] => {
      const names = files.readDir(dir);
      other.forget('a');
      return names;
    };
    assert.deepEqual(createLedger({ files: { ...files, readDir }, folder }).all(), [record('b')]);
    const stat: StateFiles['stat'] = (file) => {
      const found = files.stat(file);
      other.forget('b');
      return found;
    };
    createLedger({ files: { ...files, stat }, folder }).forget('b');
    assert.deepEqual(other.all(), []);
  });

  it('shows a record whole or not at all, and keeps one that is just being written', () => {
    const reader = createLedger({ files, folder });
    const open: StateFiles['open'] = (file, mode) => {
      const handle = files.open(file, mode);
      assert.deepEqual(reader.all(), []);
      return handle;
    };
    createLedger({ files: { ...files, open }, folder }).note(record('a'));
    assert.deepEqual(reader.all(), [record('a')]);
  });

  it('takes room for a record before its process starts, and gives it back', () => {
    const ledger = createLedger({ files, folder });
    ledger.reserve('a').note(record('a'));
    ledger.reserve('b').giveBack();
    assert.deepEqual(ledger.all(), [record('a')]);
    assert.deepEqual(files.readDir(folder), ['a.group']);
    const full = (): never => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    };
    const open: StateFiles['open'] = (file, mode) => ({ ...files.open(file, mode), write: full });
    assert.throws(() => createLedger({ files: { ...files, open }, folder }).reserve('c'), { code: 'ENOSPC' });
    assert.deepEqual(files.readDir(folder), ['a.group'], 'what was begun is taken away');
  });
});
