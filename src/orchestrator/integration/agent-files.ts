import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AGENTS_DIR, isAgentFile } from '../definitions/folders.ts';
import type { Problem } from '../definitions/problem.ts';
import type { StateFiles } from '../env.ts';
import { readCacheFile, writeCacheFile } from '../workspace/cache-file.ts';
import type { AgentFiles, Source } from './parse-agent-files.ts';

export interface AgentFileReaderDeps {
  readonly root: string;
  readonly builtIn: ReadonlySet<string>;
  readonly files: StateFiles;
  /** Where what was parsed is kept: parsing loads libraries that cost a start 40 ms. */
  readonly cache: string;
  /** Savepoint's own version: another may read a file otherwise. */
  readonly version: string;
}

/** Reads the agent files of the workspace, again at every call; unchanged ones are not parsed again. */
export function createAgentFileReader(deps: AgentFileReaderDeps): { read(): Promise<AgentFiles> } {
  let last: { readonly stamp: string; readonly result: AgentFiles } | null = null;

  async function parse(sources: readonly Source[], stamp: string): Promise<AgentFiles> {
    const kept = readCacheFile(deps.files, deps.cache);
    // Its checksum vouches for the shape, which is what was written below.
    if (kept?.stamp === stamp) return JSON.parse(kept.text) as AgentFiles;
    const { parseAgentFiles } = await import('./parse-agent-files.ts');
    const result = parseAgentFiles(sources, deps.builtIn);
    writeCacheFile(deps.files, deps.cache, { stamp, text: JSON.stringify(result) });
    return result;
  }

  return {
    async read() {
      const { sources, problems } = readSources(deps.root);
      if (sources.length + problems.length === 0) return { agents: [], problems };
      const stamp = stampOf(sources, deps.version);
      if (last?.stamp !== stamp) last = { stamp, result: await parse(sources, stamp) };
      return { ...last.result, problems: [...problems, ...last.result.problems] };
    },
  };
}

interface Sources {
  readonly sources: readonly Source[];
  /** Files that cannot be read. */
  readonly problems: readonly Problem[];
}

/** By name, so that of two files with one id it is always the same that counts. Few and small: read at once, without thread pool. */
function readSources(root: string): Sources {
  const names = namesIn(join(root, AGENTS_DIR));
  const sources: Source[] = [];
  const problems: Problem[] = [];
  for (const name of names.filter(isAgentFile).sort()) {
    const file = `${AGENTS_DIR}/${name}`;
    try {
      const path = join(root, file);
      // A named pipe would wait for its writer for ever.
      if (statSync(path).isFile()) sources.push({ file, content: readFileSync(path) });
      else problems.push({ file, range: FILE_START, message: 'This is not a file.' });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      problems.push({
        file,
        range: FILE_START,
        message: `The file cannot be read (${String(error.code)}). Check its permissions.`,
      });
    }
  }
  return { sources, problems };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}

const FILE_START = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function stampOf(sources: readonly Source[], version: string): string {
  const hash = createHash('sha256').update(`${version}\0`);
  for (const { file, content } of sources) hash.update(`${file}\0${content.length}\0`).update(content);
  return hash.digest('hex');
}
