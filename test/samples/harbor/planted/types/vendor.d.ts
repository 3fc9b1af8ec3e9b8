// The part of our packages' types that harbor-api uses.

declare module 'jsonwebtoken' {
  export type Algorithm = 'none' | 'HS256' | 'HS384' | 'HS512' | 'RS256';
  export type Claims = Record<string, unknown>;
  interface Jwt {
    sign(claims: Claims, key: string, options?: { algorithm?: Algorithm; expiresIn?: string; issuer?: string }): string;
    verify(token: string, key: string, options?: { algorithms?: Algorithm[]; issuer?: string }): Claims;
    decode(token: string): Claims | null;
  }
  const jwt: Jwt;
  export default jwt;
}

declare module 'mongodb' {
  export type Filter = Record<string, unknown>;
  export interface Cursor<T> {
    sort(order: Record<string, 1 | -1>): Cursor<T>;
    limit(count: number): Cursor<T>;
    toArray(): Promise<T[]>;
  }
  export interface Collection<T> {
    find(filter: Filter): Cursor<T>;
    insertOne(entry: T): Promise<unknown>;
  }
  export class MongoClient {
    constructor(url: string);
    connect(): Promise<this>;
    close(): Promise<void>;
    db(name: string): { collection<T>(name: string): Collection<T> };
  }
}

declare module 'node-serialize' {
  const serialize: {
    serialize(value: unknown): string;
    unserialize(text: string): unknown;
  };
  export default serialize;
}
