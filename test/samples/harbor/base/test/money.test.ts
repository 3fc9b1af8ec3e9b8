import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCents, splitCents, taxOf } from '../src/lib/money.ts';

test('formats cents with two digits', () => {
  assert.equal(formatCents(123405), '1234.05 EUR');
});

test('formats negative amounts with the sign in front', () => {
  assert.equal(formatCents(-5, 'CHF'), '-0.05 CHF');
});

test('tax is rounded half up', () => {
  assert.equal(taxOf(250, 0.19), 48);
});

test('a split loses no cent', () => {
  assert.deepEqual(splitCents(100, [1, 1, 1]), [34, 33, 33]);
});

test('a split needs weights', () => {
  assert.throws(() => splitCents(100, [0, 0]), /weights/);
});
