import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPassword, hashPassword } from '../src/auth/passwords.ts';
import { openSession, sessionUser } from '../src/auth/sessions.ts';
import { testDb } from './helpers.ts';

test('a password fits its hash only', () => {
  const stored = hashPassword('three little boats');
  assert.equal(checkPassword('three little boats', stored), true);
  assert.equal(checkPassword('three little goats', stored), false);
  assert.equal(checkPassword('three little boats', 'broken'), false);
});

test('a session ends', async () => {
  const db = testDb();
  const token = await openSession(db, 'mara@harbor.example', 1, 0);
  assert.equal(await sessionUser(db, token, 1000), 'mara@harbor.example');
  assert.equal(await sessionUser(db, token, 3600_001), null);
  assert.equal(await sessionUser(db, 'something else', 1000), null);
  db.close();
});
