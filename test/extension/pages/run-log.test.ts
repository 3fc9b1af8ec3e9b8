import assert from 'node:assert/strict';
import { newLines } from '../../../src/extension/pages/run-log.ts';
import { runRow } from '../../support/boards.ts';

const place = '/work/harbor-api';
const done = runRow({ run: 'one', number: 1, findings: { error: 1, warning: 0, info: 0 } });
const alive = runRow({ run: 'two', number: 2, status: 'running', endedAt: null });

describe('what the output says', () => {
  it('says that it is at work, and nothing of what ended before', () => {
    assert.deepEqual(newLines({ state: 'ready', runs: [alive, done], place }).lines, ['At work on /work/harbor-api.']);
  });

  it('says once what each run came to, oldest first, and again when a cut off run has gone on', () => {
    const first = newLines({ state: 'ready', runs: [alive], place });
    const cut = { ...alive, status: 'interrupted' } as const;
    const second = newLines({ state: 'ready', runs: [cut, done], place }, first);
    assert.deepEqual(second.lines, [
      'Run 1, on-save-checks, on 12 files: finished with 1 finding.',
      'Run 2, on-save-checks, on 12 files: cut off, can resume.',
    ]);
    assert.deepEqual(newLines({ state: 'ready', runs: [cut, done], place }, second).lines, []);
    const third = newLines({ state: 'ready', runs: [{ ...alive, status: 'completed' }, done], place }, second);
    assert.deepEqual(third.lines, ['Run 2, on-save-checks, on 12 files: finished.']);
  });

  it('says of a change that only removed files that it did', () => {
    const removed = runRow({ run: 'two', number: 2, scope: { kind: 'changed', base: 'head', files: 0 } });
    const told = newLines({ state: 'ready', runs: [], place });
    assert.deepEqual(newLines({ state: 'ready', runs: [removed], place }, told).lines, [
      'Run 2, on-save-checks, on removed files: finished.',
    ]);
  });

  it('says that it is at work again after the worker was away', () => {
    const away = newLines(
      { state: 'restarting', runs: [done], place },
      newLines({ state: 'ready', runs: [done], place }),
    );
    assert.deepEqual(away.lines, []);
    assert.deepEqual(newLines({ state: 'ready', runs: [done], place }, away).lines, ['At work on /work/harbor-api.']);
  });
});
