import { createHash, randomBytes } from 'node:crypto';
import type { Db } from '../db/client.ts';
import { HttpError } from '../http/request.ts';
import type { ApiRequest } from '../http/request.ts';

const HOUR = 60 * 60 * 1000;

function fingerprint(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export async function openSession(db: Db, email: string, hours: number, now = Date.now()): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await db.run('INSERT INTO sessions (token_hash, email, expires_at) VALUES (?, ?, ?)', [
    fingerprint(token),
    email,
    now + hours * HOUR,
  ]);
  return token;
}

export async function sessionUser(db: Db, token: string, now = Date.now()): Promise<string | null> {
  const row = await db.first<{ email: string }>('SELECT email FROM sessions WHERE token_hash = ? AND expires_at > ?', [
    fingerprint(token),
    now,
  ]);
  return row?.email ?? null;
}

export async function requireUser(db: Db, req: ApiRequest): Promise<string> {
  const header = req.headers['authorization'] ?? '';
  const user = header.startsWith('Bearer ') ? await sessionUser(db, header.slice(7)) : null;
  if (user === null) throw new HttpError(401, 'log in first');
  return user;
}
