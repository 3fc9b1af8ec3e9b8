import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Db } from '../src/db/client.ts';
import { announce, deliver } from '../src/webhooks/deliver.ts';
import { signPayload } from '../src/webhooks/signature.ts';
import { testDb } from './helpers.ts';

async function register(db: Db, id: string): Promise<void> {
  await db.run('INSERT INTO webhooks (id, url, contact, secret) VALUES (?, ?, ?, ?)', [
    id,
    `https://${id}.example/hook`,
    'office@harbor.example',
    'secret of the test',
  ]);
}

test('a signature depends on payload and secret', () => {
  assert.equal(signPayload('{}', 'one'), signPayload('{}', 'one'));
  assert.notEqual(signPayload('{}', 'one'), signPayload('{}', 'two'));
  assert.notEqual(signPayload('{}', 'one'), signPayload('[]', 'one'));
});

test('a delivery is remembered with its status', async () => {
  const db = testDb();
  const hook = { id: 'h1', url: 'https://h1.example/hook', secret: 'secret of the test' };
  assert.equal(await deliver(db, hook, '{"event":"ping"}', async () => 202), 202);
  assert.deepEqual(
    (await db.query<{ status: number }>('SELECT status FROM deliveries')).map((row) => row.status),
    [202],
  );
  db.close();
});

test('one receiver that fails does not stop the others', async () => {
  const db = testDb();
  await register(db, 'a');
  await register(db, 'b');
  const taken = await announce(db, { event: 'ping' }, async (url) => {
    if (url.includes('//a.')) throw new Error('connection refused');
    return 200;
  });
  assert.equal(taken, 1);
  db.close();
});
