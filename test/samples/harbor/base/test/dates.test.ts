import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, isIsoDate, nightsBetween, overlaps } from '../src/lib/dates.ts';

test('knows dates that do not exist', () => {
  assert.equal(isIsoDate('2025-02-28'), true);
  assert.equal(isIsoDate('2025-02-30'), false);
  assert.equal(isIsoDate('28.02.2025'), false);
});

test('adds days over the end of a month', () => {
  assert.equal(addDays('2025-01-31', 14), '2025-02-14');
});

test('counts nights', () => {
  assert.equal(nightsBetween('2025-03-29', '2025-04-01'), 3);
});

test('stays that touch do not overlap', () => {
  const first = { arrives: '2025-04-01', departs: '2025-04-03' };
  assert.equal(overlaps(first, { arrives: '2025-04-03', departs: '2025-04-05' }), false);
  assert.equal(overlaps(first, { arrives: '2025-04-02', departs: '2025-04-05' }), true);
});
