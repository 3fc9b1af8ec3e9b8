/**
 * The one seam to the outside world: state folder, clock, random numbers, processes, locks. Injected everywhere, so tests put
 * a simulated file system, a fake clock and failpoints behind it. The user's workspace is not behind it: that is always real
 * files (workspace/workspace.ts).
 */
export interface Env {
  readonly files: StateFiles;
  readonly clock: Clock;
  readonly random: Random;
  readonly locks: Locks;
  readonly host: HostFacts;
}

/**
 * The state folder's files. Synchronous on purpose: the asynchronous API waits behind the process's libuv pool, and durability
 * is decided on our own thread. Every method throws the operating system's error (with its `code`).
 */
export interface StateFiles {
  /** `append-new` creates exclusively (EEXIST when it is there); `update` opens for reading and writing; `read` for reading. */
  open(path: string, mode: 'create' | 'append-new' | 'update' | 'read'): FileHandle;
  readFile(path: string): Buffer;
  readDir(path: string): readonly string[];
  stat(path: string): { readonly size: number; readonly mtimeMs: number; readonly isDirectory: boolean } | null;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  /** Recursive, mode 0700. */
  makeDir(path: string): void;
  /** Makes creations, renames and unlinks in the folder durable. */
  syncDir(path: string): void;
  /** Calls back when something in the folder may have changed: a hint, which may be missed. Returns stop. */
  watch(path: string, changed: () => void): () => void;
}

export interface FileHandle {
  /** May write less than asked (a full disk shows so first; state-file.ts has the whole): returns the number of bytes written. */
  write(bytes: Uint8Array, position: number): number;
  /** Returns the number of bytes read: fewer than asked at the file's end. */
  read(into: Uint8Array, position: number): number;
  dataSync(): void;
  truncate(size: number): void;
  size(): number;
  close(): void;
}

export interface Clock {
  /** Milliseconds since 1970, may jump. */
  now(): number;
  /** Milliseconds, never goes back; for durations. */
  monotonic(): number;
  /**
   * Calls back once after `ms` (any length; the real one is capped and re-armed). Returns cancel, which may be called twice.
   * With `keepAlive` the process stays until it fires; without, it may end before.
   */
  timer(ms: number, callback: () => void, options?: { readonly keepAlive?: boolean }): () => void;
}

export interface Random {
  /** RFC 9562 version 7 UUID: sorts by time. */
  uuid(): string;
  /** In [0, 1). */
  float(): number;
}

/** Locks that the operating system frees on the holder's death; never by a file's age. */
export interface Locks {
  /** Takes the lock for this process's life or returns null when another process holds it. Throws where no such lock exists. */
  acquire(path: string): HeldLock | null;
  /** Whether some live process holds it (this one included). A missing file is not held. */
  isHeld(path: string): boolean;
}

export interface HeldLock {
  release(): void;
}

export interface HostFacts {
  readonly platform: NodeJS.Platform;
  readonly nodeVersion: string;
  /** Savepoint's own version: part of every input hash. */
  readonly version: string;
  readonly pid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}
