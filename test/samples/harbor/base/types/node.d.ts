// The part of Node's types that harbor-api uses.

interface Buffer extends Uint8Array {
  toString(encoding?: 'utf8' | 'hex' | 'base64' | 'base64url' | 'latin1'): string;
  subarray(start?: number, end?: number): Buffer;
}

declare const Buffer: {
  from(data: string, encoding?: 'utf8' | 'hex' | 'base64' | 'base64url' | 'latin1'): Buffer;
  from(data: Uint8Array | readonly number[]): Buffer;
  alloc(size: number): Buffer;
  concat(parts: readonly Uint8Array[]): Buffer;
  byteLength(text: string): number;
};

declare const process: {
  readonly env: Record<string, string | undefined>;
  readonly argv: string[];
  exitCode: number | undefined;
  on(event: 'SIGTERM' | 'SIGINT', listener: () => void): void;
  readonly stdout: { write(text: string): boolean };
};

declare const console: {
  log(...data: unknown[]): void;
  warn(...data: unknown[]): void;
  error(...data: unknown[]): void;
};

declare const performance: { now(): number };

interface Timer {
  unref(): this;
}

declare function setTimeout(run: () => void, delay?: number): Timer;
declare function clearTimeout(timer: Timer | undefined): void;
declare function setInterval(run: () => void, delay?: number): Timer;
declare function clearInterval(timer: Timer | undefined): void;

declare class URLSearchParams implements Iterable<[string, string]> {
  constructor(init?: string | Record<string, string>);
  get(name: string): string | null;
  has(name: string): boolean;
  [Symbol.iterator](): IterableIterator<[string, string]>;
  toString(): string;
}

declare class URL {
  constructor(url: string | URL, base?: string | URL);
  static canParse(url: string): boolean;
  readonly protocol: string;
  readonly host: string;
  readonly hostname: string;
  readonly origin: string;
  readonly pathname: string;
  readonly search: string;
  readonly href: string;
  readonly searchParams: URLSearchParams;
  toString(): string;
}

declare class AbortSignal {
  static timeout(milliseconds: number): AbortSignal;
  readonly aborted: boolean;
}

interface FetchResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  json(): Promise<unknown>;
  text(): Promise<string>;
}

declare function fetch(
  url: string | URL,
  init?: {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
    redirect?: 'follow' | 'error' | 'manual';
    signal?: AbortSignal;
  },
): Promise<FetchResponse>;

declare module 'node:http' {
  export interface IncomingMessage extends AsyncIterable<Uint8Array> {
    readonly method?: string;
    readonly url?: string;
    readonly headers: Record<string, string | string[] | undefined>;
    readonly statusCode?: number;
    resume(): this;
  }
  export interface ServerResponse {
    statusCode: number;
    readonly headersSent: boolean;
    setHeader(name: string, value: string | number): this;
    writeHead(status: number, headers?: Record<string, string | number>): this;
    write(chunk: string | Uint8Array): boolean;
    end(chunk?: string | Uint8Array): this;
  }
  export interface Server {
    listen(port: number, ready?: () => void): this;
    address(): { port: number } | string | null;
    close(done?: (error?: Error) => void): this;
  }
  export function createServer(listener: (req: IncomingMessage, res: ServerResponse) => void): Server;
}

declare module 'node:https' {
  import type { IncomingMessage } from 'node:http';
  export interface ClientRequest {
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'timeout', listener: () => void): this;
    destroy(error?: Error): this;
    end(body?: string): this;
  }
  export interface RequestOptions {
    method?: string;
    headers?: Record<string, string | number>;
    timeout?: number;
    ca?: string;
    rejectUnauthorized?: boolean;
  }
  export function request(
    url: string | URL,
    options: RequestOptions,
    done: (response: IncomingMessage) => void,
  ): ClientRequest;
}

declare module 'node:crypto' {
  interface Hash {
    update(data: string | Uint8Array): this;
    digest(encoding: 'hex' | 'base64' | 'base64url'): string;
    digest(): Buffer;
  }
  interface Cipher {
    update(data: string, from: 'utf8', to: 'hex' | 'base64url'): string;
    update(data: string, from: 'hex' | 'base64url', to: 'utf8'): string;
    update(data: string, from: 'utf8'): Buffer;
    update(data: Uint8Array): Buffer;
    final(to: 'hex' | 'base64url' | 'utf8'): string;
    final(): Buffer;
    getAuthTag(): Buffer;
    setAuthTag(tag: Uint8Array): this;
  }
  export function randomBytes(size: number): Buffer;
  export function randomUUID(): string;
  export function createHash(algorithm: string): Hash;
  export function createHmac(algorithm: string, key: string | Uint8Array): Hash;
  export function createCipheriv(algorithm: string, key: Uint8Array, iv: Uint8Array | null): Cipher;
  export function createDecipheriv(algorithm: string, key: Uint8Array, iv: Uint8Array | null): Cipher;
  export function scryptSync(password: string, salt: Uint8Array, length: number): Buffer;
  export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean;
}

declare module 'node:fs/promises' {
  export interface FileHandle {
    write(text: string): Promise<{ bytesWritten: number }>;
    appendFile(text: string): Promise<void>;
    close(): Promise<void>;
  }
  export function open(path: string, flags?: string): Promise<FileHandle>;
  export function readFile(path: string): Promise<Buffer>;
  export function readFile(path: string, encoding: 'utf8'): Promise<string>;
  export function writeFile(path: string, data: string | Uint8Array): Promise<void>;
  export function mkdir(path: string, options?: { recursive?: boolean }): Promise<string | undefined>;
  export function mkdtemp(prefix: string): Promise<string>;
  export function rm(path: string, options?: { recursive?: boolean; force?: boolean }): Promise<void>;
  export function readdir(path: string): Promise<string[]>;
}

declare module 'node:path' {
  export const sep: string;
  export function join(...parts: string[]): string;
  export function resolve(...parts: string[]): string;
  export function basename(path: string, suffix?: string): string;
  export function extname(path: string): string;
  export function dirname(path: string): string;
}

declare module 'node:os' {
  export function tmpdir(): string;
}

declare module 'node:util' {
  export function promisify<A extends unknown[], R>(
    run: (...args: [...A, (error: Error | null, result: R) => void]) => unknown,
  ): (...args: A) => Promise<R>;
}

declare module 'node:child_process' {
  type Done = (error: Error | null, stdout: string, stderr: string) => void;
  export function exec(command: string, done: Done): unknown;
  export function execFile(file: string, args: readonly string[], done: Done): unknown;
}

declare module 'node:sqlite' {
  interface Statement {
    all(...params: (string | number | null)[]): unknown[];
    run(...params: (string | number | null)[]): { changes: number };
  }
  export class DatabaseSync {
    constructor(path: string);
    exec(sql: string): void;
    prepare(sql: string): Statement;
    close(): void;
  }
}

declare module 'node:test' {
  type Body = () => void | Promise<void>;
  export function test(name: string, body: Body): Promise<void>;
  export function describe(name: string, body: () => void): void;
  export function before(body: Body): void;
  export function after(body: Body): void;
  export function beforeEach(body: Body): void;
  export function afterEach(body: Body): void;
}

declare module 'node:assert/strict' {
  type Check = RegExp | { message?: string | RegExp; status?: number };
  interface Assert {
    (value: unknown, message?: string): asserts value;
    equal<T>(actual: T, expected: T, message?: string): void;
    notEqual(actual: unknown, expected: unknown, message?: string): void;
    deepEqual<T>(actual: T, expected: T, message?: string): void;
    match(text: string, pattern: RegExp): void;
    doesNotMatch(text: string, pattern: RegExp): void;
    throws(run: () => unknown, check?: Check): void;
    rejects(promise: Promise<unknown>, check?: Check): Promise<void>;
  }
  const assert: Assert;
  export default assert;
}
