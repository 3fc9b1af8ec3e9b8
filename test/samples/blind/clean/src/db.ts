import type { Client, Pool } from "pg";

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

const LINKS = "links";

/** What the admin page may sort by, and the column behind each name. */
const SORT_COLUMNS: Record<string, string> = { name: "name", email: "email", joined: "joined_at" };
const FILTER_COLUMNS = new Set(["email", "name", "status"]);

export async function findLink(pool: Pool, code: string): Promise<Link | undefined> {
  const { rows } = await pool.query<Link>(`SELECT code, target, owner_id, clicks FROM ${LINKS} WHERE code = $1`, [code]);
  return rows[0];
}

export async function findLinks(pool: Pool, codes: readonly string[]): Promise<Link[]> {
  const marks = codes.map((_, i) => `$${i + 1}`).join(", ");
  const { rows } = await pool.query<Link>(`SELECT * FROM links WHERE code IN (${marks})`, codes);
  return rows;
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

export interface ListOptions {
  sort?: string;
  desc?: boolean;
  limit?: number;
}

export async function listSubscribers(pool: Pool, listId: string, options: ListOptions = {}): Promise<Subscriber[]> {
  const { desc, limit = 100 } = options;
  const sort = options.sort ?? "joined";
  const column = Object.hasOwn(SORT_COLUMNS, sort) ? SORT_COLUMNS[sort] : "joined_at";
  const order = `${column} ${desc ? "DESC" : "ASC"}`;
  const sql = `SELECT * FROM subscribers WHERE list_id = $1 AND confirmed ORDER BY ${order} LIMIT $2`;
  const { rows } = await pool.query<Subscriber>(sql, [listId, limit]);
  return rows;
}

export async function exportSubscribers(pool: Pool, listId: string, sort: string): Promise<Subscriber[]> {
  const column = Object.hasOwn(SORT_COLUMNS, sort) ? SORT_COLUMNS[sort] : "joined_at";
  const sql = "SELECT * FROM subscribers WHERE list_id = $1 ORDER BY " + column;
  return (await pool.query<Subscriber>(sql, [listId])).rows;
}

function matching(filters: Record<string, string>): { where: string; values: string[] } {
  const known = Object.entries(filters).filter(([column]) => FILTER_COLUMNS.has(column));
  return {
    where: known.map(([column], i) => `${column} = $${i + 1}`).join(" AND ") || "true",
    values: known.map(([, value]) => value),
  };
}

export async function searchSubscribers(pool: Pool, filters: Record<string, string>): Promise<Subscriber[]> {
  const { where, values } = matching(filters);
  const result = await pool.query<Subscriber>("SELECT * FROM subscribers WHERE " + where, values);
  return result.rows;
}

export async function removeSubscribers(pool: Pool, ids: readonly string[]): Promise<number> {
  const result = await pool.query("DELETE FROM subscribers WHERE id = ANY($1)", [ids]);
  return result.rowCount;
}

/** Moves readers from one list to another, all or none. */
export async function moveSubscribers(pool: Pool, fromList: string, toList: string): Promise<number> {
  return withClient(pool, async (client) => {
    await client.query("BEGIN");
    try {
      const moved = await client.query("UPDATE subscribers SET list_id = $2 WHERE list_id = $1", [fromList, toList]);
      await client.query("COMMIT");
      return moved.rowCount;
    } catch (err) {
      await client.query("ROLLBACK");
      throw err;
    }
  });
}

export async function withClient<T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}
