import { agentFileSchema, type AgentFile } from '../../contract/definitions.ts';
import { parseYaml, type ParsedYaml } from '../definitions/parse-yaml.ts';
import type { Problem } from '../definitions/problem.ts';

export interface Source {
  /** Relative to the workspace. */
  readonly file: string;
  readonly content: Uint8Array;
}

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

/** Pure. A broken file never stops the others; of two files with one id the first counts. */
export function parseAgentFiles(sources: readonly Source[], builtIn: ReadonlySet<string>): AgentFiles {
  const agents = new Map<string, DefinedAgent>();
  const problems: Problem[] = [];
  for (const source of sources) {
    const parsed = parseYaml(source, agentFileSchema);
    const found = parsed.ok ? meaningProblems(parsed, { file: source.file, builtIn, agents }) : parsed.problems;
    problems.push(...found);
    if (parsed.ok && found.length === 0) agents.set(parsed.value.id, { file: source.file, definition: parsed.value });
  }
  return { agents: [...agents.values()], problems };
}

interface Known {
  readonly file: string;
  readonly builtIn: ReadonlySet<string>;
  readonly agents: ReadonlyMap<string, DefinedAgent>;
}

/** What the schema cannot tell. */
function meaningProblems(
  { value, rangeOf }: Extract<ParsedYaml<AgentFile>, { readonly ok: true }>,
  { file, builtIn, agents }: Known,
): readonly Problem[] {
  const other = agents.get(value.id);
  const problems: Problem[] = [];
  if (other) {
    problems.push({
      file,
      range: rangeOf(['id']),
      message: `${other.file} defines the agent ${value.id} already. Rename one of them.`,
    });
  }
  if (value.command === undefined && !builtIn.has(value.id)) {
    const message = `"command" is missing here. Add it, as a list: [node, tools/check.mjs]. (Only a file with the id of a built-in agent can do without: ${[...builtIn].join(', ')}.)`;
    problems.push({ file, range: rangeOf(['id'], 'key'), message });
  }
  value.inputs?.forEach((glob, at) => {
    if (!glob.startsWith('/') && !glob.split('/').includes('..')) return;
    problems.push({
      file,
      range: rangeOf(['inputs', at]),
      message: `"${glob}" is outside the workspace. Patterns are relative to it.`,
    });
  });
  return problems;
}
