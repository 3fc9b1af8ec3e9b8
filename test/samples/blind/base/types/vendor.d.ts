declare module "express" {
  export interface Request {
    params: Record<string, string>;
    query: Record<string, string | undefined>;
    body: any;
    headers: Record<string, string | undefined>;
    cookies: Record<string, string | undefined>;
    path: string;
    hostname: string;
  }
  export interface Response {
    status(code: number): Response;
    send(body: string | Uint8Array): Response;
    json(body: unknown): Response;
    type(mime: string): Response;
    set(name: string, value: string): Response;
    cookie(name: string, value: string, options?: { httpOnly?: boolean; secure?: boolean; sameSite?: string }): Response;
    redirect(url: string): void;
    redirect(status: number, url: string): void;
    end(): void;
  }
  export type Handler = (req: Request, res: Response) => void | Promise<void>;
  interface App {
    use(...mw: unknown[]): App;
    get(path: string, ...handlers: Handler[]): App;
    post(path: string, ...handlers: Handler[]): App;
    listen(port: number, done?: () => void): { close(): void };
  }
  interface Express {
    (): App;
    json(options?: { limit?: string }): unknown;
    static(dir: string): unknown;
  }
  const express: Express;
  export default express;
}

declare module "pg" {
  export interface Result<T> {
    rows: T[];
    rowCount: number;
  }
  export interface Queryable {
    query<T = any>(sql: string, values?: readonly unknown[]): Promise<Result<T>>;
  }
  export interface Client extends Queryable {
    release(): void;
  }
  export class Pool implements Queryable {
    constructor(config: { connectionString?: string; max?: number });
    query<T = any>(sql: string, values?: readonly unknown[]): Promise<Result<T>>;
    connect(): Promise<Client>;
    end(): Promise<void>;
  }
}

declare module "mongodb" {
  interface Cursor<T> {
    limit(n: number): Cursor<T>;
    toArray(): Promise<T[]>;
  }
  export interface Collection<T> {
    find(filter: Record<string, unknown>): Cursor<T>;
    findOne(filter: Record<string, unknown>): Promise<T | null>;
    insertOne(doc: T): Promise<void>;
    countDocuments(filter: Record<string, unknown>): Promise<number>;
  }
}

declare module "jsonwebtoken" {
  interface VerifyOptions {
    algorithms?: string[];
    issuer?: string;
    ignoreExpiration?: boolean;
  }
  const jwt: {
    sign(payload: object, key: string, options?: { algorithm?: string; expiresIn?: string | number; issuer?: string }): string;
    verify(token: string, key: string, options?: VerifyOptions): any;
    decode(token: string, options?: { complete?: boolean }): any;
  };
  export default jwt;
}

declare module "js-yaml" {
  const yaml: {
    load(text: string): unknown;
    safeLoad(text: string): unknown;
    dump(value: unknown): string;
  };
  export default yaml;
}

declare module "react" {
  type Setter<T> = (next: T | ((prev: T) => T)) => void;
  interface ReactApi {
    createElement(type: unknown, props: unknown, ...children: unknown[]): JSX.Element;
    Fragment: unknown;
  }
  const React: ReactApi;
  export default React;
  export function useState<T>(initial: T): [T, Setter<T>];
  export function useEffect(fn: () => void | (() => void), deps?: readonly unknown[]): void;
  export function useMemo<T>(fn: () => T, deps: readonly unknown[]): T;
}

declare namespace JSX {
  interface Element {
    type: unknown;
  }
  interface ElementChildrenAttribute {
    children: {};
  }
  interface IntrinsicAttributes {
    key?: string | number;
  }
  interface IntrinsicElements {
    [tag: string]: any;
  }
}
