// The few parts of Node this project uses, so that it type-checks without an install.

interface Buffer extends Uint8Array<ArrayBuffer> {
  toString(encoding?: string): string;
}
declare const Buffer: {
  from(data: string, encoding?: string): Buffer;
  from(data: ArrayBuffer | Uint8Array): Buffer;
  alloc(size: number): Buffer;
  concat(list: readonly Uint8Array[]): Buffer;
};

declare const process: {
  env: Record<string, string | undefined>;
  argv: string[];
  exitCode?: number;
  cwd(): string;
  once(event: string, fn: () => void): void;
};

declare module "node:fs" {
  export function readFileSync(file: string, encoding: "utf8"): string;
  export function existsSync(file: string): boolean;
  export function mkdtempSync(prefix: string): string;
  export function createReadStream(file: string): AsyncIterable<Buffer> & { destroy(): void };
}

declare module "node:fs/promises" {
  export interface FileHandle {
    read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
    appendFile(text: string): Promise<void>;
    close(): Promise<void>;
  }
  export function open(file: string, flags?: string): Promise<FileHandle>;
  export function readFile(file: string): Promise<Buffer>;
  export function readFile(file: string, encoding: "utf8"): Promise<string>;
  export function writeFile(file: string, data: string | Uint8Array): Promise<void>;
  export function mkdir(dir: string, options?: { recursive?: boolean }): Promise<void>;
  export function rm(file: string, options?: { force?: boolean; recursive?: boolean }): Promise<void>;
}

declare module "node:path" {
  const path: {
    join(...parts: string[]): string;
    resolve(...parts: string[]): string;
    basename(file: string, ext?: string): string;
    extname(file: string): string;
    dirname(file: string): string;
    relative(from: string, to: string): string;
    isAbsolute(file: string): boolean;
    sep: string;
  };
  export default path;
}

declare module "node:os" {
  export function tmpdir(): string;
}

declare module "node:crypto" {
  interface Hash {
    update(data: string | Uint8Array): Hash;
    digest(encoding: "hex" | "base64" | "base64url"): string;
    digest(): Buffer;
  }
  interface Cipher {
    update(data: string, input: "utf8", output: "base64" | "hex"): string;
    final(output: "base64" | "hex"): string;
    getAuthTag(): Buffer;
  }
  export function createHash(name: string): Hash;
  export function createHmac(name: string, key: string | Uint8Array): Hash;
  export function createCipheriv(name: string, key: Uint8Array, iv: Uint8Array | null): Cipher;
  export function randomBytes(size: number): Buffer;
  export function randomInt(min: number, max: number): number;
  export function randomUUID(): string;
  export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean;
  export function scryptSync(secret: string, salt: string | Uint8Array, length: number): Buffer;
  export function pbkdf2Sync(secret: string, salt: string | Uint8Array, rounds: number, length: number, digest: string): Buffer;
}

declare module "node:child_process" {
  interface Child {
    on(event: "exit", fn: (code: number | null) => void): Child;
    on(event: "error", fn: (err: Error) => void): Child;
  }
  type Done = (err: Error | null, stdout: string, stderr: string) => void;
  export function exec(command: string, done?: Done): Child;
  export function execSync(command: string, options?: { cwd?: string; stdio?: string }): Buffer;
  export function execFile(file: string, args: readonly string[], done?: Done): Child;
  export function execFileSync(file: string, args: readonly string[], options?: { cwd?: string }): Buffer;
  export function spawn(file: string, args: readonly string[], options?: { shell?: boolean; stdio?: string }): Child;
}

declare module "node:util" {
  export function promisify<A extends unknown[], R = string>(
    fn: (...args: [...A, (err: Error | null, out: string, rest: string) => void]) => unknown,
  ): (...args: A) => Promise<{ stdout: string; stderr: string }>;
  export function parseArgs(config: {
    args: string[];
    options: Record<string, { type: "string" | "boolean"; short?: string }>;
    allowPositionals?: boolean;
  }): { values: Record<string, string | boolean | undefined>; positionals: string[] };
}

declare module "node:https" {
  export interface AgentOptions {
    keepAlive?: boolean;
    rejectUnauthorized?: boolean;
    ca?: string;
  }
  export class Agent {
    constructor(options?: AgentOptions);
  }
  interface Reply {
    statusCode?: number;
    resume(): void;
  }
  interface ClientRequest {
    on(event: "error", fn: (err: Error) => void): ClientRequest;
    end(body?: string): void;
  }
  const https: {
    Agent: typeof Agent;
    request(url: URL | string, options: { method?: string; agent?: Agent; headers?: Record<string, string> }, done: (res: Reply) => void): ClientRequest;
  };
  export default https;
}

declare module "node:vm" {
  export function runInNewContext(code: string, sandbox?: object, options?: { timeout?: number }): unknown;
}

declare module "node:dns/promises" {
  export function lookup(host: string): Promise<{ address: string; family: number }>;
}

declare module "node:test" {
  export function test(name: string, fn: () => void | Promise<void>): Promise<void>;
  export function describe(name: string, fn: () => void): void;
  export function it(name: string, fn: () => void | Promise<void>): void;
}

declare module "node:assert/strict" {
  interface Assert {
    equal(actual: unknown, expected: unknown, message?: string): void;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
    ok(value: unknown, message?: string): void;
    match(text: string, re: RegExp): void;
    doesNotMatch(text: string, re: RegExp): void;
    throws(fn: () => unknown, expected?: RegExp): void;
    rejects(fn: Promise<unknown> | (() => Promise<unknown>), expected?: RegExp): Promise<void>;
  }
  const assert: Assert;
  export default assert;
}
