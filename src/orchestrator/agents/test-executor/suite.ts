/** A runner that this agent can start and listen to. */
export type RunnerId = 'vitest' | 'jest' | 'mocha' | 'node:test';

/** How the workspace itself starts the runner, read from a package script; arguments that would change what is written left out. */
export interface RunnerCall {
  readonly runner: RunnerId;
  readonly env: Readonly<Record<string, string>>;
  readonly nodeFlags: readonly string[];
  readonly options: readonly string[];
  /** File names, globs or patterns that say which tests. */
  readonly positional: readonly string[];
}

/** Tests that one call of one runner covers. */
export interface Suite {
  readonly runner: RunnerId;
  /** Package that it runs in, relative to the workspace; '' for the root. */
  readonly folder: string;
  /** What tells it from other suites of the same runner in the same folder; '' where it is the only one. */
  readonly variant: string;
  /** Absolute folder and version of the installed runner; null for node:test. */
  readonly installed: Installed | null;
  readonly call: RunnerCall;
  /** Test files as far as they can be told without the runner, relative to the workspace, sorted. */
  readonly testFiles: readonly string[];
  /** False where the configuration says in code which files are tests: then `testFiles` may miss some. */
  readonly complete: boolean;
  /** Configuration and what it sets up: a change that one of them reaches concerns every test. */
  readonly setup: readonly string[];
  /** What Mocha made of its configuration. */
  readonly mocha: MochaOptions | null;
}

export interface Installed {
  readonly folder: string;
  readonly version: string;
}

export interface MochaOptions {
  readonly options: Readonly<Record<string, unknown>>;
  readonly nodeFlags: readonly string[];
  readonly spec: readonly string[];
  readonly ignore: readonly string[];
  readonly extension: readonly string[];
  readonly recursive: boolean;
  readonly setup: readonly string[];
}

/** `vitest in packages/core`; unique in a workspace. */
export function suiteName({ runner, folder, variant }: Pick<Suite, 'runner' | 'folder' | 'variant'>): string {
  return `${runner}${variant === '' ? '' : ` (${variant})`}${folder === '' ? '' : ` in ${folder}`}`;
}
