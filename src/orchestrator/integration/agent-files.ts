import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentFile } from '../../contract/definitions.ts';
import type { Problem } from '../definitions/problem.ts';

/** Where a workspace keeps its own agents; relative to it. */
export const AGENTS_FOLDER = '.savepoint/agents';

/** An agent file that is right. */
export interface DefinedAgent {
  /** Relative to the workspace. */
  readonly file: string;
  readonly definition: AgentFile;
}

export interface AgentFiles {
  readonly agents: readonly DefinedAgent[];
  readonly problems: readonly Problem[];
}

/** Reads the agent files of the workspace, again at every call; unchanged ones are not parsed again. */
export function createAgentFileReader(deps: { readonly root: string; readonly builtIn: ReadonlySet<string> }): {
  read(): Promise<AgentFiles>;
} {
  let last: { readonly stamp: string; readonly result: AgentFiles } | null = null;
  return {
    async read() {
      const sources = await readSources(deps.root);
      if (sources.length === 0) return { agents: [], problems: [] };
      const stamp = stampOf(sources);
      if (last?.stamp === stamp) return last.result;
      const { parseAgentFiles } = await import('./parse-agent-files.ts');
      last = { stamp, result: parseAgentFiles(sources, deps.builtIn) };
      return last.result;
    },
  };
}

export interface Source {
  /** Relative to the workspace. */
  readonly file: string;
  readonly content: Buffer;
}

/** By name, so that of two files with one id it is always the same that counts. */
async function readSources(root: string): Promise<readonly Source[]> {
  const names = await readdir(join(root, AGENTS_FOLDER)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  const files = names.filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(
    files.map(async (name) => ({
      file: `${AGENTS_FOLDER}/${name}`,
      content: await readFile(join(root, AGENTS_FOLDER, name)),
    })),
  );
}

function stampOf(sources: readonly Source[]): string {
  const hash = createHash('sha256');
  for (const { file, content } of sources) hash.update(`${file}\0${content.length}\0`).update(content);
  return hash.digest('hex');
}
