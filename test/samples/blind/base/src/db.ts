import type { Pool } from "pg";

export interface Subscriber {
  id: string;
  email: string;
  name: string;
  listId: string;
  confirmed: boolean;
  joinedAt: number;
}

export interface Link {
  code: string;
  target: string;
  ownerId: string;
  clicks: number;
}

export async function findLink(pool: Pool, code: string): Promise<Link | undefined> {
  const { rows } = await pool.query<Link>("SELECT code, target, owner_id, clicks FROM links WHERE code = $1", [code]);
  return rows[0];
}

export async function saveLink(pool: Pool, link: Link): Promise<void> {
  await pool.query("INSERT INTO links (code, target, owner_id, clicks) VALUES ($1, $2, $3, $4)", [
    link.code,
    link.target,
    link.ownerId,
    link.clicks,
  ]);
}

export async function countClick(pool: Pool, code: string): Promise<void> {
  await pool.query("UPDATE links SET clicks = clicks + 1 WHERE code = $1", [code]);
}

export async function listSubscribers(pool: Pool, listId: string): Promise<Subscriber[]> {
  const { rows } = await pool.query<Subscriber>(
    "SELECT * FROM subscribers WHERE list_id = $1 AND confirmed ORDER BY joined_at",
    [listId],
  );
  return rows;
}

export async function removeSubscriber(pool: Pool, id: string): Promise<boolean> {
  const result = await pool.query("DELETE FROM subscribers WHERE id = $1", [id]);
  return result.rowCount === 1;
}
