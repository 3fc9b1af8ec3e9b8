import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fail, ok } from '../../contract/failures.ts';
import { didYouMean } from '../definitions/did-you-mean.ts';
import { isWorkflowFile, WORKFLOWS_DIR } from '../definitions/folders.ts';
import type { Problem } from '../definitions/problem.ts';
import type { CheckedFiles } from './checked-files.ts';
import type { AgentNames, ParsedWorkflow } from './definitions.ts';
import { sha256 } from './inputs.ts';
import {
  ownWorkflow,
  sortOut,
  unreadable,
  type Broken,
  type FoundWorkflow,
  type KnownWorkflow,
  type OwnWorkflow,
} from './own-workflows.ts';
import type { AgentDirectory, WorkflowLibrary } from './ports.ts';

export interface Library extends WorkflowLibrary {
  /** Every workflow that can run, sorted by id. */
  list(): Promise<readonly KnownWorkflow[]>;
  /** Those that the workspace's own files define, by file name. */
  own(): Promise<readonly OwnWorkflow[]>;
  /** Of these, what runs in place of a built-in workflow with its id. */
  replacing(): Promise<readonly OwnWorkflow[]>;
  /** What is wrong in the workspace's workflow files; a broken one never stops the others. */
  problems(): Promise<readonly Problem[]>;
}

export interface LibraryDeps {
  /** The workspace's real path. */
  readonly root: string;
  /** Folder with the built-in workflows. */
  readonly builtinDir: string;
  readonly agents: Pick<AgentDirectory, 'known'>;
  /** Keeps what was parsed, so that a start need not load the parser. */
  readonly checked: CheckedFiles;
  readonly savepointVersion: string;
}

/** Reads the files anew at every question. */
export function createLibrary(deps: LibraryDeps): Library {
  return {
    async find(id) {
      const { workflows, broken } = await readAll();
      const hidden = broken.find((file) => isMeant(file, id));
      if (hidden) return fail('definition', wordsOf(hidden.problems), hidden.problems.map(problemData));
      const found = workflows.find(({ definition }) => definition.id === id);
      if (found) return ok(found.definition);
      const ids = workflows.map(({ definition }) => definition.id).sort();
      return fail('not-found', `There is no workflow ${id}.${didYouMean(id, ids)} Workflows: ${ids.join(', ')}.`);
    },
    async list() {
      const { workflows, broken } = await readAll();
      const able = workflows.filter(({ definition }) => !broken.some((file) => isMeant(file, definition.id)));
      return able.sort((a, b) => (a.definition.id < b.definition.id ? -1 : 1));
    },
    async own() {
      const { workflows } = await readWorkspace(await readingNow());
      return workflows;
    },
    async replacing() {
      return (await readAll()).replacing;
    },
    async problems() {
      const { broken } = await readWorkspace(await readingNow());
      return broken.flatMap(({ problems }) => problems);
    },
  };

  async function readingNow(): Promise<Reading> {
    const known = await deps.agents.known();
    const agents = new Map([...known].map(([id, { operations }]) => [id, operations]));
    return { agents, key: sha256(JSON.stringify([deps.savepointVersion, ...agents])) };
  }

  async function readWorkspace(reading: Reading): Promise<{
    readonly workflows: readonly OwnWorkflow[];
    readonly broken: readonly Broken[];
  }> {
    const own = await Promise.all(yamlFiles(path.join(deps.root, WORKFLOWS_DIR)).map((name) => readOwn(name, reading)));
    return sortOut(own);
  }

  async function readAll(): Promise<{
    readonly workflows: readonly KnownWorkflow[];
    readonly replacing: readonly OwnWorkflow[];
    readonly broken: readonly Broken[];
  }> {
    const reading = await readingNow();
    const { workflows: own, broken } = await readWorkspace(reading);
    const workflows: KnownWorkflow[] = [...own];
    const replacing: OwnWorkflow[] = [];
    for (const name of yamlFiles(deps.builtinDir)) {
      const content = readFileSync(path.join(deps.builtinDir, name));
      const parsed = await parse({ file: name, content }, reading);
      if (!parsed.ok) throw new Error(`the built-in workflow ${name} is broken: ${wordsOf(parsed.problems)}`);
      const { definition } = parsed;
      const instead = own.find((one) => one.definition.id === definition.id);
      if (instead) replacing.push(instead);
      else workflows.push({ definition, file: null });
    }
    return { workflows, replacing, broken };
  }

  async function readOwn(name: string, reading: Reading): Promise<FoundWorkflow | Broken> {
    const file = `${WORKFLOWS_DIR}/${name}`;
    const content = contentOf(path.join(deps.root, file));
    if (typeof content === 'string') return unreadable(file, `The file cannot be read: ${content}.`);
    return ownWorkflow({ file, content }, await parse({ file, content }, reading));
  }

  /** Kept by content, Savepoint's version and the agents there are: only what is in order, for the rest is read by people. */
  async function parse(
    source: { readonly file: string; readonly content: Buffer },
    reading: Reading,
  ): Promise<ParsedWorkflow> {
    const name = `definitions/${sha256(`${reading.key}\0${source.content.toString('base64')}`)}.json`;
    const kept = deps.checked.read<ParsedWorkflow>(name);
    if (kept.kind === 'found') return kept.value;
    const { parseWorkflow } = await import('./definitions.ts');
    const parsed = parseWorkflow(source, reading.agents);
    if (parsed.ok) deps.checked.write(name, parsed);
    return parsed;
  }
}

const isMeant = ({ looksLike }: Broken, id: string): boolean => looksLike.includes(id);

interface Reading {
  readonly agents: AgentNames;
  readonly key: string;
}

function wordsOf(problems: readonly Problem[]): string {
  const [first] = problems;
  if (!first) return 'The workflow is broken.';
  const more = problems.length > 1 ? ` And ${problems.length - 1} more: savepoint validate` : '';
  return `${first.file}:${first.range.start.line + 1}:${first.range.start.character + 1} ${first.message}${more}`;
}

function problemData({ file, range, message }: Problem) {
  const { start, end } = range;
  return { file, range: { start: { ...start }, end: { ...end } }, message };
}

/** Names of YAML files, sorted; none where there is no such folder. */
function yamlFiles(dir: string): readonly string[] {
  try {
    return readdirSync(dir).filter(isWorkflowFile).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}

/** The bytes, or why they cannot be read. */
function contentOf(file: string): Buffer | string {
  try {
    // A named pipe would wait for its writer for ever.
    return statSync(file).isFile() ? readFileSync(file) : 'it is not a file';
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
}
