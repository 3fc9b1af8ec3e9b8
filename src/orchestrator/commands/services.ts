import type { Result } from '../../contract/failures.ts';
import type { RunView } from '../../contract/runs.ts';
import type { Env } from '../env.ts';
import type { Journal, JournalReader } from '../journal/journal.ts';
import type { AgentRegistry } from '../integration/registry.ts';
import type { Runner } from '../workflow/api.ts';
import type { Library } from '../workflow/library.ts';
import type { Invoker, Preparer } from '../workflow/ports.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** What commands work with: everything of one workspace, made when first asked for. */
export interface Services {
  readonly env: Env;
  readonly stateDir: string;
  readonly workspace: Workspace;
  readonly library: Library;
  readonly registry: AgentRegistry;
  readonly invoker: Invoker & Preparer;
  /** Takes no lock and writes nothing. */
  readonly reader: () => JournalReader;
  readonly runs: RunBook;
  /** Opens this process's session, once; fails where the state folder cannot be written or locked. */
  openRunner(): Promise<Result<{ readonly runner: Runner; readonly journal: Journal }>>;
  /** Whether `writeUserFile` could write it, as far as can be told before. */
  checkUserFile(file: string): Result<null>;
  /** Writes a file that the user asked for, relative to the current folder. */
  writeUserFile(file: string, text: string): Promise<Result<null>>;
}

/** Every run that is kept, of all sessions; read from files, without a lock. */
export interface RunBook {
  /** By number or id; `not-found` says what there is. */
  find(ref: string): Result<RunView>;
  idOf(ref: string): Result<string>;
  newest(limit: number): Iterable<RunView>;
}
