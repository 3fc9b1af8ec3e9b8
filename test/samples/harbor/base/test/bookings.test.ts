import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookBerth, bookingsOn, cancelBooking } from '../src/bookings/store.ts';
import { testDb } from './helpers.ts';

const stay = { berth: 'A4', boat: 'Seeadler', arrives: '2025-06-01', departs: '2025-06-04' };

test('a booked berth shows on each of its nights', async () => {
  const db = testDb();
  await bookBerth(db, stay);
  assert.equal((await bookingsOn(db, '2025-06-03')).length, 1);
  assert.equal((await bookingsOn(db, '2025-06-04')).length, 0);
  db.close();
});

test('a berth is not booked twice', async () => {
  const db = testDb();
  await bookBerth(db, stay);
  await assert.rejects(bookBerth(db, { ...stay, arrives: '2025-06-03', departs: '2025-06-05' }), { status: 409 });
  await bookBerth(db, { ...stay, arrives: '2025-06-04', departs: '2025-06-05' });
  db.close();
});

test('a stay has at least one night', async () => {
  const db = testDb();
  await assert.rejects(bookBerth(db, { ...stay, departs: stay.arrives }), { status: 400 });
  db.close();
});

test('a cancelled berth is free again', async () => {
  const db = testDb();
  const booking = await bookBerth(db, stay);
  await cancelBooking(db, booking.id);
  assert.deepEqual(await bookingsOn(db, '2025-06-02'), []);
  await assert.rejects(cancelBooking(db, booking.id), { status: 404 });
  db.close();
});
