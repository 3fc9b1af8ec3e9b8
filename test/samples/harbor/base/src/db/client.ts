import { DatabaseSync } from 'node:sqlite';

export type SqlValue = string | number | null;

/** The few calls we need, shaped so that a networked database could take its place. */
export class Db {
  readonly #handle: DatabaseSync;

  constructor(path: string) {
    this.#handle = new DatabaseSync(path);
  }

  migrate(script: string): void {
    this.#handle.exec(script);
  }

  async query<T>(text: string, params: SqlValue[] = []): Promise<T[]> {
    return this.#handle.prepare(text).all(...params) as T[];
  }

  async first<T>(text: string, params: SqlValue[] = []): Promise<T | null> {
    const rows = await this.query<T>(text, params);
    return rows[0] ?? null;
  }

  async run(text: string, params: SqlValue[] = []): Promise<number> {
    return Number(this.#handle.prepare(text).run(...params).changes);
  }

  close(): void {
    this.#handle.close();
  }
}
