import type { WithRules } from '../../contract/agents.ts';
import { AGENTS_DIR, isAgentFile, isWorkflowFile, WORKFLOWS_DIR } from '../definitions/folders.ts';
import { MAX_DEFINITION_BYTES, tooLarge } from '../definitions/parse-yaml.ts';
import { nothingWrong, type Problem } from '../definitions/problem.ts';
import { parseAgentFiles } from '../integration/parse-agent-files.ts';
import { parseWorkflow } from '../workflow/definitions.ts';
import { ownWorkflow, sortOut, unreadable } from '../workflow/own-workflows.ts';

/** The files of a workspace, wherever they are; all paths relative to it, with `/`. */
export interface DefinitionFiles {
  /** What lies in the folder; empty where there is no such folder. */
  names(folder: string): Promise<readonly string[]>;
  /** Reads nothing that is larger than `maxBytes`. */
  read(file: string, maxBytes: number): Promise<ReadFile>;
}

export type ReadFile =
  | { readonly kind: 'content'; readonly content: Uint8Array }
  /** Bytes. */
  | { readonly kind: 'too-large'; readonly size: number }
  /** Why it cannot be read, in a few words. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** An agent that ships with Savepoint, as far as a workflow file is checked against it. */
interface BuiltIn {
  readonly id: string;
  readonly operations: readonly { readonly name: string; readonly with?: WithRules }[];
}

export interface CheckedDefinitions {
  readonly problems: readonly Problem[];
  /** What a person is told where there are none. */
  readonly words: string;
}

/**
 * Everything wrong in the workflow and agent files of a workspace, in the words of `savepoint validate`, which reads them through
 * the library and the registry instead, as runs do. Nothing but the files' text goes in.
 */
export async function checkDefinitions(
  files: DefinitionFiles,
  builtIn: readonly BuiltIn[],
): Promise<CheckedDefinitions> {
  const agents = await readAll(files, AGENTS_DIR, isAgentFile);
  const parsed = parseAgentFiles(agents.filter(isContent), new Set(builtIn.map(({ id }) => id)));
  const operations = new Map(builtIn.map((one) => [one.id, one.operations]));
  for (const { definition } of parsed.agents) if (definition.command !== undefined) operations.set(definition.id, []);
  const workflows = await readAll(files, WORKFLOWS_DIR, isWorkflowFile);
  const { broken } = sortOut(
    workflows.map((one) =>
      isContent(one) ? ownWorkflow(one, parseWorkflow(one, operations)) : unreadable(one.file, one.message),
    ),
  );
  const lost = agents.flatMap((one) => (isContent(one) ? [] : unreadable(one.file, one.message).problems));
  const problems = [...lost, ...parsed.problems, ...broken.flatMap((one) => one.problems)];
  return { problems, words: nothingWrong(agents.length + workflows.length) };
}

type Source =
  { readonly file: string; readonly content: Uint8Array } | { readonly file: string; readonly message: string };

const isContent = (source: Source): source is Extract<Source, { content: Uint8Array }> => 'content' in source;

/** By name, so that of two files with one id it is always the same that counts. One after the other: there may be many. */
async function readAll(
  files: DefinitionFiles,
  folder: string,
  counts: (name: string) => boolean,
): Promise<readonly Source[]> {
  const names = (await files.names(folder)).filter(counts).sort();
  const sources: Source[] = [];
  for (const name of names) {
    const file = `${folder}/${name}`;
    sources.push(sourceOf(file, await files.read(file, MAX_DEFINITION_BYTES)));
  }
  return sources;
}

function sourceOf(file: string, read: ReadFile): Source {
  switch (read.kind) {
    case 'content':
      return { file, content: read.content };
    case 'too-large':
      return { file, message: tooLarge(read.size) };
    case 'unreadable':
      return { file, message: `The file cannot be read: ${read.why}.` };
  }
}
