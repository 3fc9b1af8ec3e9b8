import { randomUUID } from 'node:crypto';
import type { Db } from '../db/client.ts';
import { HttpError } from '../http/request.ts';
import { isIsoDate, nightsBetween } from '../lib/dates.ts';

export interface Booking {
  id: string;
  berth: string;
  boat: string;
  arrives: string;
  departs: string;
}

export async function bookBerth(db: Db, wish: Omit<Booking, 'id'>): Promise<Booking> {
  if (!isIsoDate(wish.arrives) || !isIsoDate(wish.departs)) throw new HttpError(400, 'dates must look like 2025-04-01');
  if (nightsBetween(wish.arrives, wish.departs) < 1) throw new HttpError(400, 'a stay has at least one night');
  const taken = await db.first<{ id: string }>(
    'SELECT id FROM bookings WHERE berth = ? AND arrives < ? AND ? < departs',
    [wish.berth, wish.departs, wish.arrives],
  );
  if (taken !== null) throw new HttpError(409, `berth ${wish.berth} is taken`);
  const booking: Booking = { id: randomUUID(), ...wish };
  await db.run('INSERT INTO bookings (id, berth, boat, arrives, departs) VALUES (?, ?, ?, ?, ?)', [
    booking.id,
    booking.berth,
    booking.boat,
    booking.arrives,
    booking.departs,
  ]);
  return booking;
}

export async function bookingsOn(db: Db, date: string): Promise<Booking[]> {
  return db.query<Booking>('SELECT * FROM bookings WHERE arrives <= ? AND departs > ? ORDER BY berth', [date, date]);
}

export async function cancelBooking(db: Db, id: string): Promise<void> {
  const gone = await db.run('DELETE FROM bookings WHERE id = ?', [id]);
  if (gone === 0) throw new HttpError(404, 'no such booking');
}
