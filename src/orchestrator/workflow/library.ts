import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { WorkflowDefinition } from '../../contract/definitions.ts';
import { fail, ok } from '../../contract/failures.ts';
import type { Range } from '../../contract/findings.ts';
import { didYouMean } from '../definitions/did-you-mean.ts';
import type { Problem } from '../definitions/problem.ts';
import type { CheckedFiles } from './checked-files.ts';
import type { AgentNames, ParsedWorkflow } from './definitions.ts';
import { sha256 } from './inputs.ts';
import type { AgentDirectory, WorkflowLibrary } from './ports.ts';

/** Where a workspace keeps its workflows. */
export const WORKFLOWS_DIR = '.savepoint/workflows';

export interface KnownWorkflow {
  readonly definition: WorkflowDefinition;
  /** Relative to the workspace; null for a built-in one. */
  readonly file: string | null;
}

export interface OwnWorkflow extends KnownWorkflow {
  readonly file: string;
}

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
      const hidden = broken.find((file) => file.looksLike.includes(id));
      if (hidden) return fail('definition', wordsOf(hidden.problems), hidden.problems.map(problemData));
      const found = workflows.find(({ definition }) => definition.id === id);
      if (found) return ok(found.definition);
      const ids = workflows.map(({ definition }) => definition.id).sort();
      return fail('not-found', `There is no workflow ${id}.${didYouMean(id, ids)} Workflows: ${ids.join(', ')}.`);
    },
    async list() {
      const { workflows } = await readAll();
      return [...workflows].sort((a, b) => (a.definition.id < b.definition.id ? -1 : 1));
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
    const workflows: OwnWorkflow[] = [];
    const broken: Broken[] = [];
    for (const one of own) {
      const twin = 'definition' in one ? workflows.find(({ definition }) => definition.id === one.definition.id) : null;
      if (!('definition' in one)) broken.push(one);
      else if (twin) broken.push(duplicate(one, twin));
      else workflows.push(one);
    }
    return { workflows, broken };
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
    if (typeof content === 'string') return unreadable(file, content);
    const parsed = await parse({ file, content }, reading);
    if (parsed.ok) return { definition: parsed.definition, file, idRange: parsed.idRange };
    return { problems: parsed.problems, looksLike: namesOf(file, content) };
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

interface Reading {
  readonly agents: AgentNames;
  readonly key: string;
}

interface FoundWorkflow extends OwnWorkflow {
  readonly idRange: Range;
}

/** A file with problems. */
interface Broken {
  readonly problems: readonly Problem[];
  /** Ids that it probably was meant to have: they must not run something else in its place. */
  readonly looksLike: readonly string[];
}

const FILE_START: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function duplicate(one: FoundWorkflow, twin: OwnWorkflow): Broken {
  const message = `${twin.file} has the id ${one.definition.id} too, and is the one that runs. Give this one another id.`;
  return { problems: [{ file: one.file, range: one.idRange, message }], looksLike: [] };
}

function unreadable(file: string, why: string): Broken {
  const problem = { file, range: FILE_START, message: `The file cannot be read: ${why}.` };
  return { problems: [problem], looksLike: namesOf(file, null) };
}

function namesOf(file: string, content: Buffer | null): readonly string[] {
  const written = content && /^id:[ \t]*["']?([\w.-]+)/m.exec(content.toString('utf8'));
  return [path.posix.basename(file).replace(/\.ya?ml$/, ''), ...(written?.[1] ? [written[1]] : [])];
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
    return readdirSync(dir)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort();
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
