import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { Json } from '../../contract/json.ts';
import type { StateFiles } from '../env.ts';
import { argvIn } from '../process/argv.ts';
import { keepFile } from '../state-file.ts';
import type { DefinedAgent } from './parse-agent-files.ts';

/** What consent to an agent file is given to: its definition and the files that its command names. */
export async function agentHash({ definition }: DefinedAgent, root: string): Promise<string> {
  return trustHash({ subject: canonical(definition), argv: definition.command ?? [], root });
}

/** What consent to a command in a step's `with` is given to, whichever step and workflow name it. */
export async function stepCommandHash(argv: readonly string[], root: string): Promise<string> {
  return trustHash({ subject: `step\0${JSON.stringify(argv)}`, argv, root });
}

/**
 * Over the subject and the content of every argument that is a file inside the workspace. A file that is not there yet counts as
 * such, so that its appearing needs consent again.
 */
async function trustHash({
  subject,
  argv,
  root,
}: {
  readonly subject: string;
  readonly argv: readonly string[];
  readonly root: string;
}): Promise<string> {
  const hash = createHash('sha256').update(subject);
  for (const argument of argv) {
    const path = resolve(root, argument);
    if (!path.startsWith(root + sep)) continue;
    hash.update(`\0${relative(root, path)}\0${await contentHash(path)}`);
  }
  return hash.digest('hex');
}

/** Looks at once: most arguments are no files, and a turn through the thread pool costs many times the look itself. */
async function contentHash(path: string): Promise<string> {
  const found = lookAt(path);
  if (found === null) return 'missing';
  if (!found.isFile()) return 'no file';
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

function lookAt(path: string): { isFile(): boolean } | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    // An argument that cannot name a file (too long, below a file, with a NUL) names none.
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

/** Keys sorted, so that their order in the file means nothing. */
function canonical(definition: DefinedAgent['definition']): string {
  return JSON.stringify(Object.entries(definition).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Hashes that a person approved, for the command line and the editor alike and at once: a file each in the state folder. */
export interface Approvals {
  has(hash: string): boolean;
  /** The command of this agent that was approved last, as it was then; null where none ever was. */
  last(agent: string): readonly string[] | null;
  add(hash: string, what: { readonly agent: string; readonly command: readonly string[] }): void;
}

export function createApprovals({
  files,
  stateDir,
}: {
  readonly files: StateFiles;
  readonly stateDir: string;
}): Approvals {
  const folder = join(stateDir, 'approved');
  return {
    has: (hash) => files.stat(join(folder, hash)) !== null,
    last(agent) {
      const aged = (files.stat(folder) === null ? [] : files.readDir(folder)).map((name) => {
        const file = join(folder, name);
        return { file, age: files.stat(file)?.mtimeMs ?? 0 };
      });
      for (const { file } of aged.sort((a, b) => b.age - a.age)) {
        const kept = approvalIn(files.readFile(file).toString('utf8'));
        if (kept?.agent === agent) return kept.command;
      }
      return null;
    },
    add(hash, what) {
      keepFile(files, join(folder, hash), Buffer.from(`${JSON.stringify(what)}\n`));
    },
  };
}

/** Null where the file is damaged: what it says is only told to people, the approval is its name. By hand: a start loads no schemas. */
function approvalIn(text: string): { readonly agent: string; readonly command: readonly string[] } | null {
  try {
    const kept = JSON.parse(text) as Json;
    if (typeof kept !== 'object' || kept === null || !('agent' in kept)) return null;
    const command = argvIn(kept['command']);
    const agent = kept['agent'];
    return typeof agent === 'string' && command !== null ? { agent, command } : null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}
