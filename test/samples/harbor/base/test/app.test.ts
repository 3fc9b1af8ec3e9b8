import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createApp } from '../src/app.ts';
import { openSession } from '../src/auth/sessions.ts';
import { saveInvoice } from '../src/billing/invoices.ts';
import { loadConfig } from '../src/config.ts';
import { renderInvoice } from '../src/reports/render.ts';
import { invoice, testApp } from './helpers.ts';

describe('the server', () => {
  const app = testApp();
  const server = createApp(app);
  let origin = '';

  before(async () => {
    await new Promise<void>((ready) => {
      server.listen(0, ready);
    });
    const address = server.address();
    if (typeof address === 'object' && address !== null) origin = `http://127.0.0.1:${address.port}`;
  });

  after(() => {
    server.close(() => app.db.close());
  });

  test('answers 404 where nothing is', async () => {
    assert.equal((await fetch(`${origin}/nothing`)).status, 404);
  });

  test('wants a login for bookings', async () => {
    const answer = await fetch(`${origin}/bookings`, { method: 'POST', body: '{}' });
    assert.equal(answer.status, 401);
  });

  test('says what is wrong with a body', async () => {
    const answer = await fetch(`${origin}/login`, { method: 'POST', body: '[1]' });
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /must be an object/);
  });

  test('shows an invoice to those who are logged in', async () => {
    await saveInvoice(app.db, invoice());
    const token = await openSession(app.db, 'mara@harbor.example', 1);
    const answer = await fetch(`${origin}/invoices/inv-1`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /"outstandingCents":10103/);
  });
});

test('a rendered invoice escapes what customers typed', () => {
  const html = renderInvoice(invoice({ lines: [{ description: '<b>Berth</b>', quantity: 1, unitCents: 100 }] }));
  assert.match(html, /&lt;b&gt;Berth/);
  assert.doesNotMatch(html, /<b>/);
});

test('a port must be a number', () => {
  assert.equal(loadConfig({ PORT: '9000' }).port, 9000);
  assert.throws(() => loadConfig({ PORT: 'http' }), /PORT/);
});
