import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toCsv } from '../src/export/csv.ts';
import { createDownloadToken, sealPath } from '../src/export/links.ts';

test('a line per credit note, quoted', () => {
  const csv = toCsv([
    { id: 'cn-1', invoiceId: 'inv-1', customerId: 'Meier "Nord"', reason: 'damage', cents: 500, status: 'issued' },
  ]);
  assert.equal(csv.split('\r\n')[1], '"cn-1";"Meier ""Nord""";"8710";"5.00 EUR";"issued"');
});

test('a token is new every time', () => {
  assert.match(createDownloadToken(), /^[0-9a-z]{12,}$/);
  assert.notEqual(createDownloadToken(), createDownloadToken());
});

test('a sealed path does not show the path', () => {
  assert.doesNotMatch(sealPath('credit-notes.csv', Buffer.alloc(16)), /credit/);
});
