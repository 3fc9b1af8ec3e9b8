/**
 * Child processes: a group of their own, low priority, no shell. The group's id is on disk while it lives, so that the next
 * start can sweep what a crash left. Aborting or timing out kills the group: TERM, then KILL within 2 s.
 */
export interface Processes {
  /** Resolves when the process has ended and its output is read; never rejects for what the process does. */
  run(command: Command): Promise<ProcessEnd>;
  /** Ends groups that a dead Savepoint left behind (same boot id and process start time only). Returns how many. */
  sweep(): Promise<number>;
  /** Kills every group this instance started; resolves when they are gone. */
  close(): Promise<void>;
}

export interface Command {
  /** argv, never a shell. argv[0] is looked up in PATH, or a path. */
  readonly argv: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  /** `caller`: the caller's environment less NODE_OPTIONS, ELECTRON_*, VSCODE_*; `tool`: an allow-list for Savepoint's own tools. */
  readonly environment: 'caller' | 'tool';
  readonly extraEnv?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Lines (without the line feed), ANSI kept. Long lines come in pieces of 64 KiB; `ends` is false for all but the last. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr' | 'fd3', ends: boolean) => void;
  /** Opens file descriptor 3 as a pipe for reporters. */
  readonly fd3?: boolean;
  /** Raw stdout up to this many bytes is returned in `stdout`; default 0: not kept. */
  readonly keepStdoutBytes?: number;
  readonly lowPriority?: boolean;
}

export interface ProcessEnd {
  /** spawn: it could not be started (ENOENT, EACCES: see message). */
  readonly how: 'exit' | 'signal' | 'timeout' | 'aborted' | 'spawn';
  /** Of `spawn`: only because the disk that holds Savepoint's own files is full. */
  readonly diskFull?: true;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly message: string | null;
  readonly durationMs: number;
  readonly stdout: string;
  /** True when `stdout` was cut at keepStdoutBytes. */
  readonly stdoutCut: boolean;
  /** The last 20 non-empty lines of both streams, ANSI removed. */
  readonly lastLines: readonly string[];
}
